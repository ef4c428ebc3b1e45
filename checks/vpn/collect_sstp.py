"""SSTP, Microsoft's VPN inside TLS: it answers to a request method of its own (MS-SSTP 3.2.4.1).

Nothing on the front page gives it away, so every web service behind TLS is asked once, and
every TLS service in which nothing else was recognised. The request announces an endless body, as
the protocol wants it, and the connection ends before a single byte of that body is sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import Attempt, AttemptError, Facts, Net, Service, collector, printable

_PATH: Final = "/sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/"
_ENDLESS: Final = 2**64 - 1
"""The length that both sides announce: the tunnel has no end."""
_HEAD_LIMIT: Final = 8192
_STATUS: Final = re.compile(rb"HTTP/1\.[01] (\d{3})[ \r]")
_HEADER: Final = re.compile(rb"\r\n([A-Za-z-]{1,40}):[ \t]*([^\r\n]{0,200})")
_NAMED: Final = ("mikrotik-sstp", "sstp-server", "seil")
"""Servers that show themselves by name, whatever length they announce."""


@dataclass(frozen=True)
class SstpAnswer(Facts):
    """Whether a TLS service is an SSTP server."""

    found: bool
    server: str = ""
    """How it names itself."""
    status: int = 0
    """The status of its answer; 0 where it closed the connection instead."""


@collector(on=Service("http", tls=True))
def sstp_behind_web(service: Service, net: Net) -> SstpAnswer:
    """Ask a web service in SSTP's own method."""
    return _ask(service, net)


@collector(on=Service("tls"))
def sstp_behind_tls(service: Service, net: Net) -> SstpAnswer:
    """Ask a TLS service that answered to no other protocol."""
    return _ask(service, net)


def request(host: str) -> bytes:
    """Return the request, with the name under which the service is asked."""
    shown = f"[{host}]" if ":" in host else host
    lines = (
        f"SSTP_DUPLEX_POST {_PATH} HTTP/1.1", f"Host: {shown}", "User-Agent: posture-scan",
        f"Content-Length: {_ENDLESS}", "", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode("ascii", "replace")


def _ask(service: Service, net: Net) -> SstpAnswer:
    name = next(iter(service.names), "")
    try:
        with net.connect(service) as channel:
            channel.start_tls(name)
            channel.send(request(name or service.address))
            head = channel.receive_until(b"\r\n\r\n", _HEAD_LIMIT)
    except AttemptError as error:
        if error.attempt is Attempt.CLOSED_EARLY and error.detail != "tls":
            return SstpAnswer(found=False)
        raise
    return read_head(head)


def read_head(head: bytes) -> SstpAnswer:
    """Judge an answer: 200 and an endless body, or 200 from a server that names itself."""
    status = _STATUS.match(head)
    if status is None:
        return SstpAnswer(found=False)
    headers = {name.lower(): value for name, value in _HEADER.findall(head)}
    server = printable(headers.get(b"server", b""))
    endless = headers.get(b"content-length", b"").strip() == str(_ENDLESS).encode()
    named = server.lower().startswith(_NAMED)
    found = status[1] == b"200" and (endless or named)
    return SstpAnswer(found, server if found else "", int(status[1]))
