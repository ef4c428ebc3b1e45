"""SLP (service location): which kinds of services are offered, in one small question.

RFC 2608 section 10.1: a service type request, kept to the types that IANA names. VMware's ESXi
answered these on every interface, and CVE-2021-21974 came in that way. Nothing is registered.
"""

from __future__ import annotations

import struct
from typing import Final

from posture_scan.sdk import protocol

_VERSION: Final = 2
_TYPE_REQUEST, _TYPE_REPLY = 9, 10
_NUMBER: Final = 0x7053
_LANGUAGE: Final = b"\x00\x02en"
_BODY: Final = b"\x00\x00" + b"\x00\x00" + b"\x00\x07DEFAULT"
"""No earlier answers, no naming authority but IANA, the scope that everyone has."""
_HEAD: Final = 12
_LENGTH: Final = _HEAD + len(_LANGUAGE) + len(_BODY)
_QUERY: Final = (
    bytes([_VERSION, _TYPE_REQUEST]) + _LENGTH.to_bytes(3, "big") + bytes(5)
    + struct.pack(">H", _NUMBER) + _LANGUAGE + _BODY
)  # fmt: skip


@protocol("slp", sends=_QUERY, ports=(427,), nmap=("svrloc",), transport="udp")
def slp(answer: bytes) -> bool:
    """A service type reply to our number, whatever its outcome."""
    if len(answer) < _HEAD + 4 or answer[:2] != bytes([_VERSION, _TYPE_REPLY]):
        return False
    return answer[10:12] == struct.pack(">H", _NUMBER)
