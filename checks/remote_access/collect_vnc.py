"""VNC: the RFB version and the kinds of security offered; no kind is ever chosen.

RFC 6143 section 7.1. In RFB 3.3 the server decides alone: where it decides on "none" the
session is open before we could say anything, so we hang up at once.
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

_VERSION: Final = re.compile(rb"RFB (\d{3})\.(\d{3})\n")
_VERSION_LENGTH: Final = 12
_TYPE_LENGTH: Final = 4
_LISTS_TYPES: Final = 7
"""From RFB 3.7 on the server lists the kinds of security; before, it decides."""
_MANY: Final = 64


@dataclass(frozen=True)
class RfbSecurity(Facts):
    """What a VNC server offers before anyone logs on."""

    version: str
    """As the server said it, such as ``003.008``."""
    types: tuple[int, ...]
    """Security types offered; one where the server decided; empty where it refused to say."""
    server_decided: bool
    """RFB 3.3: the one type is the server's own decision."""


@protocol("vnc", ports=(5900, 5901, 5902, 5903), nmap=("vnc", "apple-remote-desktop"))
def vnc(answer: bytes) -> bool:
    """A greeting of exactly one RFB version line."""
    return _VERSION.fullmatch(answer) is not None


@collector(on=Service("vnc"), intrusiveness=HANDSHAKE)
def rfb_security(service: Service, net: Net) -> RfbSecurity:
    """Read the version, answer with one both sides know, read the security types, hang up."""
    with net.connect(service) as channel:
        greeting = channel.receive_exactly(_VERSION_LENGTH)
        said = _VERSION.fullmatch(greeting)
        if said is None:
            raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no RFB version")
        version = f"{said[1].decode()}.{said[2].decode()}"
        reply = _common_version(int(said[1]), int(said[2]))
        channel.send(b"RFB 003.%03d\n" % reply)
        if reply < _LISTS_TYPES:
            kind = int.from_bytes(channel.receive_exactly(_TYPE_LENGTH), "big")
            return RfbSecurity(version, (kind,) if kind else (), server_decided=True)
        count = channel.receive_exactly(1)[0]
        kinds = channel.receive_exactly(min(count, _MANY)) if count else b""
        return RfbSecurity(version, tuple(kinds), server_decided=False)


def _common_version(major: int, minor: int) -> int:
    """Return the minor number of RFB 3 to answer with: 3, 7 or 8 (RFC 6143 section 7.1.1)."""
    if major > 3 or minor >= 8:  # noqa: PLR2004 -- RFB 3.8
        return 8
    return 7 if minor == _LISTS_TYPES else 3
