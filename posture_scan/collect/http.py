"""One HTTP request over a wire that is already connected where it may be.

``requests`` does the HTTP; the connection is made by the caller, so no name is looked up here,
no proxy or setting of the environment counts, and a redirect leads nowhere by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit

import posture_scan
from posture_scan.collect import never_request
from posture_scan.collect.inflate import Inflater
from posture_scan.collect.wire import SocketFace, Wire
from posture_scan.model.evidence import Attempt, Service
from posture_scan.model.headers import cookies_in, without_secrets
from posture_scan.model.world import AttemptError, HttpResponse

if TYPE_CHECKING:
    from requests import PreparedRequest, Response
    from requests.adapters import HTTPAdapter

HEAD_LIMIT: Final = 131_072
"""Bytes that status line and headers may take."""
TIMEOUT: Final = 5.0
"""Seconds for one read or write; the wire bounds the whole request."""
TOO_MANY_REQUESTS: Final = 429
_CHUNK: Final = 8192
_URL_LIMIT: Final = 2048
_FOLLOWED: Final = (301, 302, 303, 307, 308)
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}

Open = Callable[[Service, float], AbstractContextManager[Wire]]


@dataclass(frozen=True)
class Request:
    """What is asked: a method, a path beginning with a slash, headers and a body."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    limit: int


def fetch(
    open_wire: Open,
    service: Service,
    request: Request,
    *,
    name: str,
    follow: int,
    busy: Callable[[Service], None],
) -> HttpResponse:
    """Ask the service, and follow at most ``follow`` redirects that stay on this host.

    ``busy`` is told when the server answers 429 (too many requests).

    Raises:
        AttemptError: out_of_scope for what is never requested (``never_request``), before any
            socket opens; protocol_mismatch when the answer is not HTTP, closed_early, timeout …
    """
    host = name or next(iter(service.names), "") or service.address
    for shown in (host, *_own_hosts(request)):
        never_request.refuse(request.path, host=shown, body=bool(request.body))
    answer = _asked(open_wire, service, request, host, busy)
    steps = follow if request.method in {"GET", "HEAD"} else 0
    while answer.status in _FOLLOWED and answer.header("location"):
        location = answer.header("location")
        step = _same_host(service, host, answer.final_url, location)
        if step is None or never_request.refused(step[2]):
            return replace(answer, redirect_refused=_shown(answer.final_url, location))
        if steps <= 0:
            break
        steps -= 1
        service, host, path = step
        request = replace(request, path=path)
        try:
            answer = _asked(open_wire, service, request, host, busy)
        except AttemptError:
            break  # where it leads nobody answers; that it leads there is an answer too
    return answer


def _own_hosts(request: Request) -> list[str]:
    return [value for key, value in request.headers.items() if key.lower() == "host"]


def _asked(
    open_wire: Open,
    service: Service,
    request: Request,
    host: str,
    busy: Callable[[Service], None],
) -> HttpResponse:
    answer = _ask(open_wire, service, request, host)
    if answer.status == TOO_MANY_REQUESTS:
        busy(service)
    return answer


def _ask(open_wire: Open, service: Service, request: Request, host: str) -> HttpResponse:
    with open_wire(service, TIMEOUT) as wire:
        if service.tls:
            wire.start_tls("" if host == service.address else host)
        wire.limit = wire.received + HEAD_LIMIT + request.limit
        return _converse(wire, service, request, host)


def _converse(wire: Wire, service: Service, request: Request, host: str) -> HttpResponse:
    import requests
    import urllib3

    prepared = _prepare(service, request, host)
    try:
        adapter = _adapter(wire)
        response = adapter.send(prepared, stream=True, verify=False, timeout=TIMEOUT)
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise _meaning(error) from error
    try:
        body, truncated = _body(response, request)
        return _answer(response, body, truncated, _url(service, host, request.path))
    finally:
        response.close()


