"""Reading an IKE answer: bounded, and nothing in it is taken on trust."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.vpn.ike_names import (
    V1_CIPHERS,
    V1_HASHES,
    V1_LOGONS,
    V2_CIPHERS,
    V2_INTEGRITY,
    V2_PRFS,
    named,
    vendor,
)

HEAD: Final = 28
V1, V2 = 0x10, 0x20
MAIN_MODE, INFORMATIONAL, SA_INIT = 2, 5, 34
RESPONSE, FROM_INITIATOR = 0x20, 0x08
_MOST_PAYLOADS: Final = 32
_MOST_VENDORS: Final = 16
_SA_V1, _NOTIFY_V1, _VENDOR_V1 = 1, 11, 13
_SA_V2, _NOTIFY_V2, _VENDOR_V2 = 33, 41, 43
_INVALID_KE: Final = 17
_MEANINGS: Final = {
    (V1, 5): "invalid_version", (V1, 14): "no_proposal",
    (V2, 5): "invalid_version", (V2, 14): "no_proposal", (V2, _INVALID_KE): "invalid_ke",
    (V2, 16390): "cookie",
}  # fmt: skip
_STATUS: Final = 16384
"""From here on a notification is news, not an error (RFC 7296 section 3.10.1; v1: 16384 too)."""


@dataclass
class Answer:
    """What an IKE message says, as far as we read it."""

    version: str
    outcome: str = ""
    """``selected``, ``invalid_ke``, ``no_proposal``, ``cookie``, ``invalid_version``, ``other``."""
    notify: int = 0
    group: int = 0
    algorithms: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    vendors_unknown: int = 0


def is_answer_v2(data: bytes, spi: bytes) -> bool:
    """Tell whether this answers our IKEv2 message: a response, or an IKEv1 server's complaint."""
    if not _is_framed(data, spi):
        return False
    version, exchange, flags = data[17], data[18], data[19]
    if version & 0xF0 == V2:
        return exchange == SA_INIT and flags & RESPONSE != 0 and flags & FROM_INITIATOR == 0
    return version & 0xF0 == V1 and exchange == INFORMATIONAL and data[16] == _NOTIFY_V1


def is_answer_v1(data: bytes, spi: bytes) -> bool:
    """Tell whether this answers our main mode message: a choice of its own, or a complaint."""
    if not _is_framed(data, spi):
        return False
    version, exchange = data[17], data[18]
    if version & 0xF0 == V1 and exchange == MAIN_MODE:
        return data[16] == _SA_V1 and data[8:16] != bytes(8)
    if version & 0xF0 == V1:
        return exchange == INFORMATIONAL and data[16] == _NOTIFY_V1
    # A server of IKEv2 only copies the exchange of the message it cannot read (RFC 7296, 1.5).
    return version & 0xF0 == V2 and data[16] == _NOTIFY_V2


def _is_framed(data: bytes, spi: bytes) -> bool:
    """An ISAKMP header with our SPI whose length fits what came (RFC 7296 section 3.1)."""
    if len(data) < HEAD or not data.startswith(spi):
        return False
    (length,) = struct.unpack_from(">I", data, 24)
    return bool(HEAD <= length <= len(data))


def read(data: bytes) -> Answer:
    """Read a message that one of the two functions above has recognised."""
    old = data[17] & 0xF0 == V1
    answer = Answer(f"{data[17] >> 4}.{data[17] & 0x0F}")
    (length,) = struct.unpack_from(">I", data, 24)
    for kind, body in _payloads(data[16], data[HEAD:length]):
        if kind == (_SA_V1 if old else _SA_V2):
            (_read_sa_v1 if old else _read_sa_v2)(answer, body)
        elif kind == (_NOTIFY_V1 if old else _NOTIFY_V2):
            _read_notify(answer, body, V1 if old else V2)
        elif kind == (_VENDOR_V1 if old else _VENDOR_V2):
            _read_vendor(answer, body)
    answer.outcome = answer.outcome or "other"
    return answer


