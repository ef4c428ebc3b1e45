"""A real TLS server without a socket: OpenSSL's, fed with bytes."""

from __future__ import annotations

import contextlib

from OpenSSL import SSL

from tests.checks.encryption.certificates import Issued


def answer(hello: bytes, chain: tuple[Issued, ...], *, suites: bytes = b"") -> bytes:
    """Return all that OpenSSL says to a ClientHello."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_cipher_list(b"DEFAULT:@SECLEVEL=0")
    context.use_certificate(chain[0].certificate)
    context.use_privatekey(chain[0].key)
    for one in chain[1:]:
        context.add_extra_chain_cert(one.certificate)
    if suites:
        context.set_tls13_ciphersuites(suites)
    server = SSL.Connection(context, None)
    server.set_accept_state()
    server.bio_write(hello)
    with contextlib.suppress(SSL.Error):
        server.do_handshake()
    said = b""
    while True:
        try:
            said += server.bio_read(65_536)
        except SSL.WantReadError:
            return said
