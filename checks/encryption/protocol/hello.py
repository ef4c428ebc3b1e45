"""Raw ClientHello messages from SSL 2.0 to TLS 1.3, built on bytes alone.

Nothing here is secret and no handshake is ever finished, so the random values are fixed: a
server's log can be matched with the scan, and the same question is asked every time. (Whether
a client may renegotiate is asked by a client of its own: ``renegotiation``.)
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass, replace
from typing import Final

from posture_scan.checks.encryption.protocol import groups, shares, suites

SSL2: Final = 0x0002
SSL3: Final = 0x0300
TLS10: Final = 0x0301
TLS11: Final = 0x0302
TLS12: Final = 0x0303
TLS13: Final = 0x0304

VERSIONS: Final[dict[str, int]] = {
    "ssl2": SSL2,
    "ssl3": SSL3,
    "tls10": TLS10,
    "tls11": TLS11,
    "tls12": TLS12,
    "tls13": TLS13,
}
"""Protocol versions by the ids used in facts, oldest first."""

_RANDOM: Final = hashlib.sha256(b"posture-scan client random").digest()
_SESSION: Final = hashlib.sha256(b"posture-scan session id").digest()
_CHALLENGE: Final = _RANDOM[:16]

_SIGNATURES: Final = (
    # RFC 8446 4.2.3, best first; SHA-1, MD5 and DSA at the end, because a server that has
    # nothing better must be able to show its certificate
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B,
    0x0401, 0x0501, 0x0601, 0x0303, 0x0301, 0x0402, 0x0302, 0x0203, 0x0201, 0x0202, 0x0101,
)  # fmt: skip
SIGNATURES: Final = {
    "ecdsa": (0x0403, 0x0503, 0x0603, 0x0203),
    "rsa": (0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B, 0x0401, 0x0501, 0x0601, 0x0201),
}
"""Signatures that only a key of this kind makes: who offers no others asks for such a key."""

_PAD_FROM: Final = 0x100
_PAD_TO: Final = 0x200
"""Some load balancers never answer a ClientHello of 256 to 511 bytes (RFC 7685)."""


@dataclass(frozen=True)
class ClientHello:
    """One question to a server: the highest version and the suites it may choose from."""

    version: int
    suites: tuple[int, ...]
    server_name: str = ""
    """Sent as SNI unless empty or an address; SSL 2.0 and 3.0 have no room for it."""
    groups: tuple[int, ...] = groups.CLASSIC_OFFER
    shares: tuple[int, ...] = ()
    """Groups of TLS 1.3 for which our half of the key exchange is sent along."""
    signatures: tuple[int, ...] = _SIGNATURES
    listed: tuple[int, ...] = ()
    """Versions up to TLS 1.2 to choose from, for a server that knows how to read such a list: one
    of TLS 1.3 (RFC 8446 4.2.1). Others go by ``version``."""
    fallback: bool = False
    """Say that an older version is offered than the client has (RFC 7507)."""

    def to_bytes(self) -> bytes:
        """Return the record to send."""
        if self.version == SSL2:
            return _ssl2_hello()
        return _record(self.version, _handshake(self))

    def allows(self, version: int, suite: int) -> bool:
        """Tell whether a server may choose this version and suite in answer."""
        if self.version == TLS13:
            return version == TLS13 and suite in self.suites
        if self.listed:
            return version in self.listed and suite in self.suites
        return SSL3 <= version <= self.version and suite in self.suites


def full_hello(version: int, server_name: str = "") -> ClientHello:
    """Offer everything this version knows, sound suites first, so that any server can agree."""
    return hello_with(version, tuple(suites.SUITES), server_name)


def older_hello(versions: tuple[str, ...], server_name: str = "") -> ClientHello:
    """Offer these versions and no other to a server that speaks TLS 1.3."""
    listed = tuple(VERSIONS[version] for version in versions)
    return replace(full_hello(TLS12, server_name), listed=listed)


def hello_with(version: int, offered: tuple[int, ...], server_name: str = "") -> ClientHello:
    """Offer those of the given suites that exist in this version."""
    if version == TLS13:
        return tls13_hello(server_name)
    if version < TLS12:
        offered = tuple(suite for suite in offered if not suites.needs_tls12(suite))
    if version < TLS10:
        offered = tuple(suite for suite in offered if not suites.needs_extensions(suite))
    return ClientHello(version, offered, server_name)


def tls13_hello(
    server_name: str = "",
    *,
    post_quantum: bool = False,
    extra: int = 0,
    signatures: tuple[int, ...] = _SIGNATURES,
) -> ClientHello:
    """Offer TLS 1.3 alone, with our half for X25519 and P-256.

    ``post_quantum`` puts the hybrid group in front, ``extra`` is a group that the server asked
    for, and ``signatures`` narrow down the kind of key.
    """
    wanted = (extra,) if extra else (groups.X25519, groups.P256)
    offered = groups.TLS13_OFFER
    if post_quantum and shares.share(groups.X25519_MLKEM768):
        wanted = (groups.X25519_MLKEM768, *wanted)
        offered = (groups.X25519_MLKEM768, *offered)
    return ClientHello(
        TLS13, tuple(suites.TLS13_SUITES), server_name, offered, wanted, signatures=signatures
    )


def sni_name(name: str) -> str:
    """Return a name as it may stand in SNI: ASCII, no trailing dot; empty for an address."""
    bare = name.rstrip(".")
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        pass
    else:
        return ""
    try:
        return bare.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def _u16(value: int) -> bytes:
    return value.to_bytes(2, "big")


def _vector(body: bytes, size: int = 2) -> bytes:
    return len(body).to_bytes(size, "big") + body


def _numbers(values: tuple[int, ...]) -> bytes:
    return b"".join(_u16(value) for value in values)


def _record(version: int, handshake: bytes) -> bytes:
    # RFC 8446 5.1 and RFC 5246 E.1: the record of a first hello says TLS 1.0 at most
    return b"\x16" + _u16(min(version, TLS10)) + _vector(handshake)


def _handshake(hello: ClientHello) -> bytes:
    offered = hello.suites
    compression = b"\x00"
    session = _SESSION if hello.version == TLS13 else b""
    if hello.version != TLS13:
        offered = (*offered, suites.FALLBACK_OF_RENEGOTIATION)
        offered = (*offered, suites.FALLBACK_SCSV) if hello.fallback else offered
        compression = b"\x01\x00"  # DEFLATE, then none: a server that compresses says so
    body = (
        _u16(min(hello.version, TLS12))
        + _RANDOM
        + _vector(session, 1)
        + _vector(_numbers(offered))
        + _vector(compression, 1)
    )
    if hello.version > SSL3:
        body += _vector(_padded(_extensions(hello), len(body) + 6))
    return b"\x01" + _vector(body, 3)


def _extensions(hello: ClientHello) -> bytes:
    parts = []
    name = sni_name(hello.server_name)
    if name:
        parts.append(_extension(0, _vector(b"\x00" + _vector(name.encode("ascii")))))
    parts.append(_extension(10, _vector(_numbers(hello.groups))))
    if hello.version >= TLS12:
        parts.append(_extension(13, _vector(_numbers(hello.signatures))))
    if hello.version == TLS13:
        sent = b"".join(_u16(group) + _vector(shares.share(group)) for group in hello.shares)
        parts.append(_extension(43, _vector(_u16(TLS13), 1)))
        parts.append(_extension(45, _vector(b"\x01", 1)))
        parts.append(_extension(51, _vector(sent)))
    else:
        if hello.listed:
            parts.append(_extension(43, _vector(_numbers(hello.listed), 1)))
        parts.append(_extension(11, _vector(b"\x00", 1)))
        # RFC 7627: servers under strict rules turn away clients without it
        parts.append(_extension(23, b""))
    return b"".join(parts)


def _extension(number: int, body: bytes) -> bytes:
    return _u16(number) + _vector(body)


def _padded(extensions: bytes, before: int) -> bytes:
    length = before + len(extensions)
    if not _PAD_FROM <= length < _PAD_TO:
        return extensions
    # four bytes of header, and at least one of body: some servers refuse an empty last one
    room = max(_PAD_TO - length - 4, 1)
    return extensions + _extension(21, bytes(room))


def _ssl2_hello() -> bytes:
    kinds = b"".join(kind.to_bytes(3, "big") for kind in suites.SSL2_KINDS)
    body = (
        b"\x01" + _u16(SSL2) + _u16(len(kinds)) + _u16(0) + _u16(len(_CHALLENGE))
        + kinds + _CHALLENGE
    )  # fmt: skip
    return _u16(0x8000 | len(body)) + body
