"""Which questions to ask a TLS server, in which order, and when enough is known.

A server names the one version and suite it takes from what it is offered, so each question
offers a set and narrows it by the answer. Every function asks through ``Talk``, which counts.
Replies stand in the talk under the labels that each function names.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from posture_scan.checks.encryption.probe import NOT_OFFERED, Outcome, Reply, Talk
from posture_scan.checks.encryption.protocol import suites
from posture_scan.checks.encryption.protocol.groups import X25519_MLKEM768
from posture_scan.checks.encryption.protocol.hello import (
    SIGNATURES,
    TLS13,
    VERSIONS,
    full_hello,
    hello_with,
    older_hello,
    tls13_hello,
)
from posture_scan.checks.encryption.protocol.shares import share

CLASSIC: Final = ("tls12", "tls11", "tls10", "ssl3")
"""Versions whose certificate and key exchange are sent in clear, newest first."""
_IDS: Final = {number: version for version, number in VERSIONS.items()}
_TOO_OLD: Final = "alert 70"
"""protocol_version: said where no version offered is spoken."""


def ask_versions(talk: Talk, name: str) -> None:
    """Offer each version with everything it knows; replies stand under the versions' ids.

    A server that answers with a lower version has refused the one asked for and accepted the
    other (RFC 5246 E.1: it chooses the highest it supports).
    """
    _file(talk, "tls12", talk.put("tls12", full_hello(VERSIONS["tls12"], name)))
    if not talk.accepted("tls13"):
        _ask_tls13(talk, name)
    older = tuple(version for version in CLASSIC[1:] if not talk.accepted(version))
    if not (_reads_lists(talk) and _ask_by_list(talk, older, name)):
        for version in older:
            if not talk.accepted(version):
                hello = full_hello(VERSIONS[version], name)
                _file(talk, version, talk.put(version, hello))
    talk.put("ssl2", full_hello(VERSIONS["ssl2"]))


def _file(talk: Talk, asked: str, reply: Reply) -> str:
    """File an answer under the version it chose, and return that; else what was asked."""
    hello = reply.answer.hello
    if reply.outcome is not Outcome.ACCEPTED or hello is None:
        return asked
    chosen: str = _IDS[hello.version]
    if chosen != asked:
        talk.file(chosen, reply)
        talk.decide(asked, Outcome.REFUSED, f"chose {chosen}")
    return chosen


def _reads_lists(talk: Talk) -> bool:
    """Tell whether the server goes by a list of versions (RFC 8446 4.2.1).

    One of TLS 1.3 does. So does one that finds the hello of TLS 1.3 too old although that names
    TLS 1.2 as the highest version, which it speaks: only the list was not to its liking.
    """
    if talk.accepted("tls13"):
        return True
    return bool(talk.accepted("tls12") and talk.reply("tls13").detail == _TOO_OLD)


def _ask_by_list(talk: Talk, older: tuple[str, ...], name: str) -> bool:
    """List the older versions to a server that goes by lists: it takes the best or none.

    Returns false where it does not: it chose what was not on the list.

    So one "too old" speaks for all. Going by the highest version alone it would not: GnuTLS says
    it at TLS 1.1 where that is off, although it speaks TLS 1.0.
    """
    while older:
        reply = talk.put(older[0], older_hello(older, name))
        if reply.detail == NOT_OFFERED:
            return False
        if reply.detail == _TOO_OLD:
            for version in older:
                talk.file(version, reply)
            break
        at = older.index(_file(talk, older[0], reply))
        for version in older[:at]:
            talk.file(version, replace(reply, outcome=Outcome.REFUSED, detail=f"chose {older[at]}"))
        older = older[at + 1 :]
    return True


def _ask_tls13(talk: Talk, name: str) -> None:
    """Offer TLS 1.3 with a post-quantum share, and without where that may have been too much.

    A hello with such a share takes two packets, which some old boxes between us cannot bear.
    """
    first = talk.put("tls13", tls13_hello(name, post_quantum=True))
    if first.outcome is Outcome.UNSEEN or first.silent:
        talk.put("tls13", tls13_hello(name))
    elif first.outcome is Outcome.ACCEPTED and share(X25519_MLKEM768):
        talk.file("post_quantum", first)


def ask_for_weak_suites(talk: Talk, versions: tuple[str, ...], name: str) -> dict[str, int]:
    """Offer what should not be needed, and again without the kinds found, until none is taken.

    Returns a suite for each weak class found, and at the newest version also for the other
    ``suites.KINDS``; what ``order`` showed counts as well. Older ways to encrypt are asked for
    only while nothing worse is known. The last refusal of a version stands under
    ``weak <version>``. The oldest version is asked too, because servers keep some suites
    (export, DES) for it alone.
    """
    found: dict[str, int] = {}
    for version in versions:
        hello = talk.reply(version).answer.hello
        _note_kinds(found, hello.suite if hello else 0, weak_only=version != versions[0])
    hello = talk.reply("order").answer.hello
    _note_kinds(found, hello.suite if hello else 0, weak_only=False)
    for version in versions:
        wanted = suites.KINDS if version == versions[0] else frozenset(suites.WEAK_CLASSES)
        while True:
            known = {*found, "old_mode"} if found else set()
            left = suites.showing(wanted - known)
            offer = hello_with(VERSIONS[version], left, name)
            if not offer.suites:
                break
            reply = talk.put(f"weak {version} {len(found)}", offer)
            if reply.outcome is not Outcome.ACCEPTED or reply.answer.hello is None:
                talk.file(f"weak {version}", reply)
                break
            _note_kinds(found, reply.answer.hello.suite, weak_only=version != versions[0])
    for kind in talk.reply("ssl2").answer.ssl2_kinds:
        for weakness in suites.SSL2_KINDS.get(kind, ()):
            found.setdefault(weakness, 0)
    return found


def _note_kinds(found: dict[str, int], suite: int, *, weak_only: bool) -> None:
    for kind in suites.weaknesses(suite) if weak_only else suites.kinds(suite):
        found.setdefault(kind, suite)


def ask_for_forward_secrecy(talk: Talk, version: str, name: str) -> None:
    """Ask under ``fs`` for forward secrecy where the server did not choose it by itself."""
    full = talk.reply(version)
    if full.answer.hello and not suites.is_forward_secret(full.answer.hello.suite):
        talk.put("fs", hello_with(VERSIONS[version], suites.sound_suites("fs"), name))


def ask_for_aead(talk: Talk, version: str, name: str) -> None:
    """Ask under ``aead`` for authenticated encryption where no answer had it."""
    seen = [one.answer.hello.suite for one in talk.replies() if one.answer.hello]
    if not any(suites.is_aead(suite) for suite in seen):
        talk.put("aead", hello_with(VERSIONS[version], suites.sound_suites("aead"), name))


def ask_for_order(talk: Talk, version: str, name: str) -> None:
    """Learn whose order counts, and whether there is a certificate for the other kind of key.

    Under ``order``: the suites of the other kind of key first, then those of the same kind (such
    as should not be needed first), the one chosen before last.
    """
    hello = talk.reply(version).answer.hello
    if hello is not None and suites.key_kind(hello.suite):
        other, same = _two_kinds(hello.suite)
        talk.put("order", hello_with(VERSIONS[version], (*other, *same, hello.suite), name))


def ask_whether_it_had_a_choice(talk: Talk, version: str, name: str) -> None:
    """Ask on where ``order`` was answered with the suite that was offered last.

    The server has an order of its own, or nothing else to choose: under ``rest`` it is offered
    all but that suite, and under ``other`` the other kind of key alone.
    """
    hello, again = talk.reply(version).answer.hello, talk.reply("order").answer.hello
    if hello is None or again is None or again.suite != hello.suite:
        return
    other, same = _two_kinds(hello.suite)
    seen = {one.answer.hello.suite for one in talk.replies() if one.answer.hello}
    if seen.isdisjoint(same):
        reply = talk.put("rest", hello_with(VERSIONS[version], (*other, *same), name))
        chosen = reply.answer.hello
        if reply.outcome is Outcome.REFUSED or (chosen and chosen.suite in other):
            return
    talk.put("other", hello_with(VERSIONS[version], other, name))


def _two_kinds(chosen: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The sound suites for the other kind of key, and those of the same kind but this one."""
    kind = suites.key_kind(chosen)
    other = suites.sound_suites("ecdsa" if kind == "rsa" else "rsa")
    same = [one for one in reversed(suites.sound_suites(kind)) if one != chosen]
    return other, tuple(sorted(same, key=lambda one: not suites.kinds(one)))


