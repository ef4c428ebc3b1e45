"""Sends requests to one origin and nowhere else, with limits on what comes back."""

from __future__ import annotations

import ssl
import time
from typing import Any, Final
from urllib.parse import urlsplit

from posture_scan.collect.wire import failure
from posture_scan.model.evidence import Attempt
from posture_scan.model.world import AttemptError

BODY_LIMIT: Final = 4_194_304
"""Bytes of one answer: 1,000 keys of the longest kind with everything around them fit."""
CONNECT: Final = 5.0
READ: Final = 10.0
WHOLE: Final = 30.0
"""Seconds for the connection, for one read, and for one whole answer."""
_CHUNK: Final = 16_384
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class ExactSender:
    """Takes botocore's place in sending (its event ``before-send``).

    No proxy of the environment is used, no redirect followed, and a certificate is checked
    against this computer's trust anchors, or those of ``ca_file``.
    """

    def __init__(self, endpoint: str, ca_file: str = "") -> None:
        """Remember the only origin (scheme, host and port) that requests may go to."""
        self._origin = _origin(endpoint)
        self._ca_file = ca_file
        self._pool: Any = None

    def __call__(self, request: Any, **_: Any) -> Any:
        """Send a signed request and return botocore's form of the answer.

        Raises:
            AttemptError: out_of_scope before a connection is made to any other origin.
        """
        from botocore.awsrequest import AWSResponse

        if _origin(request.url) != self._origin:
            raise AttemptError(Attempt.OUT_OF_SCOPE, "redirect")
        answer = self._send(request)
        try:
            body = _body(answer)
            return AWSResponse(request.url, answer.status, answer.headers, _Whole(body))
        finally:
            answer.close()
            # One connection a question: a kept one may be closed just as it is used again.
            self._pool.clear()

    def _send(self, request: Any) -> Any:
        import urllib3

        if self._pool is None:
            try:
                context = ssl.create_default_context(cafile=self._ca_file or None)
            except OSError as error:
                raise AttemptError(Attempt.TOOL_MISSING, "AWS_CA_BUNDLE") from error
            self._pool = urllib3.PoolManager(ssl_context=context)
        headers = {**dict(request.headers.items()), "Connection": "close"}
        try:
            return self._pool.urlopen(
                request.method, request.url, headers=headers,
                body=request.body or None, redirect=False, retries=False,
                preload_content=False, timeout=urllib3.Timeout(connect=CONNECT, read=READ),
            )  # fmt: skip
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise _meaning(error) from error


class _Whole:
    """A body that was read already, as botocore asks for it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self._body


def _body(answer: Any) -> bytes:
    import urllib3

    body, until = bytearray(), time.monotonic() + WHOLE
    try:
        for chunk in answer.stream(_CHUNK, decode_content=False):
            body += chunk
            if len(body) > BODY_LIMIT:
                raise AttemptError(Attempt.LIMIT_REACHED, "answer")
            if time.monotonic() > until:
                raise AttemptError(Attempt.TIMEOUT, "answer")
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise _meaning(error) from error
    return bytes(body)


def _meaning(error: Exception) -> AttemptError:
    import urllib3.exceptions as known

    if isinstance(error, known.NameResolutionError):
        return AttemptError(Attempt.UNRESOLVED, "")
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, OSError):
            return failure(inner, connected=True)
        inner = next((a for a in inner.args if isinstance(a, BaseException)), inner.__cause__)
    if isinstance(error, known.TimeoutError):
        return AttemptError(Attempt.TIMEOUT, "")
    return AttemptError(Attempt.PROTOCOL_MISMATCH, "not_http")


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    return parts.scheme, (parts.hostname or "").lower(), port