def _prepare(service: Service, request: Request, host: str) -> PreparedRequest:
    import requests

    # The URL carries the address and no name: it serves only to tell requests what to write.
    url = _url(service, service.address, request.path)
    headers = {
        "Host": _authority(service, host),
        "User-Agent": f"posture-scan/{posture_scan.__version__}",
        "Accept": "*/*",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
        **request.headers,
    }
    try:
        return requests.Request(
            request.method, url, headers=headers, data=request.body or None
        ).prepare()
    except (requests.RequestException, ValueError) as error:
        raise AttemptError(Attempt.INTERNAL_ERROR, "request_not_possible") from error


def _adapter(wire: Wire) -> HTTPAdapter:
    """A transport that knows one connection only: the given wire."""
    import urllib3
    from requests.adapters import HTTPAdapter

    class OnWire(urllib3.connection.HTTPConnection):
        def connect(self) -> None:
            self.sock: Any = SocketFace(wire)

    class Pool(urllib3.HTTPConnectionPool):
        ConnectionCls = OnWire

    class Adapter(HTTPAdapter):
        def get_connection_with_tls_context(self, request: Any, *_: Any, **__: Any) -> Any:
            parts = urlsplit(request.url)
            return Pool(parts.hostname or "", parts.port)

    return Adapter(max_retries=urllib3.Retry(0, read=False, redirect=0))


def _meaning(error: Exception) -> AttemptError:
    """Tell a server that hung up from one that does not speak HTTP."""
    seen: BaseException | None = error
    chain: list[BaseException] = []
    while seen is not None and len(chain) < 10:  # noqa: PLR2004 -- a chain is never this long
        chain.append(seen)
        inner = [item for item in seen.args if isinstance(item, BaseException)]
        seen = inner[0] if inner else seen.__cause__ or seen.__context__
    kinds = {type(item).__name__ for item in chain}
    if kinds & {"RemoteDisconnected", "ConnectionResetError"}:
        return AttemptError(Attempt.CLOSED_EARLY, "http")
    return AttemptError(Attempt.PROTOCOL_MISMATCH, "not_http")


def _body(response: Response, request: Request) -> tuple[bytes, bool]:
    """Read the decoded body up to the limit; a body that breaks off is a truncated one."""
    import urllib3

    if request.method == "HEAD":
        return b"", False
    inflater = Inflater(response.headers.get("content-encoding", ""), request.limit)
    try:
        for part in _parts(response):
            if not inflater.feed(part):
                return inflater.data, True
    except (urllib3.exceptions.HTTPError, AttemptError, ValueError):
        return inflater.data, True
    return inflater.data, False


def _parts(response: Response) -> Iterator[bytes]:
    yield from response.raw.stream(_CHUNK, decode_content=False)


def _answer(response: Response, body: bytes, truncated: bool, url: str) -> HttpResponse:  # noqa: FBT001
    headers = without_secrets(response.raw.headers.iteritems())
    return HttpResponse(
        status=response.status_code,
        headers=headers,
        body=body,
        cookies=tuple(cookie.name for cookie in cookies_in(headers)),
        truncated=truncated,
        final_url=url,
    )


def _same_host(
    service: Service, host: str, base: str, location: str
) -> tuple[Service, str, str] | None:
    """Where a redirect leads if it stays on this host: the same address, whatever the port."""
    try:
        parts = urlsplit(urljoin(base, location))
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
        wanted = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return None
    known = {host, service.address, *service.names}
    if not port or wanted not in {item.rstrip(".").lower() for item in known}:
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return replace(service, port=port, tls=parts.scheme == "https"), wanted, path


def _shown(base: str, location: str) -> str:
    """A redirect's goal for the record, printable and not endless."""
    try:
        goal = urljoin(base, location)
    except ValueError:
        goal = location
    return "".join(sign for sign in goal if sign.isprintable())[:_URL_LIMIT]


def _authority(service: Service, host: str) -> str:
    shown = f"[{host}]" if ":" in host else host
    scheme = "https" if service.tls else "http"
    return shown if service.port == _DEFAULT_PORTS[scheme] else f"{shown}:{service.port}"


def _url(service: Service, host: str, path: str) -> str:
    scheme = "https" if service.tls else "http"
    return f"{scheme}://{_authority(service, host)}{path}"
