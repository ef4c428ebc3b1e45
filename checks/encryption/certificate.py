"""A certificate as plain values, read from DER that a stranger sent, and the rules for names.

Fields follow RFC 5280; names are compared by RFC 9525.
"""

from __future__ import annotations

import ipaddress
import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography import x509

_SIGNATURE_HASHES: Final = {
    "1.2.840.113549.1.1.2": "md2",
    "1.2.840.113549.1.1.3": "md4",
    "1.2.840.113549.1.1.4": "md5",
    "1.2.840.113549.1.1.5": "sha1",
    "1.3.14.3.2.29": "sha1",
    "1.2.840.10040.4.3": "sha1",
    "1.2.840.10045.4.1": "sha1",
}
"""Signature algorithms with a broken hash (RFC 3279): RSA, DSA and ECDSA with MD2 to SHA-1."""

LONGEST_TEXT: Final = 200
"""Characters of a certificate's own words that are stored."""


@dataclass(frozen=True)
class Certificate:
    """What the checks need of one certificate."""

    subject: bytes
    issuer: bytes
    """Names as DER, to be compared and nothing else."""
    issuer_text: str
    not_before: datetime
    not_after: datetime
    key: str
    """``rsa``, ``ec``, ``dsa``, ``ed25519``, ``ed448``; empty where the key cannot be read."""
    key_bits: int
    weak_hash: str
    """``md5`` or ``sha1`` (or older) if the signature rests on one of them, else empty."""
    self_signed: bool
    """Signed with its own key, or at least claiming so where that cannot be tried."""
    dns_names: tuple[str, ...]
    addresses: tuple[str, ...]


def read_certificate(der: bytes) -> Certificate | None:
    """Return the certificate's values, or None where it cannot be read at all."""
    from cryptography import x509

    with warnings.catch_warnings():
        # odd serial numbers and the like are warned of; a scanner meets them every day
        warnings.simplefilter("ignore")
        try:
            return _values(x509.load_der_x509_certificate(der))
        except (ValueError, TypeError, x509.InvalidVersion, x509.DuplicateExtension):
            return None


def read_chain(chain: tuple[bytes, ...]) -> tuple[Certificate, ...]:
    """Return the certificates of a chain that can be read, leaf first; empty without a leaf."""
    read = [read_certificate(der) for der in chain]
    if not read or read[0] is None:
        return ()
    return tuple(one for one in read if one is not None)


def _values(certificate: x509.Certificate) -> Certificate:
    key, bits = _key(certificate)
    dns_names, addresses = _names(certificate)
    return Certificate(
        subject=certificate.subject.public_bytes(),
        issuer=certificate.issuer.public_bytes(),
        issuer_text=shown(certificate.issuer.rfc4514_string()),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key=key,
        key_bits=bits,
        weak_hash=_SIGNATURE_HASHES.get(certificate.signature_algorithm_oid.dotted_string, ""),
        self_signed=_self_signed(certificate),
        dns_names=dns_names,
        addresses=addresses,
    )


def shown(text: str) -> str:
    """Return what a stranger wrote in a form fit to be stored: printable and short."""
    return "".join(letter for letter in text[:LONGEST_TEXT] if letter.isprintable())


def _key(certificate: x509.Certificate) -> tuple[str, int]:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return "", 0
    if isinstance(key, rsa.RSAPublicKey):
        return "rsa", key.key_size
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "ec", key.key_size
    if isinstance(key, dsa.DSAPublicKey):
        return "dsa", key.key_size
    fixed = {ed25519.Ed25519PublicKey: ("ed25519", 256), ed448.Ed448PublicKey: ("ed448", 456)}
    return next((seen for kind, seen in fixed.items() if isinstance(key, kind)), ("", 0))


def _self_signed(certificate: x509.Certificate) -> bool:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    if certificate.subject != certificate.issuer:
        return False
    try:
        certificate.verify_directly_issued_by(certificate)
    except InvalidSignature:
        return False
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return True
    return True


def _names(certificate: x509.Certificate) -> tuple[tuple[str, ...], tuple[str, ...]]:
    from cryptography import x509

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return (), ()
    addresses = names.get_values_for_type(x509.IPAddress)
    return tuple(names.get_values_for_type(x509.DNSName)), tuple(str(one) for one in addresses)


def is_for(certificate: Certificate, name: str) -> bool:
    """Tell whether a certificate was issued for a name or address (RFC 9525 6.3, 6.5).

    Only subjectAltName counts; the common name does not, and a wildcard stands for exactly one
    whole label, the first.
    """
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        pass
    else:
        return str(address) in certificate.addresses
    wanted = _ascii(name)
    return bool(wanted) and any(_matches(_ascii(one), wanted) for one in certificate.dns_names)


def _ascii(name: str) -> str:
    bare = name.rstrip(".").lower()
    if bare.isascii():
        return bare
    try:
        return bare.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _matches(pattern: str, wanted: str) -> bool:
    if not pattern.startswith("*."):
        return pattern == wanted and "*" not in pattern
    label, _, rest = wanted.partition(".")
    return bool(label) and "*" not in rest and pattern[2:] == rest and "." in rest
