"""The messages a TLS server sends in clear, and what is learnt from them; bytes alone.

Message layouts: RFC 8446, RFC 5246 and, for SSL 3.0, RFC 6101.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.encryption.protocol import suites
from posture_scan.checks.encryption.protocol.groups import prime_name
from posture_scan.checks.encryption.protocol.hello import SSL3, TLS12, TLS13

LARGEST_ANSWER: Final = 131_072
"""Bytes of one answer that are looked at: chains of a dozen certificates fit many times."""
MOST_CERTIFICATES: Final = 16

_SUPPORTED_VERSIONS: Final = 43
_KEY_SHARE: Final = 51
_RENEGOTIATION_INFO: Final = 0xFF01
_RETRY: Final = hashlib.sha256(b"HelloRetryRequest").digest()
"""RFC 8446 4.1.3: the ServerHello.random that makes it a HelloRetryRequest."""


@dataclass(frozen=True)
class ServerHello:
    """What the server chose; a HelloRetryRequest chooses the version just as well."""

    version: int
    suite: int = 0
    compression: int = 0
    secure_renegotiation: bool = False
    retry: bool = False
    group: int = 0
    """TLS 1.3: the group chosen, or asked for by a HelloRetryRequest."""
    share: bytes = b""
    """TLS 1.3: the server's half of the key exchange."""


@dataclass(frozen=True)
class Answer:
    """Everything learnt from one connection; a field at its default was not seen."""

    hello: ServerHello | None = None
    chain: tuple[bytes, ...] = ()
    dh_bits: int = 0
    dh_name: str = ""
    """Standard name of the Diffie-Hellman prime, or ``custom``."""
    group: int = 0
    alert: int = -1
    """Number of the fatal alert (RFC 8446 6); -1 without one."""
    warnings: tuple[int, ...] = ()
    flaw: str = ""
    """Id of what broke the protocol: ``not_tls``, ``bad_record``, ``bad_message`` …"""
    finished: bool = False
    """The server has said all it says in clear; nothing more is worth waiting for."""
    ssl2_kinds: tuple[int, ...] = ()


class FlawError(ValueError):
    """The bytes do not follow the protocol; never leaves this module's readers."""


class Cursor:
    """Reads numbers and vectors off a byte string, and never past its end."""

    def __init__(self, data: bytes) -> None:
        """Start at the first byte."""
        self._data = data
        self._at = 0

    def left(self) -> int:
        """Return how many bytes have not been read."""
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        """Return the next ``count`` bytes.

        Raises:
            FlawError: there are not as many.
        """
        if count > self.left():
            raise FlawError("short_message")
        self._at += count
        return self._data[self._at - count : self._at]

    def number(self, size: int) -> int:
        """Return the next big-endian number of ``size`` bytes."""
        return int.from_bytes(self.take(size), "big")

    def vector(self, size: int) -> bytes:
        """Return what follows a length of ``size`` bytes."""
        return self.take(self.number(size))


def read_server_hello(body: bytes) -> ServerHello:
    """Read a ServerHello or HelloRetryRequest of SSL 3.0 to TLS 1.3.

    Raises:
        FlawError: the message is cut short or names no version there is.
    """
    cursor = Cursor(body)
    version, random = cursor.number(2), cursor.take(32)
    cursor.vector(1)
    suite, compression = cursor.number(2), cursor.number(1)
    extensions = _extensions(cursor)
    if not SSL3 <= version <= TLS12:
        raise FlawError("bad_version")
    chosen = extensions.get(_SUPPORTED_VERSIONS)
    if chosen is not None:
        if version != TLS12 or chosen != TLS13.to_bytes(2, "big"):
            raise FlawError("bad_version")
        version = TLS13
    retry = version == TLS13 and random == _RETRY
    share = Cursor(extensions.get(_KEY_SHARE, b"") if version == TLS13 else b"")
    return ServerHello(
        version,
        suite,
        compression,
        secure_renegotiation=_RENEGOTIATION_INFO in extensions,
        retry=retry,
        group=share.number(2) if share.left() else 0,
        share=b"" if retry or not share.left() else share.vector(2),
    )


def _extensions(cursor: Cursor) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    if not cursor.left():
        return found
    inner = Cursor(cursor.vector(2))
    while inner.left():
        number = inner.number(2)
        found[number] = inner.vector(2)
    return found


def read_certificates(body: bytes) -> tuple[bytes, ...]:
    """Return the certificates of a Certificate message up to TLS 1.2, leaf first.

    Raises:
        FlawError: a length does not fit.
    """
    inner = Cursor(Cursor(body).vector(3))
    chain: list[bytes] = []
    while inner.left() and len(chain) < MOST_CERTIFICATES:
        chain.append(inner.vector(3))
    return tuple(chain)


def read_sealed_certificates(body: bytes) -> tuple[bytes, ...]:
    """Return the certificates of a Certificate message of TLS 1.3 (RFC 8446 4.4.2), leaf first.

    Raises:
        FlawError: a length does not fit.
    """
    outer = Cursor(body)
    outer.vector(1)
    inner = Cursor(outer.vector(3))
    chain: list[bytes] = []
    while inner.left() and len(chain) < MOST_CERTIFICATES:
        chain.append(inner.vector(3))
        inner.vector(2)
    return tuple(chain)


def read_key_exchange(body: bytes, suite: int) -> tuple[int, str, int]:
    """Return bits and name of the Diffie-Hellman prime and the named group; 0 where none is.

    Raises:
        FlawError: the message is cut short.
    """
    cursor = Cursor(body)
    if suites.uses_finite_field_dh(suite):
        prime = cursor.vector(2)
        return int.from_bytes(prime, "big").bit_length(), prime_name(prime), 0
    if suites.uses_named_group(suite):
        named_curve = 3
        return 0, "", cursor.number(2) if cursor.number(1) == named_curve else 0
    return 0, "", 0
