"""Which setting of IPA's and CRYPTREC's guide to TLS a service keeps to: GL-3001, version 3.0.

「TLS暗号設定ガイドライン」 has three: high security (高セキュリティ型), recommended security
(推奨セキュリティ型) and security exception (セキュリティ例外型). Judged is only what sources
that could be read say of version 3.0 (2020):

- SSL 2.0 and 3.0 are forbidden; TLS 1.0 and 1.1 are for the exception alone; high security
  makes TLS 1.3 obligatory and allows TLS 1.2 beside it.
- Forward secrecy: always for high security; for recommended security, for whoever prefers it.
- Certificates: RSA from 2048 bits or ECDSA from 256, not signed with SHA-1.
- Key exchange above the exception: DHE from 2048 bits, ECDHE from 256.
- RC4 and Triple DES were for the exception alone already in the versions before; suites that do
  not encrypt, do not authenticate or use 56 bits or fewer were in none.

Not judged, and said so in the words: the guide's lists of single suites (among them CBC, and
whether 3.0 still has RC4 and Triple DES in the exception), EdDSA keys, and what it asks of
operation (HSTS, OCSP stapling, keeping of keys). Versions 3.1 and later were not read.
"""

from __future__ import annotations

from typing import Final

from posture_scan.checks.encryption.certificate import Certificate
from posture_scan.checks.encryption.facts import TlsFacts
from posture_scan.checks.encryption.yardsticks.levels import (
    Level,
    Need,
    climb,
    curves_from,
    dh_from,
    leaves,
    refuses,
    refuses_versions,
    refuses_weak,
    taken,
)

GUIDE: Final = "GL-3001-3.0"
"""The version whose requirements are applied."""
HIGH: Final = "high"
RECOMMENDED: Final = "recommended"
EXCEPTION: Final = "exception"

_SSL: Final = ("ssl2", "ssl3")
_OLD: Final = ("tls10", "tls11")
_NEVER: Final = ("null", "anon", "export", "des")
_EXCEPTION_ONLY: Final = ("rc4", "3des")
_DH_BITS: Final = 2048
_CURVE_BITS: Final = 256
_KEYS: Final = {"rsa": 2048, "ec": 256}


def level(facts: TlsFacts) -> Level:
    """Return the setting that the service keeps to, as far as it is judged."""
    exception = (
        *refuses_versions(facts, _SSL),
        *refuses_weak(facts, _NEVER),
        *(need for leaf in leaves(facts) for need in _certificate(leaf)),
    )
    recommended = (
        *exception,
        *refuses_versions(facts, _OLD),
        *refuses_weak(facts, _EXCEPTION_ONLY),
        _current(facts),
        Need("no forward secrecy", taken(facts.forward_secrecy), "forward secrecy"),
        *dh_from(facts, _DH_BITS),
        *curves_from(facts, _CURVE_BITS),
    )
    high = (
        *recommended,
        Need("no TLS 1.3", taken(facts.version("tls13")), "TLS 1.3"),
        refuses("static RSA", facts.static_rsa),
    )
    return climb(((HIGH, high), (RECOMMENDED, recommended), (EXCEPTION, exception)))


def _current(facts: TlsFacts) -> Need:
    took = [taken(facts.version(one)) for one in ("tls12", "tls13")]
    if any(took):
        return Need("no TLS 1.2", met=True)
    return Need("no TLS 1.2", None if None in took else False, "TLS 1.2")


def _certificate(leaf: Certificate | None) -> tuple[Need, ...]:
    if leaf is None or not leaf.key:
        return (Need("certificate", None),)
    key = f"{leaf.key.upper()} {leaf.key_bits}"
    smallest = _KEYS.get(leaf.key)
    if smallest is not None:
        strong: bool | None = leaf.key_bits >= smallest
    else:
        strong = False if leaf.key == "dsa" else None
    weak = (Need(leaf.weak_hash.upper(), met=False),) if leaf.weak_hash else ()
    return (Need(key, strong), *weak)
