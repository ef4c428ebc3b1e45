"""A public key as this room knows it: judged once, then used by its own algorithm.

The algorithm is a property of the key. Nothing a message says can choose another one.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from posture_scan.trust.canonical import sha256
from posture_scan.trust.codes import refusal, short
from posture_scan.trust.ed25519_strict import is_sound

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519: Final = "ed25519"
ECDSA_P256: Final = "ecdsa-p256-sha256"

KEYID_LENGTH: Final = 64
"""Hexadecimal characters of a SHA-256."""


@dataclass(frozen=True)
class PublicKey:
    """A sound Ed25519 or P-256 key; ``load`` is the only way to one."""

    spki: bytes
    """DER SubjectPublicKeyInfo, the bytes the key id is the hash of."""
    keyid: str
    algorithm: str
    _fits: Callable[[bytes, bytes], bool]

    def fits(self, signature: bytes, message: bytes) -> bool:
        """Tell whether this key made the signature over exactly this message."""
        return self._fits(signature, message)

    @property
    def fingerprint(self) -> str:
        """The key id as two people compare it over the telephone."""
        return grouped(self.keyid)


def load(spki: bytes) -> PublicKey:
    """Judge a DER SubjectPublicKeyInfo.

    Raises:
        AnswerIsNoError: E-SIG-006 for a kind of key not on the list, E-KEY-001 for an
            Ed25519 key with which anyone could sign.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    keyid = sha256(spki)
    try:
        key = serialization.load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise refusal("E-SIG-006", algorithm="-", keyid=short(keyid)) from error
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if key.public_bytes(*form) != spki:
        raise refusal("E-SIG-006", algorithm="non-canonical", keyid=short(keyid))
    if isinstance(key, ed25519.Ed25519PublicKey):
        raw = key.public_bytes_raw()
        if not is_sound(raw):
            raise refusal("E-KEY-001", key=raw.hex())
        return PublicKey(spki, keyid, ED25519, _ed25519(key))
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return PublicKey(spki, keyid, ECDSA_P256, _ecdsa(key))
    raise refusal("E-SIG-006", algorithm=_name(key), keyid=short(keyid))


def spki_of(key: Any) -> bytes:
    """DER SubjectPublicKeyInfo of a public key object of the library."""
    from cryptography.hazmat.primitives import serialization

    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    spki: bytes = key.public_bytes(*form)
    return spki


def grouped(keyid: str) -> str:
    """Write a key id in groups of four, so that it can be read out and followed."""
    return " ".join(keyid[start : start + 4] for start in range(0, len(keyid), 4))


def plain_fingerprint(typed: str) -> str:
    """Bring a fingerprint as a person types it (spaces, colons, capitals) to a key id."""
    return re.sub(r"[\s:.\-]", "", typed).lower()


def _ed25519(key: Ed25519PublicKey) -> Callable[[bytes, bytes], bool]:
    from cryptography.exceptions import InvalidSignature

    def fits(signature: bytes, message: bytes) -> bool:
        with contextlib.suppress(InvalidSignature):
            key.verify(signature, message)
            return True
        return False

    return fits


def _ecdsa(key: EllipticCurvePublicKey) -> Callable[[bytes, bytes], bool]:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    algorithm = ec.ECDSA(hashes.SHA256())

    def fits(signature: bytes, message: bytes) -> bool:
        with contextlib.suppress(InvalidSignature):
            key.verify(signature, message, algorithm)
            return True
        return False

    return fits


def _name(key: Any) -> str:
    curve = getattr(getattr(key, "curve", None), "name", "")
    size = getattr(key, "key_size", "")
    kind = type(key).__name__.removeprefix("_").removesuffix("PublicKey")
    return "-".join(str(part) for part in (kind, curve or size) if part)
