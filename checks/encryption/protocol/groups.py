"""Groups for key exchange by number and by prime: what they are called and how large they are.

Numbers and names are those of the IANA registry "TLS Supported Groups"; primes are those of
RFC 2409, RFC 3526 and RFC 7919, told by the first half of the SHA-256 over their bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

X25519: Final = 0x001D
P256: Final = 0x0017
P384: Final = 0x0018
P521: Final = 0x0019
X448: Final = 0x001E
X25519_MLKEM768: Final = 0x11EC
"""Hybrid of X25519 and ML-KEM-768 (draft-ietf-tls-ecdhe-mlkem); safe from quantum computers."""


@dataclass(frozen=True)
class Group:
    """One group: ``kind`` is ``ecdh``, ``dh`` or ``kem``, ``bits`` its size."""

    name: str
    kind: str
    bits: int


GROUPS: Final[dict[int, Group]] = {
    P256: Group("secp256r1", "ecdh", 256),
    P384: Group("secp384r1", "ecdh", 384),
    P521: Group("secp521r1", "ecdh", 521),
    X25519: Group("x25519", "ecdh", 255),
    X448: Group("x448", "ecdh", 448),
    0x0013: Group("secp192r1", "ecdh", 192),
    0x0015: Group("secp224r1", "ecdh", 224),
    0x0016: Group("secp256k1", "ecdh", 256),
    0x0001: Group("sect163k1", "ecdh", 163),
    0x0003: Group("sect163r2", "ecdh", 163),
    0x0006: Group("sect233k1", "ecdh", 233),
    0x0007: Group("sect233r1", "ecdh", 233),
    0x0009: Group("sect283k1", "ecdh", 283),
    0x000A: Group("sect283r1", "ecdh", 283),
    0x000B: Group("sect409k1", "ecdh", 409),
    0x000C: Group("sect409r1", "ecdh", 409),
    0x000D: Group("sect571k1", "ecdh", 571),
    0x000E: Group("sect571r1", "ecdh", 571),
    0x0010: Group("secp160r1", "ecdh", 160),
    0x001A: Group("brainpoolP256r1", "ecdh", 256),
    0x001B: Group("brainpoolP384r1", "ecdh", 384),
    0x001C: Group("brainpoolP512r1", "ecdh", 512),
    0x0100: Group("ffdhe2048", "dh", 2048),
    0x0101: Group("ffdhe3072", "dh", 3072),
    0x0102: Group("ffdhe4096", "dh", 4096),
    0x0103: Group("ffdhe6144", "dh", 6144),
    0x0104: Group("ffdhe8192", "dh", 8192),
    0x11EB: Group("secp256r1mlkem768", "kem", 256),
    X25519_MLKEM768: Group("x25519mlkem768", "kem", 255),
    0x11ED: Group("secp384r1mlkem1024", "kem", 384),
    0x6399: Group("x25519kyber768draft00", "kem", 255),
}

CLASSIC_OFFER: Final = (
    X25519, P256, P384, P521, X448, 0x001A, 0x001B, 0x001C, 0x0016, 0x000D, 0x000E, 0x000B,
    0x000C, 0x0009, 0x000A, 0x0006, 0x0007, 0x0015, 0x0013, 0x0010, 0x0001, 0x0003,
)  # fmt: skip
"""Up to TLS 1.2, best first: also the small ones, for servers that have no other."""
TLS13_OFFER: Final = (X25519, P256, P384, P521, X448, 0x0100, 0x0101, 0x0102)

_PRIMES: Final = {
    "b52ba6a3026520a6c49d37e458760180": "oakley768",
    "3f35a3f5f6c4376a744acad409bb22f8": "oakley1024",
    "64fcc83ec403930bf18393dbc883ccaa": "modp1536",
    "d66436f79bbd6b2e38c0ffbd079be904": "modp2048",
    "48cf8b092fbce4359d9871abf74f98e2": "modp3072",
    "4ee95187682bcb230ad26a95205f6920": "modp4096",
    "d1bfe6d0925ce7e4da262b62861514a7": "modp6144",
    "39ab4feab950a3128fb71accb9fc3965": "modp8192",
    "9cd3b7f336872f46c09428d1bbc19877": "ffdhe2048",
    "0eaf67db3a839156d5013494a5318a77": "ffdhe3072",
    "4648414224ac881b3d0dc59b466f96d0": "ffdhe4096",
    "227ac9066b3ddd9e193670cda2388fa8": "ffdhe6144",
    "770b14efaf6f049929c523113b3fa99a": "ffdhe8192",
}


def prime_name(prime: bytes) -> str:
    """Return the standard name of a Diffie-Hellman prime, else ``custom``."""
    return _PRIMES.get(hashlib.sha256(prime.lstrip(b"\0")).hexdigest()[:32], "custom")
