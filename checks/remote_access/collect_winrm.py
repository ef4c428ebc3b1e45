"""WinRM: Windows remote management, recognised by its own unauthenticated Identify request.

DSP0226 section 11 (WS-Management Identify) needs no logon; Windows answers it where the
header ``WSMANIDENTIFY: unauthenticated`` is sent, or asks for a logon on ``/wsman``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.remote_access.web_front import (
    FRONT_LIMIT,
    asks_windows_logon,
    heard,
    server_of,
)

from posture_scan.sdk import (
    HANDSHAKE,
    Attempt,
    AttemptError,
    Facts,
    HttpResponse,
    Net,
    Service,
    collector,
)

USUAL_PORTS: Final = (5985, 5986, 47001)
_PATH: Final = "/wsman"
_SERVER: Final = "microsoft-httpapi"
_VENDOR: Final = re.compile(rb"<wsmid:ProductVendor>[^<]{1,100}</wsmid:ProductVendor>")
_BUILD: Final = re.compile(rb"<wsmid:ProductVersion>OS: (\d{1,2}\.\d{1,2}\.\d{1,6}) ")
_MASKED: Final = "0.0.0"
"""What Windows says instead of its build to whoever has not logged on."""
_TYPE: Final = "application/soap+xml;charset=UTF-8"
_HEADERS: Final = {"Content-Type": _TYPE, "WSMANIDENTIFY": "unauthenticated"}
_IDENTIFY: Final = (
    b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    b'xmlns:wsmid="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd">'
    b"<s:Header/><s:Body><wsmid:Identify/></s:Body></s:Envelope>"
)


@dataclass(frozen=True)
class WinrmAnswer(Facts):
    """Whether a web service is Windows remote management."""

    found: bool
    asked: bool
    """Whether the Identify request was sent; it is not where nothing hints at Windows."""
    how: str = ""
    """``identify`` (it named itself) or ``logon_asked`` (401 on its own path)."""
    build: str = ""
    """Windows' own number, such as ``10.0.17763``; mostly it is kept back and this is empty."""


@collector(on=Service("http"), intrusiveness=HANDSHAKE, max_connections=2)
def winrm_answer(service: Service, net: Net) -> WinrmAnswer:
    """Ask only where the port or the web server's name hints at WinRM."""
    if service.port not in USUAL_PORTS and not _hints_at_windows(service, net):
        return WinrmAnswer(found=False, asked=False)
    answer = net.http(
        service, _PATH, method="POST", headers=_HEADERS, body=_IDENTIFY, follow=0, limit=16_384
    )
    how = _recognise(answer)
    if not how and service.port in USUAL_PORTS and answer.status >= 500:  # noqa: PLR2004
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, f"HTTP {answer.status}")
    return WinrmAnswer(bool(how), asked=True, how=how, build=_build(answer) if how else "")


def _hints_at_windows(service: Service, net: Net) -> bool:
    """Tell by the web server's name, as it was heard in discovery or else asked for now."""
    known = heard(service)
    if known is not None:
        return _is_windows(known)
    front = net.http(service, "/", follow=0, limit=FRONT_LIMIT)
    if front.unread(FRONT_LIMIT) and not server_of(front):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, f"HTTP {front.status}, not read")
    return _is_windows(front)


def _is_windows(answer: HttpResponse) -> bool:
    name: str = server_of(answer)
    return name.startswith(_SERVER)


def _recognise(answer: HttpResponse) -> str:
    if _VENDOR.search(answer.body):
        return "identify"
    return "logon_asked" if _is_windows(answer) and asks_windows_logon(answer, "basic") else ""


def _build(answer: HttpResponse) -> str:
    found = _BUILD.search(answer.body)
    build = found[1].decode() if found else ""
    return "" if build == _MASKED else build
