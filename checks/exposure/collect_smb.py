"""SMB file shares: the negotiation before any logon, once for version 1 and once for later.

MS-SMB 2.2.4.52 and MS-SMB2 2.2.3. Nobody logs on and no share is asked for.
"""

from __future__ import annotations

import struct
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

PAUSE: Final = 0.1
"""Seconds between the two connections."""

_SMB1: Final = b"\xffSMB"
_SMB2: Final = b"\xfeSMB"
_NEGOTIATE: Final = 0x72
_HEADER1 = bytes.fromhex("ff534d4272000000001853c80000000000000000000000000000fffe00000000")
_DIALECTS2: Final = (0x0202, 0x0210, 0x0300, 0x0302, 0x0311)
_CLIENT: Final = bytes(range(16))
"""A client id that belongs to no computer."""

_PREFIX: Final = 4
_COMMAND1: Final = _PREFIX + 4
_FLAGS1, _IS_REPLY1 = _PREFIX + 9, 0x80
_FLAGS2, _IS_REPLY2 = _PREFIX + 16, 0x01
_WORD_COUNT: Final = _PREFIX + 32
_REFUSED: Final = 0xFFFF
_NT_WORDS: Final = 17
"""Words of the answer that accepts NT LM 0.12."""
_STATUS2, _SIZE2 = _PREFIX + 8, _PREFIX + 64
_MODE2, _DIALECT2 = _PREFIX + 66, _PREFIX + 68
_SHORTEST2: Final = _DIALECT2 + 2
_ANSWER_SIZE2: Final = 65
"""What an answer that agrees on a dialect says its own size is; an error says 9."""
_REQUIRED: Final = 0x02
_MODE1, _REQUIRED1 = _WORD_COUNT + 3, 0x08
_CONTEXTS_AT: Final = 112
"""Where the list of contexts begins: 64 of header, 36 of body, 10 of dialects, to the next 8."""
_LONGEST: Final = 4096


def _frame(message: bytes) -> bytes:
    return struct.pack(">I", len(message)) + message


def negotiate1(*dialects: bytes) -> bytes:
    """Return an SMB1 negotiate request for the given dialects."""
    names = b"".join(b"\x02" + name + b"\x00" for name in dialects)
    return _frame(_HEADER1 + b"\x00" + struct.pack("<H", len(names)) + names)


def negotiate2() -> bytes:
    """Return an SMB2 negotiate request for the dialects 2.0.2 to 3.1.1.

    The last of them is only agreed on with a list that names the way of its integrity check
    (MS-SMB2 2.2.3.1.1): SHA-512, with a salt that is always the same.
    """
    header = _SMB2 + struct.pack("<HH", 64, 0) + bytes(56)
    body = struct.pack("<HHHHI", 36, len(_DIALECTS2), 1, 0, 0) + _CLIENT
    body += struct.pack("<IHH", _CONTEXTS_AT, 1, 0) + struct.pack("<5H", *_DIALECTS2)
    integrity = struct.pack("<HHH", 1, 32, 1) + bytes(range(32))
    context = struct.pack("<HHI", 1, len(integrity), 0) + integrity
    return _frame((header + body).ljust(_CONTEXTS_AT, b"\x00") + context)


@dataclass(frozen=True)
class SmbNegotiation(Facts):
    """What a file server agrees to before anyone logs on."""

    smb1: str
    """``accepted``, ``refused`` or the name of the attempt that failed."""
    smb2_dialect: int = 0
    """Such as 0x0302; 0 where the server does not speak SMB 2 or 3."""
    signing_required: bool = False
    """Whether the server insists on signed messages, in the latest version it speaks."""


@protocol(
    "smb",
    # One request that servers of every age answer: the old in SMB1, the others in SMB2.
    sends=negotiate1(b"NT LM 0.12", b"SMB 2.002", b"SMB 2.???"),
    ports=(445, 139),
    nmap=("microsoft-ds", "netbios-ssn", "smb"),
)
def smb(answer: bytes) -> bool:
    """A framed answer to the negotiation, of version 1 or later."""
    if len(answer) < _WORD_COUNT or answer[0] != 0:
        return False
    if answer[_PREFIX : _PREFIX + 4] == _SMB1:
        return answer[_COMMAND1] == _NEGOTIATE and bool(answer[_FLAGS1] & _IS_REPLY1)
    return answer[_PREFIX : _PREFIX + 4] == _SMB2 and bool(answer[_FLAGS2] & _IS_REPLY2)


@collector(on=Service("smb"), intrusiveness=HANDSHAKE, max_connections=2)
def smb_negotiation(service: Service, net: Net) -> SmbNegotiation:
    """Negotiate SMB 2 or 3, then SMB 1 alone; log on to neither.

    Where neither brings an answer the attempt has failed; a reset of the SMB 1 request is how
    current servers refuse it, and counts as a refusal only where SMB 2 was answered.
    """
    try:
        dialect, signing = _read2(net.exchange(service, negotiate2(), limit=_LONGEST))
    except AttemptError as error:
        if error.attempt not in {Attempt.CLOSED_EARLY, Attempt.PROTOCOL_MISMATCH}:
            raise
        dialect, signing = 0, False
    net.pause(PAUSE)
    try:
        smb1, signing1 = _read1(net.exchange(service, negotiate1(b"NT LM 0.12"), limit=_LONGEST))
    except AttemptError as error:
        if not dialect:
            raise
        closed = error.attempt is Attempt.CLOSED_EARLY
        smb1, signing1 = "refused" if closed else error.attempt.value, False
    return SmbNegotiation(smb1, dialect, signing if dialect else signing1)


def _read2(answer: bytes) -> tuple[int, bool]:
    if len(answer) < _SHORTEST2 or answer[_PREFIX : _PREFIX + 4] != _SMB2:
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no SMB2 answer")
    status, size = struct.unpack_from("<I", answer, _STATUS2)[0], answer[_SIZE2]
    if status or size != _ANSWER_SIZE2:
        return 0, False
    mode, dialect = struct.unpack("<HH", answer[_MODE2:_SHORTEST2])
    return dialect, bool(mode & _REQUIRED)


def _read1(answer: bytes) -> tuple[str, bool]:
    if len(answer) < _WORD_COUNT + 3 or answer[_PREFIX : _PREFIX + 4] != _SMB1:
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no SMB1 answer")
    words = answer[_WORD_COUNT]
    chosen = struct.unpack("<H", answer[_WORD_COUNT + 1 : _WORD_COUNT + 3])[0]
    if words >= _NT_WORDS and chosen != _REFUSED:
        return "accepted", bool(answer[_MODE1 : _MODE1 + 1] and answer[_MODE1] & _REQUIRED1)
    return "refused", False
