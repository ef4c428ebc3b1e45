"""Certificate authorities made for a test, and a TLS server that shows their certificates."""

from __future__ import annotations

import contextlib
import ssl
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import oid

from tests.collect.scripted import serving

ISSUED = datetime(2020, 1, 1, tzinfo=UTC)
"""All test certificates ended long ago: chains are judged with dates left aside."""


@dataclass(frozen=True)
class Issued:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def issue(
        self, name: str, *, ca: bool = False, tells: bool = False, length: int | None = None
    ) -> Issued:
        return _make(name, self, ca=ca, tells=tells, length=length)

    def again(self) -> Issued:
        """Another certificate for the same name and key, issued by itself."""
        return _make(self.certificate.subject, None, ca=True, key=self.key)


def authority(name: str) -> Issued:
    return _make(name, None, ca=True)


def alone(name: str) -> Issued:
    """A server certificate that is its own issuer."""
    return _make(name, None, ca=False)


def _make(
    name: str | x509.Name,
    issuer: Issued | None,
    *,
    ca: bool,
    tells: bool = False,
    length: int | None = None,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> Issued:
    key = key or ec.generate_private_key(ec.SECP256R1())
    if isinstance(name, str):
        name = x509.Name([x509.NameAttribute(oid.NameOID.COMMON_NAME, name)])
    subject = name
    builder: Any = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ISSUED)
        .not_valid_after(ISSUED + timedelta(days=90))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=length), critical=True)
    )
    if tells:
        where = x509.UniformResourceIdentifier("http://ca.example.jp/issuer.cer")
        access = x509.AccessDescription(oid.AuthorityInformationAccessOID.CA_ISSUERS, where)
        builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
    return Issued(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


@contextlib.contextmanager
def tls_server(
    chain: Sequence[Issued], data: bytes, *, waits: bool = False, address: str = "127.50.1.1"
) -> Iterator[int]:
    """Serve TLS showing this chain; say ``data`` inside, at once or after the first message."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        key, shown = Path(folder, "key.pem"), Path(folder, "chain.pem")
        key.write_bytes(
            chain[0].key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        shown.write_bytes(b"".join(item.pem for item in chain))
        context.load_cert_chain(shown, key)

    def answer(connection: Any) -> None:
        with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as tls:
            if waits:
                tls.recv(4096)
            tls.sendall(data)
            while tls.recv(4096):
                pass

    with serving(answer, address) as port:
        yield port
