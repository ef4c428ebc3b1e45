"""Which of SSH's algorithms are weak, and by what source: the yardstick, apart from the reading.

Weak is what can be broken, or what its own standard or its makers have withdrawn. Merely old is
no finding, since it is nothing that anybody has to act on:

* ``diffie-hellman-group14-sha1``: a group of 2048 bits, MAY in RFC 9142 section 4; a collision of
  SHA-1 would have to be found while the key exchange waits. (Its form for GSS-API is turned down
  there, SHOULD NOT, and counts.)
* ``hmac-sha1``: SHA-1's collisions do not touch HMAC (RFC 6194 section 3.3). ``hmac-ripemd160``
  and ``umac-64@openssh.com`` are unbroken likewise; the latter is among OpenSSH's own defaults.
* ``ssh-rsa`` beside ``rsa-sha2-*``: one key under several names, and every client of the last
  years takes the better one (RFC 8332 section 3.3).
* ``diffie-hellman-group-exchange-sha256``: how large a group it hands out shows only during a key
  exchange, which is never begun.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Final

NAME_LIMIT: Final = 64
"""RFC 4251 section 6: a longer name is none, and nobody can choose it."""
CHACHA: Final = "chacha20-poly1305@openssh.com"

_Rows = tuple[tuple[str, str], ...]
"""Patterns of names, each with the source that calls it weak."""

KEX: Final[_Rows] = (
    ("diffie-hellman-group1-sha1", "RFC 9142 section 4: SHOULD NOT; 1024 bits, CVE-2015-4000"),
    ("diffie-hellman-group-exchange-sha1", "RFC 9142 section 4: SHOULD NOT"),
    ("gss-group1-sha1-*", "RFC 9142 section 4: SHOULD NOT; RFC 8732 section 6"),
    ("gss-group14-sha1-*", "RFC 9142 section 4: SHOULD NOT; RFC 8732 section 6"),
    ("gss-gex-sha1-*", "RFC 9142 section 4: SHOULD NOT; RFC 8732 section 6"),
    ("rsa1024-sha1", "RFC 9142 section 4: MUST NOT"),
    ("ecdh-sha2-1.2.840.10045.3.1.1", "nistp192: 96 bits of strength; RFC 9142 wants 112"),
    ("ecdh-sha2-1.3.132.0.1", "nistk163: 80 bits of strength; RFC 9142 wants 112"),
)
HOST_KEYS: Final[_Rows] = (
    ("*-dss", "1024 bits with SHA-1 (RFC 4253 section 6.6); FIPS 186-5 dropped DSA"),
    ("*-dss-cert-*", "the same key in a certificate of OpenSSH"),
)
HOST_KEYS_SHA1: Final[_Rows] = (
    ("ssh-rsa", "signs with SHA-1 alone: RFC 8332 section 1; off in OpenSSH since 8.8"),
    ("ssh-rsa-cert-*", "the same signature in a certificate of OpenSSH"),
    ("x509v3-*-rsa", "RFC 6187 section 3.1: RSA with SHA-1"),
    ("*-sign-rsa", "spki-sign-rsa, pgp-sign-rsa (RFC 4253 section 6.6): RSA with SHA-1"),
)
"""Weak only where no RSA signature with SHA-2 is offered beside them."""
HOST_KEYS_SHA2: Final[_Rows] = (
    ("rsa-sha2-*", "RFC 8332"),
    ("x509v3-rsa2048-sha256", "RFC 6187 section 3.3"),
)
CBC: Final[_Rows] = (
    ("*-cbc", "CVE-2008-5161; RFC 4344 section 1"),
    ("*-cbc@*", "the same under names of makers: rijndael-cbc@lysator.liu.se, des-cbc@ssh.com"),
)
"""CBC itself is sound (NIST SP 800-38A); SSH's way of using it is not.