def _payloads(kind: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    for _ in range(_MOST_PAYLOADS):
        if kind == 0 or len(data) < 4:  # noqa: PLR2004 -- a payload's head
            return
        following, length = data[0], struct.unpack_from(">H", data, 2)[0]
        if length < 4 or length > len(data):  # noqa: PLR2004 -- likewise
            return
        yield kind, data[4:length]
        kind, data = following, data[length:]


def _read_vendor(answer: Answer, body: bytes) -> None:
    name = vendor(body)
    if not name:
        answer.vendors_unknown += 1
    elif name not in answer.vendors and len(answer.vendors) < _MOST_VENDORS:
        answer.vendors = (*answer.vendors, name)


def _read_notify(answer: Answer, body: bytes, version: int) -> None:
    """Take the first error; the data of INVALID_KE_PAYLOAD is the group that is wanted."""
    start = 4 if version == V1 else 0
    if len(body) < start + 4:
        return
    spi_size, number = body[start + 1], struct.unpack_from(">H", body, start + 2)[0]
    meaning = _MEANINGS.get((version, number), "")
    if answer.outcome or not (meaning or number < _STATUS):
        return
    answer.outcome, answer.notify = meaning or "other", number
    data = body[start + 4 + spi_size :]
    if meaning == "invalid_ke" and len(data) >= 2:  # noqa: PLR2004 -- a group is two bytes
        answer.group = struct.unpack_from(">H", data)[0]


def _transforms(data: bytes, start: int) -> Iterator[bytes]:
    """The transforms of the one proposal that was chosen; each begins after its length."""
    if len(data) < start + 8:
        return
    rest = data[start + 8 + data[start + 6] :]
    for _ in range(_MOST_PAYLOADS):
        if len(rest) < 8:  # noqa: PLR2004 -- a transform's head
            return
        length = struct.unpack_from(">H", rest, 2)[0]
        if length < 8 or length > len(rest):  # noqa: PLR2004 -- likewise
            return
        yield rest[4:length]
        if rest[0] == 0:
            return
        rest = rest[length:]


def _attributes(data: bytes) -> dict[int, int]:
    """Attributes of two bytes each; longer ones hold life times and tell us nothing."""
    found: dict[int, int] = {}
    while len(data) >= 4:  # noqa: PLR2004 -- an attribute's head
        kind, value = struct.unpack_from(">HH", data)
        found.setdefault(kind & 0x7FFF, value if kind & 0x8000 else 0)
        data = data[4:] if kind & 0x8000 else data[4 + value :]
    return found


def _read_sa_v1(answer: Answer, body: bytes) -> None:
    for transform in _transforms(body, 8):
        chosen = _attributes(transform[4:])
        if not {1, 2, 4} <= set(chosen):
            return
        answer.outcome, answer.group = "selected", chosen[4]
        answer.algorithms = (
            named(V1_CIPHERS, "ENCR", chosen[1], chosen.get(14, 0)),
            named(V1_HASHES, "HASH", chosen[2]),
            named(V1_LOGONS, "AUTH", chosen.get(3, 0)),
        )
        return


def _read_sa_v2(answer: Answer, body: bytes) -> None:
    tables = {1: (V2_CIPHERS, "ENCR"), 2: (V2_PRFS, "PRF"), 3: (V2_INTEGRITY, "INTEG")}
    names: list[str] = []
    for transform in _transforms(body, 0):
        kind, number = transform[0], struct.unpack_from(">H", transform, 2)[0]
        if kind in tables:
            bits = _attributes(transform[4:]).get(14, 0)
            names.append(named(*tables[kind], number, bits))
        elif kind == 4:  # noqa: PLR2004 -- Diffie-Hellman group
            answer.group = number
    if names and not answer.outcome:
        answer.outcome, answer.algorithms = "selected", tuple(names)
