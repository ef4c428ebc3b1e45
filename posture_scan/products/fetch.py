"""Fetches one public file over HTTP: bounded bytes, one deadline, TLS verified, no credentials."""

from __future__ import annotations

import ipaddress
import queue
import threading
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

import posture_scan
from posture_scan.errors import IncompleteError, UsageError

if TYPE_CHECKING:
    from requests import PreparedRequest, Response, Session

LIMIT: Final = 33_554_432
"""Bytes of the largest answer that is read, unpacked: 32 MiB, several times today's sizes."""
SECONDS: Final = 60.0
"""How long one file may take, from the first byte asked to the last byte read."""
_STEP: Final = 10.0
"""Seconds that connecting, or one read, may take."""
_CHUNK: Final = 16_384
_FOLLOWED: Final = 2
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_OK: Final = 200


def fetch(url: str, service: str, *, seconds: float = SECONDS, limit: int = LIMIT) -> bytes:
    """Return the body of a public file.

    A proxy and certificates set in the environment count, stored passwords do not. A redirect
    is followed within the same host only.

    Raises:
        UsageError: ``products.feed_url`` for an address that is not https.
        IncompleteError: ``products.feed_unreachable``, ``products.feed_status``,
            ``products.feed_too_large``.
    """
    _refuse_plain(url)
    deadline = time.monotonic() + seconds
    answers: queue.SimpleQueue[bytes | IncompleteError] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put(_asked(url, service, deadline, limit))
        except IncompleteError as error:
            answers.put(error)

    # A server that sends a byte now and then keeps a read going past any time-out of its own:
    # only somebody who does not read can keep the deadline.
    threading.Thread(target=work, name="fetch", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty as late:
        raise _unreachable(url, service, "TimeoutError") from late
    if isinstance(answer, IncompleteError):
        raise answer
    return answer


def _asked(url: str, service: str, deadline: float, limit: int) -> bytes:
    import requests

    with requests.Session() as session:
        session.auth = _no_credentials
        session.headers["User-Agent"] = f"posture-scan/{posture_scan.__version__}"
        session.headers["Accept"] = "application/json"
        try:
            return _followed(session, url, service, deadline, limit)
        except (requests.RequestException, OSError, ValueError) as error:
            raise _unreachable(url, service, type(error).__name__) from error


def _unreachable(url: str, service: str, detail: str) -> IncompleteError:
    return IncompleteError("products.feed_unreachable", service=service, url=url, detail=detail)


def _no_credentials(request: PreparedRequest) -> PreparedRequest:
    """Keep requests from sending what a .netrc file holds."""
    return request


def _refuse_plain(url: str) -> None:
    try:
        parts = urlsplit(url)
        here = parts.scheme == "http" and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        here, parts = False, urlsplit("")
    if not here and parts.scheme != "https":
        raise UsageError("products.feed_url", url=url)


def _followed(session: Session, url: str, service: str, deadline: float, limit: int) -> bytes:
    here = url
    for _ in range(_FOLLOWED + 1):
        wait = max(0.1, min(_STEP, deadline - time.monotonic()))
        with session.get(here, stream=True, timeout=wait, allow_redirects=False) as answer:
            if answer.status_code not in _MOVED:
                return _body(answer, url, service, deadline, limit)
            here = _next(here, answer.headers.get("Location", ""))
    raise ValueError(here)


def _next(here: str, location: str) -> str:
    there = urljoin(here, location)
    if urlsplit(there)[:2] != urlsplit(here)[:2]:
        raise ValueError(there)
    return there


def _body(answer: Response, url: str, service: str, deadline: float, limit: int) -> bytes:
    if answer.status_code != _OK:
        raise IncompleteError(
            "products.feed_status", service=service, url=url, status=answer.status_code
        )
    body = bytearray()
    for chunk in answer.iter_content(_CHUNK):
        body += chunk
        if len(body) > limit:
            raise IncompleteError("products.feed_too_large", service=service, url=url, limit=limit)
        if time.monotonic() > deadline:
            raise TimeoutError
    return bytes(body)
