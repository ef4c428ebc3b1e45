"""Which level of Mozilla's "Server Side TLS" guidelines a service keeps to, for 6.0 and for 5.8.

The figures stand in ``mozilla.toml``. A level is reached by a server that accepts nothing beyond
it; how many of the listed suites it offers does not matter. What a client cannot learn without
many more questions is left out, and the words say so: OCSP stapling, groups and suites of TLS 1.3
that the server would take besides those agreed on, and the exact signature algorithm of the
certificate where its hash is sound. HSTS counts where an answer over this connection was heard.
"""

from __future__ import annotations

import tomllib
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Any, Final

from posture_scan.checks.encryption.certificate import Certificate
from posture_scan.checks.encryption.facts import Agreed, TlsFacts
from posture_scan.checks.encryption.yardsticks.levels import (
    Level,
    Need,
    climb,
    hsts,
    leaves,
    refuses,
    refuses_versions,
    refuses_weak,
    taken,
)

LATEST: Final = "6.0"
BEFORE: Final = "5.8"
"""The last version that still has a level for old clients."""

_TLS13_NUMBERS: Final = {
    "0x1301": "TLS_AES_128_GCM_SHA256",
    "0x1302": "TLS_AES_256_GCM_SHA384",
    "0x1303": "TLS_CHACHA20_POLY1305_SHA256",
}
"""TLS 1.3 suites by number, as evidence names what it has no name for (RFC 8446 B.4)."""
_MARKS: Final = {
    "null": "_NULL_", "anon": "_anon_", "export": "_EXPORT", "des": "_DES", "rc4": "_RC4_",
    "3des": "_3DES_",
}  # fmt: skip
"""Weak classes by how the names of their suites tell them."""
_CLASSIC: Final = ("tls10", "tls11", "tls12")


def level(facts: TlsFacts, age: int | None, version: str = LATEST) -> Level:
    """Return the level under one version of the guidelines.

    ``age`` is the max-age heard in seconds, 0 for none; None where no answer was heard.
    """
    names = _guidelines()["guideline"][version]
    return climb(tuple((name, _needs(facts, age, name)) for name in names))


@cache
def _guidelines() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("mozilla.toml").read_text("utf-8")
    return tomllib.loads(text)


def _needs(facts: TlsFacts, age: int | None, name: str) -> tuple[Need, ...]:
    shared, wanted = _guidelines()["shared"], _guidelines()["level"][name]
    static = () if wanted["static_rsa"] else (refuses("static RSA", facts.static_rsa),)
    heard = () if age is None else (Need(hsts(age), age >= shared["hsts_seconds"]),)
    return (
        *refuses_versions(facts, tuple(wanted["refused_versions"])),
        *refuses_weak(facts, tuple(wanted["refused_weak"])),
        refuses("DHE", facts.dhe),
        *static,
        *_certificates(facts, wanted),
        *heard,
        _nothing_else(facts, only_listed=not wanted["static_rsa"]),
        *_agreed(facts, wanted),
    )


def _agreed(facts: TlsFacts, wanted: dict[str, Any]) -> tuple[Need, ...]:
    """Hold what was agreed on against the lists, but for what was found by name already."""
    if not facts.agreed:
        return (Need("cipher suites", None),)
    shared = _guidelines()["shared"]
    suites, groups = (*shared["suites_tls13"], *wanted["suites"]), tuple(shared["groups"])
    return tuple(
        need
        for one in facts.agreed
        if not _named_already(facts, one.suite, wanted)
        for need in (_suite(one, suites), *_group(one, groups))
        if need.met is not True
    )


def _named_already(facts: TlsFacts, suite: str, wanted: dict[str, Any]) -> bool:
    weak = (kind for kind, mark in _MARKS.items() if mark in suite)
    if any(kind in wanted["refused_weak"] and taken(facts.weakness(kind)) for kind in weak):
        return True
    if suite.startswith("TLS_DHE_"):
        return taken(facts.dhe) is True
    static = suite.startswith(("TLS_RSA_", "TLS_ECDH_")) and not wanted["static_rsa"]
    return static and taken(facts.static_rsa) is True


def _suite(one: Agreed, suites: tuple[str, ...]) -> Need:
    name = _TLS13_NUMBERS.get(one.suite, one.suite)
    return Need(f"suite {name.removeprefix('TLS_')}", name in suites)


def _group(one: Agreed, groups: tuple[str, ...]) -> tuple[Need, ...]:
    if one.exchange == "rsa" or (not one.exchange and one.suite.startswith("TLS_RSA_")):
        return ()
    if not one.group:
        return (Need("key exchange", None),)
    return (Need(f"group {one.group}", one.group.lower() in groups),)


def _nothing_else(facts: TlsFacts, *, only_listed: bool) -> Need:
    """Whether suites outside the list were ruled out, beyond the classes that were asked for.

    Where the list ends with forward-secret AES-GCM and ChaCha20, one question settles it: the
    other ECDHE suites (CBC, CCM). For the level of old clients nobody asks that much.
    """
    if all(taken(facts.version(one)) is False for one in _CLASSIC):
        return Need("CBC", met=True)
    if not only_listed:
        return Need("other cipher suites", None)
    return refuses("CBC", facts.cbc)


def _certificates(facts: TlsFacts, wanted: dict[str, Any]) -> tuple[Need, ...]:
    needs: list[Need] = []
    for leaf in leaves(facts):
        needs += [Need("certificate", None)] if leaf is None else _certificate(leaf, wanted)
    return tuple(needs)


def _certificate(leaf: Certificate, wanted: dict[str, Any]) -> list[Need]:
    days = (leaf.not_after - leaf.not_before) // timedelta(days=1)
    lasts = leaf.not_after - leaf.not_before <= timedelta(days=wanted["days"])
    needs = [_key(leaf, wanted), Need(f"certificate valid {days}", lasts)]
    if leaf.weak_hash:
        needs.append(Need(leaf.weak_hash.upper(), met=False))
    return needs


def _key(leaf: Certificate, wanted: dict[str, Any]) -> Need:
    if not leaf.key:
        return Need("certificate key", None)
    token = f"{leaf.key.upper()} {leaf.key_bits}"
    if leaf.key == "rsa":
        return Need(token, bool(wanted["rsa_bits"]) and leaf.key_bits >= wanted["rsa_bits"])
    return Need(token, leaf.key == "ec" and leaf.key_bits in wanted["ec_bits"])
