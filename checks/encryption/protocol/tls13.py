"""The encrypted part of a TLS 1.3 server's first answer, opened to read its certificate.

Key schedule of RFC 8446 7.1 up to the server's handshake traffic key, record protection of 5.2.
Bytes in, bytes out; our half of the key exchange stands in ``shares``.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any, Final

_KEY_LENGTH: Final = {0x1301: 16, 0x1302: 32, 0x1303: 32, 0x1304: 16, 0x1305: 16}
_SHORT_TAG: Final = 8
"""Bytes of the tag of AES-128-CCM-8 (RFC 6655)."""
_NONCE: Final = 12
_HEADER: Final = b"\x17\x03\x03"


class SealedError(ValueError):
    """A record that does not open: altered, or sealed under other keys."""


@dataclass
class Opener:
    """Opens the records that a server seals under its handshake traffic key."""

    cipher: Any
    nonce: bytes
    _count: int = field(default=0)

    def open(self, body: bytes) -> tuple[int, bytes]:
        """Return a record's true content type and content.

        Raises:
            SealedError: it does not open.
        """
        from cryptography.exceptions import InvalidTag

        number = self._count.to_bytes(_NONCE, "big")
        nonce = bytes(a ^ b for a, b in zip(self.nonce, number, strict=True))
        self._count += 1
        try:
            plain = self.cipher.decrypt(nonce, body, _HEADER + len(body).to_bytes(2, "big"))
        except (InvalidTag, ValueError) as error:
            raise SealedError("sealed") from error
        content = plain.rstrip(b"\0")
        if not content:
            raise SealedError("sealed")
        return content[-1], content[:-1]


def opener(suite: int, secret: bytes, transcript: bytes) -> Opener:
    """Derive the keys from the shared secret and the two hellos as they were sent.

    Raises:
        SealedError: for a suite that has none.
    """
    if suite not in _KEY_LENGTH:
        raise SealedError("suite")
    name = "sha384" if suite == 0x1302 else "sha256"  # noqa: PLR2004 -- TLS_AES_256_GCM_SHA384
    size = hashlib.new(name).digest_size
    early = hmac.digest(bytes(size), bytes(size), name)
    derived = _derive(early, "derived", b"", name)
    handshake = hmac.digest(derived, secret, name)
    traffic = _derive(handshake, "s hs traffic", transcript, name)
    key = _expand(traffic, "key", b"", _KEY_LENGTH[suite], name)
    return Opener(_cipher(suite, key), _expand(traffic, "iv", b"", _NONCE, name))


def _cipher(suite: int, key: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers import aead

    if suite in {0x1301, 0x1302}:
        return aead.AESGCM(key)
    if suite == 0x1303:  # noqa: PLR2004 -- TLS_CHACHA20_POLY1305_SHA256
        return aead.ChaCha20Poly1305(key)
    return aead.AESCCM(key, _SHORT_TAG) if suite == 0x1305 else aead.AESCCM(key)  # noqa: PLR2004 -- TLS_AES_128_CCM_8_SHA256


def _derive(secret: bytes, label: str, messages: bytes, name: str) -> bytes:
    digest = hashlib.new(name, messages)
    return _expand(secret, label, digest.digest(), digest.digest_size, name)


def _expand(secret: bytes, label: str, context: bytes, length: int, name: str) -> bytes:
    """HKDF-Expand-Label for lengths up to one digest, which is all that is needed here."""
    full = b"tls13 " + label.encode()
    info = length.to_bytes(2, "big") + bytes([len(full)]) + full + bytes([len(context)]) + context
    return hmac.digest(secret, info + b"\x01", name)[:length]
