"""One DKIM key record (RFC 6376 section 3.6.1): what kind of key, and how long."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.mail_dns.names import tags

_ED25519_BYTES: Final = 32


@dataclass(frozen=True)
class DkimKey:
    """A key that a selector leads to."""

    selector: str
    kind: str = ""
    """``rsa``, ``ed25519``; ``revoked`` where the owner withdrew it, ``unreadable`` else."""
    bits: int = 0


def parse_dkim(selector: str, text: str) -> DkimKey | None:
    """Read a TXT record as a key; None for one that is none, such as a wildcard's."""
    pairs = tags(text)
    values: dict[str, str] = {}
    for name, value in pairs:
        values.setdefault(name, value)
    if "p" not in values or ("v" in values and (pairs[0][0] != "v" or values["v"] != "DKIM1")):
        return None
    data = re.sub(r"\s", "", values["p"])
    if not data:
        return DkimKey(selector, "revoked")
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return DkimKey(selector, "unreadable")
    kind = values.get("k", "rsa").lower()
    if kind == "ed25519":  # RFC 8463 section 4.2: the bare key
        size = len(raw) == _ED25519_BYTES
        return DkimKey(selector, kind, 256) if size else DkimKey(selector, "unreadable")
    bits = _rsa_bits(raw) if kind == "rsa" else 0
    return DkimKey(selector, "rsa", bits) if bits else DkimKey(selector, "unreadable")


def _rsa_bits(der: bytes) -> int:
    """The length of an RSA key, as SubjectPublicKeyInfo or, as some publish it, bare."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(der)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return 0
    return key.key_size if isinstance(key, rsa.RSAPublicKey) else 0
