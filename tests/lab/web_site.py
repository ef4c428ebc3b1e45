"""A small web server of our own that shows one of the constructed sites, over TLS or plainly."""

from __future__ import annotations

import contextlib
import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from posture_scan.sdk import HttpResponse, Service
from tests.checks.edge_device.sites import Site
from tests.fakes import page

_KINDS = {
    "CN": NameOID.COMMON_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
}
_KEY = ec.generate_private_key(ec.SECP256R1())


def certificate(names: tuple[tuple[str, str], ...], folder: Path) -> Path:
    """Write a self-signed certificate with these names, and its key, into one file."""
    name = x509.Name([x509.NameAttribute(_KINDS[kind], text) for kind, text in names])
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(_KEY.public_key()).serial_number(1)
        .not_valid_before(start).not_valid_after(start + dt.timedelta(days=3650))
        .sign(_KEY, hashes.SHA256())
    )  # fmt: skip
    path = folder / "site.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + _KEY.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )  # fmt: skip
    return path


def _handler(site: Site, asked: list[str]) -> type[BaseHTTPRequestHandler]:
    missing = site.pages.get("*", page("not here", status=404))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", "0")))
            self._answer("POST")

        def _answer(self, method: str) -> None:
            asked.append(f"{method} {self.path}")
            found: HttpResponse = site.pages.get(
                f"{method} {self.path}", site.pages.get(self.path, missing)
            )
            self.send_response_only(found.status)
            for key, value in found.headers:
                self.send_header(key, value)
            for cookie in found.cookies:
                self.send_header("Set-Cookie", f"{cookie}=secret; Secure; HttpOnly")
            self.send_header("Content-Length", str(len(found.body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(found.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up after the handshake is no error here."""


@contextlib.contextmanager
def shown(
    site: Site, address: str, folder: Path, asked: list[str], port: int = 0, *, tls: bool = True
) -> Iterator[Service]:
    """Serve the site until the block ends; ``asked`` receives every request."""
    server = _Server((address, port), _handler(site, asked))
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate(site.certificate, folder))
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield Service("http", tls=tls, address=address, port=server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