It encrypts the length, takes the last block of one packet for the next and says by its reaction
what it decrypted: plain text was got back twice (CVE-2008-5161 in 2008, and Albrecht and others,
"A Surfeit of SSH Cipher Suites", in 2016). Whether a server has the counter-measures, its list
does not tell; OpenSSH stopped offering CBC with 6.7 in 2014.
"""
CIPHERS: Final[_Rows] = (
    ("none", "no encryption: RFC 4253 section 6.3"),
    ("arcfour*", "RFC 8758: MUST NOT"),
    ("des", "56 bits; FIPS 46-3, withdrawn in 2005"),
    ("des-*", "56 bits; FIPS 46-3, withdrawn in 2005"),
    ("3des-*", "NIST SP 800-131A r2: disallowed after 2023; blocks of 64 bits, CVE-2016-2183"),
    ("blowfish-*", "blocks of 64 bits, CVE-2016-2183"),
    ("cast128-*", "blocks of 64 bits, CVE-2016-2183"),
    ("idea-*", "blocks of 64 bits, CVE-2016-2183"),
    *CBC,
)
MACS: Final[_Rows] = (
    ("none", "no protection against changes: RFC 4253 section 6.4"),
    ("hmac-md5*", "RFC 6151 section 2.3: not for new designs; out of OpenSSH's defaults with 6.7"),
    ("hmac-sha1-96*", "cut to 96 bits; out of OpenSSH's defaults with 6.7, as unsafe"),
    ("umac-32*", "a forgery succeeds once in 2^30 attempts: RFC 4418 section 6.1"),
)
"""Encrypt-then-MAC changes the order, not the strength: such a name counts as its base."""
_POST_QUANTUM: Final[_Rows] = (
    ("sntrup*", "Streamlined NTRU Prime with X25519: OpenSSH since 9.0 by default"),
    ("mlkem*", "ML-KEM (FIPS 203) with a curve: OpenSSH since 10.0 by default"),
    ("*-kyber-*", "ML-KEM before it was a standard: AWS, Open Quantum Safe"),
)
_ETM: Final = "-etm@openssh.com"


def weak_kex(names: Iterable[str]) -> tuple[str, ...]:
    """Return the key exchanges that are weak, as they were offered."""
    return _among(names, KEX)


def weak_host_keys(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the host keys that are weak: DSA, and RSA that can sign with SHA-1 alone."""
    sha2 = _among(names, HOST_KEYS_SHA2)
    return _among(names, HOST_KEYS if sha2 else HOST_KEYS + HOST_KEYS_SHA1)


def weak_ciphers(names: Iterable[str]) -> tuple[str, ...]:
    """Return the ciphers that are weak, as they were offered."""
    return _among(names, CIPHERS)


def weak_macs(names: Iterable[str]) -> tuple[str, ...]:
    """Return the MACs that are weak, those of encrypt-then-MAC among them."""
    return tuple(name for name in names if _among((name.removesuffix(_ETM),), MACS))


def post_quantum(names: Iterable[str]) -> tuple[str, ...]:
    """Return the key exchanges that a quantum computer is not known to break."""
    return _among(names, _POST_QUANTUM)


def terrapin_ways(ciphers: Iterable[str], macs: Iterable[str]) -> tuple[str, ...]:
    """Return the ciphers of one direction through which Terrapin works without strict kex.

    ChaCha20-Poly1305 by itself, CBC with an encrypt-then-MAC of the same direction (Bäumer and
    others, "Terrapin Attack", section 4): with these a packet may be missing unnoticed.
    """
    offered = tuple(ciphers)
    etm = any(name.endswith(_ETM) for name in macs)
    cbc = _among(offered, CBC) if etm else ()
    return tuple(name for name in offered if name == CHACHA or name in cbc)


def _among(names: Iterable[str], rows: _Rows) -> tuple[str, ...]:
    return tuple(
        name
        for name in names
        if len(name) <= NAME_LIMIT and any(fnmatchcase(name, pattern) for pattern, _ in rows)
    )
