"""Certificates made for tests: any date, name, key and issuer."""

from __future__ import annotations

import functools
import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
NAME = "shop.example.jp"

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | dsa.DSAPrivateKey | ed25519.Ed25519PrivateKey

OID_SHA256_RSA = bytes.fromhex("2a864886f70d01010b")
OID_SHA1_RSA = bytes.fromhex("2a864886f70d010105")
OID_MD5_RSA = bytes.fromhex("2a864886f70d010104")


@functools.cache
def make_key(kind: str, number: int = 0) -> Key:
    """``rsa2048``, ``rsa1024``, ``p256``, ``p192``, ``dsa2048``, ``ed25519``; one per number."""
    assert number >= 0
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:]))
    if kind.startswith("dsa"):
        return dsa.generate_private_key(int(kind[3:]))
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key({"p256": ec.SECP256R1(), "p192": ec.SECP192R1()}[kind])


@dataclass(frozen=True)
class Issued:
    """A certificate with its key; ``issuer`` is None for one that signed itself."""

    certificate: x509.Certificate
    key: Key
    issuer: Issued | None = None

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


def issue(
    name: str = NAME,
    *,
    issuer: Issued | None = None,
    kind: str = "p256",
    number: int = 0,
    names: tuple[str, ...] | None = None,
    starts: datetime = NOW - timedelta(days=30),
    ends: datetime = NOW + timedelta(days=60),
    ca: bool = False,
    tells_issuer: bool = True,
) -> Issued:
    """Make one certificate; ``names`` are its alternative names, by default ``name`` itself."""
    key = make_key(kind, number)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    listed = names if names is not None else () if ca else (name,)
    if listed:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([_general(one) for one in listed]), critical=False
        )
    if issuer and tells_issuer and not ca:
        place = x509.UniformResourceIdentifier("http://ca.example.jp/issuer.cer")
        access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, place)
        builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
    signer = issuer.key if issuer else key
    chosen = None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return Issued(builder.sign(signer, chosen), key, issuer)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def authority(name: str = "Example Root", *, kind: str = "p256", number: int = 90) -> Issued:
    return issue(name, ca=True, kind=kind, number=number, ends=NOW + timedelta(days=3650))


def intermediate(root: Issued, *, kind: str = "p256", number: int = 91, **more: datetime) -> Issued:
    ends = more.get("ends", NOW + timedelta(days=1800))
    return issue("Example Issuing", issuer=root, ca=True, kind=kind, number=number, ends=ends)
