"""X11: the answer to a connection set-up without any authorisation data."""

from __future__ import annotations

import struct
from typing import Final

from posture_scan.sdk import protocol

_HEADER_LENGTH: Final = 8
_VERSION: Final = (11, 0)
OPEN: Final = 1
"""First byte of the answer when the display lets anyone in."""


@protocol(
    "x11",
    sends=bytes.fromhex("6c000b000000000000000000"),
    ports=(6000, 6001, 6002),
    nmap=("x11", "X11"),
)
def x11(answer: bytes) -> bool:
    """A set-up answer (refused, open or asking for more) of protocol version 11.0."""
    if len(answer) < _HEADER_LENGTH or answer[0] > 2 or (answer[0] and answer[1]):  # noqa: PLR2004
        return False
    major, minor, words = struct.unpack("<HHH", answer[2:_HEADER_LENGTH])
    return (major, minor) == _VERSION and words > 0
