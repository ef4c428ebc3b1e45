"""Remote procedure calls of Windows and of Unix: bound to or called, never used.

Windows: a bind to the endpoint mapper (C706 section 12.6.4.3, MS-RPCE 2.2.2), which lists
nothing yet. Unix: procedure 0 of the port mapper, which does nothing (RFC 1833 section 3); over
UDP its answer is shorter than the question.
"""

from __future__ import annotations

import struct
from typing import Final

from posture_scan.sdk import protocol

_CALL_ID: Final = 0x7053
_BIND, _BIND_ACK, _BIND_NAK = 11, 12, 13
_MAPPER: Final = bytes.fromhex("0883afe11f5dc91191a408002b14a0fa0300") + b"\x00\x00"
_TRANSFER: Final = bytes.fromhex("045d888aeb1cc9119fe808002b10486002000000")
_FRAGMENT: Final = 4280
_CONTEXT: Final = struct.pack("<HHIB3xHBx", _FRAGMENT, _FRAGMENT, 0, 1, 0, 1) + _MAPPER + _TRANSFER
BIND: Final = (
    struct.pack("<4B4sHHI", 5, 0, _BIND, 3, b"\x10\0\0\0", 16 + len(_CONTEXT), 0, _CALL_ID)
    + _CONTEXT
)
_DCE_HEADER: Final = 16

_TCP, _UDP = 0x70535450, 0x70535550
"""Transaction numbers to know our answers by."""
_PORT_MAPPER: Final = 100_000
_REPLY: Final = 1
_STATES: Final = (0, 1)
"""Accepted or denied (RFC 5531 section 9): either is an answer of the protocol."""
_REPLY_HEAD: Final = 12
_SHORTEST, _LONGEST = 20, 40
_LAST_FRAGMENT: Final = 0x80000000


def null_call(number: int) -> bytes:
    """Return the call of the procedure that does nothing."""
    return struct.pack(">10I", number, 0, 2, _PORT_MAPPER, 2, 0, 0, 0, 0, 0)


def _marked(message: bytes) -> bytes:
    return struct.pack(">I", _LAST_FRAGMENT | len(message)) + message


# Asked anywhere: dynamic ports, on Windows any from 49152 up, answer the same question.
@protocol("msrpc", sends=BIND, ports=(135,), nmap=("msrpc",))
def msrpc(answer: bytes) -> bool:
    """The bind is accepted or refused, in the number of our call."""
    if len(answer) < _DCE_HEADER or answer[:2] != b"\x05\x00":
        return False
    length, _, call = struct.unpack("<HHI", answer[8:16])
    return answer[2] in {_BIND_ACK, _BIND_NAK} and call == _CALL_ID and length >= len(answer)


def _is_reply(answer: bytes, number: int) -> bool:
    if not _SHORTEST <= len(answer) <= _LONGEST:
        return False
    found, kind, state = struct.unpack(">3I", answer[:_REPLY_HEAD])
    return found == number and kind == _REPLY and state in _STATES


@protocol(
    "rpcbind", sends=_marked(null_call(_TCP)), ports=(111,), nmap=("rpcbind",), anywhere=False
)
def rpcbind(answer: bytes) -> bool:
    """A reply to our call behind its record mark."""
    length = int.from_bytes(answer[:4], "big") & ~_LAST_FRAGMENT
    return length == len(answer) - 4 and _is_reply(answer[4:], _TCP)


@protocol("rpcbind_udp", sends=null_call(_UDP), ports=(111,), nmap=("rpcbind",), transport="udp")
def rpcbind_udp(answer: bytes) -> bool:
    """A reply to our call."""
    return _is_reply(answer, _UDP)
