"""PPTP: the outdated VPN, recognised by its answer to a connection request (RFC 2637)."""

from __future__ import annotations

import struct
from typing import Final

from posture_scan.sdk import protocol

_LENGTH: Final = 156
_CONTROL: Final = 1
_COOKIE: Final = 0x1A2B3C4D
_REPLY: Final = 2
_NAME: Final = 64
"""Bytes of the host name and of the vendor name, both left empty by us."""


def _request() -> bytes:
    head = struct.pack(">HHIHH", _LENGTH, _CONTROL, _COOKIE, 1, 0)
    body = struct.pack(">HHIIHH", 0x0100, 0, 1, 1, 0, 0)
    return head + body + bytes(2 * _NAME)


@protocol("pptp", sends=_request(), ports=(1723,), nmap=("pptp",))
def pptp(answer: bytes) -> bool:
    """A start-control-connection reply with PPTP's magic cookie."""
    head = struct.pack(">HHIH", _LENGTH, _CONTROL, _COOKIE, _REPLY)
    return answer.startswith(head)
