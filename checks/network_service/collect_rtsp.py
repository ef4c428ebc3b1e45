"""Cameras and recorders: which methods their video server knows (RFC 2326 section 10.1).

``OPTIONS`` asks for no picture and no stream, and needs no logon.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import (
    HANDSHAKE,
    Attempt,
    AttemptError,
    Facts,
    Net,
    Service,
    collector,
    protocol,
)

_OPTIONS: Final = b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: posture-scan\r\n\r\n"
_STATUS: Final = re.compile(rb"RTSP/[12]\.0 [1-5]\d\d\b")
_SERVER: Final = re.compile(rb"\r?\nServer: {0,4}([ -~]{1,80})", re.IGNORECASE)
_LIMIT: Final = 4096


@dataclass(frozen=True)
class RtspAnswer(Facts):
    """What a video server says of itself."""

    server: str = ""
    """Its ``Server`` header, printable and at most 80 characters."""


@protocol("rtsp", sends=_OPTIONS, ports=(554, 8554, 10554), nmap=("rtsp",))
def rtsp(answer: bytes) -> bool:
    """A status line of RTSP."""
    return _STATUS.match(answer) is not None


@collector(on=Service("rtsp"), intrusiveness=HANDSHAKE)
def rtsp_options(service: Service, net: Net) -> RtspAnswer:
    """Read the server's name; the answer that discovery got will do."""
    said = service.greeting
    if not rtsp.recognise(said):
        with net.connect(service) as channel:
            if service.tls:
                channel.start_tls(next(iter(service.names), ""))
            channel.send(_OPTIONS)
            said = channel.receive_until(b"\r\n\r\n", _LIMIT)
    if not rtsp.recognise(said):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no RTSP answer")
    found = _SERVER.search(said[:_LIMIT])
    return RtspAnswer(found[1].decode("ascii").strip() if found else "")
