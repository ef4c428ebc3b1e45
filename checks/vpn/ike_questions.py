"""The messages that ask an IKE server what it speaks and what it would accept.

None of them begins an authentication: IKE asks for proof of identity only messages later.
"""

from __future__ import annotations

import hashlib
import secrets
import struct
from typing import Final

SPI_V2: Final = b"\x02" + secrets.token_bytes(7)
SPI_V1: Final = b"\x01" + secrets.token_bytes(7)
"""Our ends' names in a conversation: any bytes but zero; an answer repeats them.

New ones each time the program starts: a server takes the same name from the same address for a
repetition of a conversation it still holds open, and keeps silent.
"""
NON_ESP: Final = bytes(4)
"""What marks IKE among ESP on port 4500 (RFC 3948 section 2.2)."""

_LAST, _MORE = 0, 2
_CIPHER, _PRF, _INTEGRITY, _GROUP = 1, 2, 3, 4
_KEY_LENGTH: Final = 0x800E
_SA, _KE, _NONCE = 33, 34, 40

_GROUPS: Final = (14, 15, 16, 19, 20, 21, 31, 5, 2, 1)
_WEAK_GROUPS: Final = (5, 2, 1)
_PRFS: Final = (7, 6, 5, 2, 1)
_INTEGRITIES: Final = (14, 13, 12, 2, 1)
_AES_CBC: Final = ((12, 256), (12, 192), (12, 128))
_AES_GCM: Final = ((20, 256), (20, 128))
_DES: Final = ((3, 0), (2, 0))

Cipher = tuple[int, int]


