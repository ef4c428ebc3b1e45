"""Which questions to ask a TLS server, in which order, and when enough is known.

A server names the one version and suite it takes from what it is offered, so each question
offers a set and narrows it by the answer. Every function asks through ``Talk``, which counts.
"""

from __future__ import annotations

from typing import Final

from posture_scan.checks.encryption import suites
from posture_scan.checks.encryption.hello import VERSIONS, full_hello, hello_with
from posture_scan.checks.encryption.probe import Outcome, Talk

CLASSIC: Final = ("tls12", "tls11", "tls10", "ssl3")
"""Versions whose certificate and key exchange are sent in clear, newest first."""
_ORDER: Final = ("tls12", "tls13", "tls11", "tls10", "ssl3", "ssl2")


def ask_versions(talk: Talk, name: str) -> None:
    """Offer each version with everything it knows; replies stand under the versions' ids.

    A server that answers with a lower version has refused the one asked for and accepted the
    other (RFC 5246 E.1: it chooses the highest it supports).
    """
    ids = {number: version for version, number in VERSIONS.items()}
    for version in _ORDER:
        if talk.accepted(version):
            continue
        reply = talk.put(version, full_hello(VERSIONS[version], name))
        hello = reply.answer.hello
        if reply.outcome is Outcome.ACCEPTED and hello and hello.version != VERSIONS[version]:
            chosen = ids[hello.version]
            talk.file(chosen, reply)
            talk.decide(version, Outcome.REFUSED, f"chose {chosen}")


def ask_for_weak_suites(talk: Talk, versions: tuple[str, ...], name: str) -> dict[str, int]:
    """Offer only weak suites, and again without the kinds found, until none is taken.

    Returns a suite for each weak class found. Old versions are asked too, because servers
    keep some suites (export, DES) for them alone.
    """
    found: dict[str, int] = {}
    for version in versions:
        hello = talk.reply(version).answer.hello
        _note_weakness(found, hello.suite if hello else 0)
    for version in versions:
        while True:
            offer = hello_with(VERSIONS[version], suites.weak_suites(frozenset(found)), name)
            if not offer.suites:
                break
            reply = talk.put(f"weak {version} {len(found)}", offer)
            if reply.outcome is not Outcome.ACCEPTED or reply.answer.hello is None:
                talk.file(f"weak {version}", reply)
                break
            _note_weakness(found, reply.answer.hello.suite)
    for kind in talk.reply("ssl2").answer.ssl2_kinds:
        for weakness in suites.SSL2_KINDS.get(kind, ()):
            found.setdefault(weakness, 0)
    return found


def _note_weakness(found: dict[str, int], suite: int) -> None:
    for weakness in suites.weaknesses(suite):
        found.setdefault(weakness, suite)


def ask_for_key_exchanges(talk: Talk, version: str, name: str) -> None:
    """Learn whether forward secrecy is offered and can be avoided, and the size of DH primes.

    Replies stand under ``fs``, ``static`` and ``dhe``; a question that the full offer has
    already answered is not asked again.
    """
    number, full = VERSIONS[version], talk.reply(version)
    chosen = full.answer.hello.suite if full.answer.hello else 0
    if suites.is_forward_secret(chosen):
        talk.file("fs", full)
        talk.put("static", hello_with(number, suites.sound_suites(forward_secret=False), name))
    else:
        talk.file("static", full)
        talk.put("fs", hello_with(number, suites.sound_suites(forward_secret=True), name))
    if talk.reply("fs").answer.dh_bits:
        talk.file("dhe", talk.reply("fs"))
    else:
        talk.put("dhe", hello_with(number, suites.dhe_suites(), name))
