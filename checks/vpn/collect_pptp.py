"""PPTP: the outdated VPN, recognised by its answer to a connection request (RFC 2637)."""

from __future__ import annotations

import struct
from typing import Final

from posture_scan.sdk import printable, protocol

_LENGTH: Final = 156
_CONTROL: Final = 1
_COOKIE: Final = 0x1A2B3C4D
_REPLY: Final = 2
_NAME: Final = 64
"""Bytes of the host name and of the vendor name, both left empty by us."""
_HOST: Final = slice(28, 92)
_VENDOR: Final = slice(92, 156)


def _request() -> bytes:
    head = struct.pack(">HHIHH", _LENGTH, _CONTROL, _COOKIE, 1, 0)
    body = struct.pack(">HHIIHH", 0x0100, 0, 1, 1, 0, 0)
    return head + body + bytes(2 * _NAME)


def _nameless(answer: bytes) -> bytes:
    """Put zeros where the server's own name stands, which is often a person's or a place's."""
    return answer[: _HOST.start] + bytes(_NAME) + answer[_HOST.stop : _LENGTH]


@protocol("pptp", sends=_request(), ports=(1723,), nmap=("pptp",), anywhere=False, keep=_nameless)
def pptp(answer: bytes) -> bool:
    """A start-control-connection reply with PPTP's magic cookie."""
    head = struct.pack(">HHIH", _LENGTH, _CONTROL, _COOKIE, _REPLY)
    return answer.startswith(head)


def vendor(answer: bytes) -> str:
    """Return the maker's name in a reply; the host name beside it is not looked at."""
    return printable(answer[_VENDOR]) if pptp.recognise(answer) else ""
