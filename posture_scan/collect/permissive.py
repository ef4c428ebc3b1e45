"""A TLS client that takes whatever a server offers, because looking is not trusting."""

from __future__ import annotations

import functools
import ssl
from typing import Final

_LEGACY_SERVER_CONNECT: Final = 0x4
"""OpenSSL's SSL_OP_LEGACY_SERVER_CONNECT: talk to servers without RFC 5746 too."""


@functools.cache
def permissive_context() -> ssl.SSLContext:
    """Return a context for TLS 1.0 to 1.3 with every cipher that authenticates the server.

    Certificates are not judged here: what they are worth is judged from the recorded chain.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # Naming TLSv1 raises a deprecation warning; the lowest supported version is TLS 1.0 or
    # SSL 3.0, depending on how OpenSSL was built.
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.options |= _LEGACY_SERVER_CONNECT
    context.options |= ssl.OP_NO_TICKET
    # Security level 0 admits small keys, SHA-1 signatures and old ciphers.
    context.set_ciphers("ALL:!aNULL:!eNULL:@SECLEVEL=0")
    return context
