"""NetBIOS over TCP/IP: whether it answers, without asking for any name.

The name service is asked for ``*``, to which a node answers with its address (RFC 1002 section
4.2.12; the adapter status of section 4.2.17, which lists names, is not asked for). The session
service is called by ``*SMBSERVER``, the name that every file server goes by (RFC 1002 section
4.3.2), and hung up on at its first answer.
"""

from __future__ import annotations

import struct
from typing import Final

from posture_scan.sdk import protocol

_ID: Final = 0x704E
_BROADCAST: Final = 0x0010
"""Without this flag the question would be one for a name server of NetBIOS."""
_IS_ANSWER, _OPCODE = 0x8000, 0x7800
_NB, _IN = 0x20, 1
_HEADER: Final = 12
_ANY: Final = b"*" + bytes(15)
_SHORTEST: Final = _HEADER + 34

_REQUEST, _POSITIVE, _NEGATIVE, _RETARGET = 0x81, 0x82, 0x83, 0x84
_REFUSALS: Final = frozenset({0x80, 0x81, 0x82, 0x83, 0x8F})
"""RFC 1002 section 4.3.4."""


def encoded(name: bytes) -> bytes:
    """Return a name of 16 bytes in the first-level encoding (RFC 1001 section 14.1)."""
    halves = (half for byte in name for half in (byte >> 4, byte & 15))
    return b"\x20" + bytes(ord("A") + half for half in halves) + b"\x00"


QUERY: Final = (
    struct.pack(">6H", _ID, _BROADCAST, 1, 0, 0, 0) + encoded(_ANY) + struct.pack(">HH", _NB, _IN)
)
_CALL: Final = encoded(b"*SMBSERVER".ljust(15) + b"\x20") + encoded(
    b"POSTURE-SCAN".ljust(15) + b"\0"
)
SESSION_REQUEST: Final = struct.pack(">BBH", _REQUEST, 0, len(_CALL)) + _CALL


@protocol("netbios_ns", sends=QUERY, ports=(137,), nmap=("netbios-ns",), transport="udp")
def netbios_ns(answer: bytes) -> bool:
    """An answer to the query, positive or negative, about the very name."""
    if len(answer) < _SHORTEST:
        return False
    number, flags = struct.unpack(">HH", answer[:4])
    if number != _ID or not flags & _IS_ANSWER or flags & _OPCODE:
        return False
    return answer[_HEADER:].startswith(encoded(_ANY))


@protocol("netbios_session", sends=SESSION_REQUEST, ports=(139,), anywhere=False)
def netbios_session(answer: bytes) -> bool:
    """The call is taken, refused with a reason of the protocol, or sent elsewhere."""
    if answer == bytes([_POSITIVE, 0, 0, 0]):
        return True
    if answer[:4] == bytes([_NEGATIVE, 0, 0, 1]):
        return len(answer) == 5 and answer[4] in _REFUSALS  # noqa: PLR2004
    return answer[:4] == bytes([_RETARGET, 0, 0, 6]) and len(answer) == 10  # noqa: PLR2004