def ask_for_other_key(talk: Talk, name: str, kind: str) -> None:
    """Ask under ``other`` for the other kind of key in TLS 1.3; ``kind`` is the one known."""
    other = "ecdsa" if kind == "rsa" else "rsa"
    talk.put("other", tls13_hello(name, signatures=SIGNATURES[other]))


def ask_without_name(talk: Talk, version: str) -> None:
    """Ask under ``no_name`` what a client gets that names nobody."""
    talk.put("no_name", full_hello(VERSIONS[version]))


def ask_to_fall_back(talk: Talk) -> None:
    """Pretend under ``fallback`` to fall back to the newest old version (RFC 7507)."""
    spoken = [version for version in ("tls13", *CLASSIC) if talk.accepted(version)]
    older = [version for version in spoken[1:] if version in CLASSIC[1:]]
    if older:
        hello = full_hello(VERSIONS[older[0]], talk.service.names[0] if talk.service.names else "")
        talk.put("fallback", replace(hello, fallback=True))


def ask_for_sealed_chain(talk: Talk, name: str) -> Reply:
    """Ask under ``chain`` once more with the group that a HelloRetryRequest named."""
    hello = talk.reply("tls13").answer.hello
    group = hello.group if hello and hello.retry else 0
    return talk.put("chain", tls13_hello(name, extra=group))


def is_tls13(reply: Reply) -> bool:
    """Tell whether an answer agreed on TLS 1.3."""
    return reply.answer.hello is not None and reply.answer.hello.version == TLS13
