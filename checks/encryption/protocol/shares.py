"""Our half of a TLS 1.3 key exchange, so that the certificate can be read.

From TLS 1.3 on the certificate is sent encrypted, under keys that anybody can agree on who says
hello. Nothing secret is ever sent under ours and no handshake is finished, so the private keys
are fixed: the same question is asked every time.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from typing import Any, Final

from posture_scan.checks.encryption.protocol.groups import (
    P256,
    P384,
    P521,
    X448,
    X25519,
    X25519_MLKEM768,
)

_MLKEM_CIPHERTEXT: Final = 1088
"""Bytes of an ML-KEM-768 ciphertext (FIPS 203, table 3)."""
_ORDERS: Final = {P256: 256, P384: 384, P521: 521}


class NoShareError(ValueError):
    """The other side's half does not fit the group, or the group is not one of ours."""


@functools.cache
def share(group: int) -> bytes:
    """Return our public half for one group; empty where this computer has no code for it."""
    from cryptography.exceptions import UnsupportedAlgorithm

    maker = _PUBLIC.get(group)
    try:
        return maker(group) if maker else b""
    except (UnsupportedAlgorithm, ImportError):
        return b""


def agree(group: int, theirs: bytes) -> bytes:
    """Return the secret shared with a server that sent its half.

    Raises:
        NoShareError: for a half that no honest server sends.
    """
    from cryptography.exceptions import UnsupportedAlgorithm

    maker = _SECRET.get(group)
    if maker is None:
        raise NoShareError("group")
    try:
        return maker(group, theirs)
    except (ValueError, ImportError, UnsupportedAlgorithm) as error:
        raise NoShareError("share") from error


def _seed(label: str, size: int) -> bytes:
    return hashlib.shake_256(f"posture-scan {label}".encode()).digest(size)


@functools.cache
def _x25519() -> Any:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return X25519PrivateKey.from_private_bytes(_seed("x25519", 32))


@functools.cache
def _x448() -> Any:
    from cryptography.hazmat.primitives.asymmetric.x448 import X448PrivateKey

    return X448PrivateKey.from_private_bytes(_seed("x448", 56))


@functools.cache
def _curve_key(group: int) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec

    curve: ec.EllipticCurve = {P256: ec.SECP256R1(), P384: ec.SECP384R1(), P521: ec.SECP521R1()}[
        group
    ]
    # half the field's bits is far below any of the orders, so every value is a valid key
    return ec.derive_private_key(
        int.from_bytes(_seed(f"ec {group}", _ORDERS[group] // 16), "big"), curve
    )


@functools.cache
def _mlkem() -> Any:
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey

    return MLKEM768PrivateKey.from_seed_bytes(_seed("ml-kem", 64))


def _raw_public(key: Any) -> bytes:
    return bytes(key.public_key().public_bytes_raw())


def _curve_public(group: int) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = _curve_key(group).public_key()
    return bytes(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _curve_secret(group: int, theirs: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric import ec

    key = _curve_key(group)
    return bytes(
        key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(key.curve, theirs))
    )


def _x25519_secret(_group: int, theirs: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    return bytes(_x25519().exchange(X25519PublicKey.from_public_bytes(theirs)))


def _x448_secret(_group: int, theirs: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.x448 import X448PublicKey

    return bytes(_x448().exchange(X448PublicKey.from_public_bytes(theirs)))


def _hybrid_secret(group: int, theirs: bytes) -> bytes:
    """ML-KEM first, then X25519 (draft-ietf-tls-ecdhe-mlkem section 4.3)."""
    sealed, classic = theirs[:_MLKEM_CIPHERTEXT], theirs[_MLKEM_CIPHERTEXT:]
    return bytes(_mlkem().decapsulate(sealed)) + _x25519_secret(group, classic)


_PUBLIC: Final[dict[int, Callable[[int], bytes]]] = {
    X25519: lambda _group: _raw_public(_x25519()),
    X448: lambda _group: _raw_public(_x448()),
    P256: _curve_public,
    P384: _curve_public,
    P521: _curve_public,
    X25519_MLKEM768: lambda _group: _raw_public(_mlkem()) + _raw_public(_x25519()),
}
_SECRET: Final[dict[int, Callable[[int, bytes], bytes]]] = {
    X25519: _x25519_secret,
    X448: _x448_secret,
    P256: _curve_secret,
    P384: _curve_secret,
    P521: _curve_secret,
    X25519_MLKEM768: _hybrid_secret,
}