def _noise(label: bytes, count: int) -> bytes:
    """Bytes that look random and are the same every time: a question has no secret."""
    blocks = (hashlib.sha256(label + bytes([n])).digest() for n in range(-(-count // 32)))
    return b"".join(blocks)[:count]


def _transform(kind: int, number: int, bits: int = 0, *, last: bool = False) -> bytes:
    length = struct.pack(">HH", _KEY_LENGTH, bits) if bits else b""
    head = struct.pack(">BBHBBH", 0 if last else 3, 0, 8 + len(length), kind, 0, number)
    return head + length


def _proposal(
    number: int,
    ciphers: tuple[Cipher, ...],
    prfs: tuple[int, ...],
    integrities: tuple[int, ...],
    groups: tuple[int, ...],
    *,
    last: bool,
) -> bytes:
    """One proposal of IKEv2 (RFC 7296 section 3.3.1): one of each kind is to be chosen."""
    parts = [_transform(_CIPHER, cipher, bits) for cipher, bits in ciphers]
    parts += [_transform(_PRF, prf) for prf in prfs]
    parts += [_transform(_INTEGRITY, integrity) for integrity in integrities]
    parts += [_transform(_GROUP, group, last=group == groups[-1]) for group in groups]
    body = b"".join(parts)
    more = _LAST if last else _MORE
    return struct.pack(">BBHBBBB", more, 0, 8 + len(body), number, 1, 0, len(parts)) + body


def _message_v2(proposals: bytes, group: int, size: int) -> bytes:
    """An IKE_SA_INIT request with a public value of this group (RFC 7296 section 1.2)."""
    label = bytes([group])
    payloads = (
        struct.pack(">BBH", _KE, 0, 4 + len(proposals)) + proposals
        + struct.pack(">BBHHH", _NONCE, 0, 8 + size, group, 0) + _noise(b"value" + label, size)
        + struct.pack(">BBH", 0, 0, 36) + _noise(b"nonce" + label, 32)
    )  # fmt: skip
    head = SPI_V2 + bytes(8) + struct.pack(">BBBBII", _SA, 0x20, 34, 8, 0, 28 + len(payloads))
    return head + payloads


def wrong_group() -> bytes:
    """The lightest question: groups 14 and 2 are offered, the public value is one of group 2.

    A server that prefers group 14 says so and keeps nothing in mind of us.
    """
    ciphers = ((12, 256), (12, 128))
    return _message_v2(_proposal(1, ciphers, (5, 2), (12, 2), (14, 2), last=True), 2, 128)


def weak_only() -> bytes:
    """Every proposal has something weak in it: to refuse them all is to accept nothing weak.

    In turn: DES or 3DES with anything; MD5; AES with a weak group, in both forms of AES. The
    public value is one of group 1, which hardly any server prefers: so it keeps nothing.
    """
    sound = tuple(n for n in _INTEGRITIES if n != 1)
    proposals = (
        _proposal(1, _DES, _PRFS, _INTEGRITIES, _GROUPS, last=False)
        + _proposal(2, _AES_CBC, _PRFS, (1,), _GROUPS, last=False)
        + _proposal(3, _AES_CBC, _PRFS, sound, _WEAK_GROUPS, last=False)
        + _proposal(4, _AES_GCM, _PRFS, (), _WEAK_GROUPS, last=True)
    )
    return _message_v2(proposals, 1, 96)


_VENDOR: Final = 13
_V1_PSK, _V1_RSA, _V1_XAUTH = 1, 3, 65001
_V1_OFFERS: Final = (
    (_V1_PSK, ((1, 0, 1, 1), (1, 0, 2, 2), (5, 0, 1, 2), (5, 0, 2, 2), (7, 128, 1, 2),
               (7, 128, 2, 2), (7, 256, 2, 2), (5, 0, 2, 5), (7, 256, 2, 5), (5, 0, 2, 14),
               (7, 128, 2, 14), (7, 256, 2, 14), (7, 128, 4, 14), (7, 256, 4, 14),
               (7, 256, 6, 14), (7, 256, 6, 16), (7, 256, 4, 19), (7, 256, 5, 20))),
    (_V1_RSA, ((5, 0, 2, 2), (7, 256, 2, 5), (7, 256, 2, 14), (7, 256, 4, 14))),
    (_V1_XAUTH, ((5, 0, 2, 2), (7, 128, 2, 2), (7, 256, 2, 5), (7, 256, 4, 14))),
)  # fmt: skip
"""By way of proving identity: (cipher, key bits, hash, group), the weakest first."""


def _transform_v1(
    number: int, logon: int, suite: tuple[int, int, int, int], *, last: bool
) -> bytes:
    cipher, bits, digest, group = suite
    pairs = [(1, cipher), (2, digest), (3, logon), (4, group), (11, 1), (12, 28_800)]
    pairs += [(14, bits)] if bits else []
    body = b"".join(struct.pack(">HH", 0x8000 | kind, value) for kind, value in pairs)
    return struct.pack(">BBHBBH", 0 if last else 3, 0, 8 + len(body), number, 1, 0) + body


_ABILITIES: Final = ("4a131c81070358455c5728f20e95452f", "afcad71368a1f1c96b8696fc77570100")
"""Vendor ids of NAT traversal (RFC 3947) and dead peer detection (RFC 3706).

Every client sends them, and SoftEther leaves a main mode message without them unanswered.
"""


def main_mode() -> bytes:
    """The first message of IKEv1's main mode (RFC 2409 section 5): proposals and abilities."""
    offers = [(logon, suite) for logon, suites in _V1_OFFERS for suite in suites]
    transforms = b"".join(
        _transform_v1(number, logon, suite, last=number == len(offers))
        for number, (logon, suite) in enumerate(offers, 1)
    )
    proposal = struct.pack(">BBHBBBB", 0, 0, 8 + len(transforms), 1, 1, 0, len(offers)) + transforms
    payloads = struct.pack(">BBHII", _VENDOR, 0, 12 + len(proposal), 1, 1) + proposal
    ids = [bytes.fromhex(text) for text in _ABILITIES]
    for place, one in enumerate(ids, 1):
        following = 0 if place == len(ids) else _VENDOR
        payloads += struct.pack(">BBH", following, 0, 4 + len(one)) + one
    head = SPI_V1 + bytes(8) + struct.pack(">BBBBII", 1, 0x10, 2, 0, 0, 28 + len(payloads))
    return head + payloads
