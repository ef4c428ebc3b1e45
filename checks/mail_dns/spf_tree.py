"""All that an SPF record leads to, asked for in order and within the limits of RFC 7208.

Nobody's mail is judged: there is no sender and no address. So everything is followed that could
count for some message, and what depends on a message (macros) is counted and not looked up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from posture_scan.checks.mail_dns.names import bare, beginning, exists, is_name, kept
from posture_scan.checks.mail_dns.spf_parse import IS_RECORD, SYNTAX, SpfTerms, Term, parse_spf

from posture_scan.sdk import AttemptError, DnsAnswer, Net

MOST_LOOKUPS: Final = 10
MOST_VOIDS: Final = 2
MOST_MX: Final = 10
"""Section 4.6.4: terms that ask DNS, answers that hold nothing, servers of one ``mx``."""
WIDEST_IP4, WIDEST_IP6 = 8, 12
"""Nobody ever got more addresses than this at once (IANA's registries of IPv4 and IPv6 space)."""
_ASKS: Final = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
NOT_READ: Final = "not_read"


@dataclass(frozen=True)
class SpfTree:
    """What following a record brought."""

    last: str = ""
    """What becomes of everybody else: ``-`` ``~`` ``?`` ``+``, empty where nothing is said, or
    ``not_read`` where that stands in a record that could not be read."""
    lookups: int = 0
    voids: int = 0
    macros: int = 0
    error: str = ""
    """Why receivers give up (permerror): ``syntax``, ``too_many_lookups``, ``too_many_voids``,
    ``too_many_mx``, ``loop``, ``nothing_there``, ``several_there``."""
    at: str = ""
    """The domain or piece where it went wrong."""
    everyone: str = ""
    """The piece that lets everybody, or a whole part of the Internet, send."""
    unread: str = ""
    """The first name that the resolver gave no answer for."""


@dataclass
class _Walk:
    net: Net
    lookups: int = 0
    voids: int = 0
    macros: int = 0
    error: str = ""
    at: str = ""
    everyone: str = ""
    unread: str = ""
    above: list[str] = field(default_factory=list)

    def fail(self, error: str, at: str) -> None:
        if not self.error:
            self.error, self.at = error, kept(at)

    def ask(self, name: str, kind: str) -> DnsAnswer | None:
        """Ask DNS; None where no answer came, which is remembered."""
        if not is_name(name):
            return DnsAnswer(name, kind, no_name=True)
        try:
            return self.net.lookup(name, kind)
        except AttemptError:
            self.unread = self.unread or kept(name)
            return None

    def ask_text(self, name: str) -> DnsAnswer | None:
        """Ask for TXT records; that there are none is believed of a name that is known at all."""
        answer = self.ask(name, "TXT")
        if answer is None or answer.records or answer.no_name:
            return answer
        try:
            exists(name, self.net)
        except AttemptError:
            self.unread = self.unread or kept(name)
            return None
        return answer

    def void(self, at: str) -> None:
        self.voids += 1
        if self.voids > MOST_VOIDS:
            self.fail("too_many_voids", at)


def follow(domain: str, text: str, net: Net) -> SpfTree:
    """Follow one record of this domain to its ends, or to the first thing that breaks it."""
    walk = _Walk(net)
    last = _record(walk, bare(domain), text, counts=True)
    return SpfTree(
        last, walk.lookups, walk.voids, walk.macros, walk.error, walk.at, walk.everyone, walk.unread
    )


def _record(walk: _Walk, domain: str, text: str, *, counts: bool) -> str:
    """Follow one record; returns what it says of everybody else.

    ``counts``: what it lets pass passes in the end.
    """
    parsed = parse_spf(text)
    if parsed.wrong:
        walk.fail(SYNTAX, parsed.wrong)
        return ""
    walk.above.append(domain)
    for term in parsed.before_all:
        _term(walk, domain, term, counts=counts)
        if walk.error:
            break
    last = _end(walk, parsed, domain, counts=counts)
    walk.above.pop()
    return last


def _end(walk: _Walk, parsed: SpfTerms, domain: str, *, counts: bool) -> str:
    if parsed.redirect is None or walk.error:
        if parsed.last == "+" and counts and not walk.everyone:
            walk.everyone = "+all" if len(walk.above) == 1 else f"{domain} +all"
        last: str = parsed.last
        return last
    return _elsewhere(walk, parsed.redirect, counts=counts)


def _term(walk: _Walk, domain: str, term: Term, *, counts: bool) -> None:
    passes = counts and term.qualifier == "+"
    wide = term.ip4_bits < WIDEST_IP4 or term.ip6_bits < WIDEST_IP6
    if passes and wide and not walk.everyone:
        walk.everyone = kept(term.text)
    if term.kind == "include":
        _elsewhere(walk, term, counts=passes)
    elif term.kind in _ASKS and _counted(walk, term):
        _hosts(walk, bare(term.domain) or domain, term)


def _counted(walk: _Walk, term: Term) -> bool:
    """Count one term that asks DNS; tells whether what it asks for is known beforehand."""
    walk.lookups += 1
    if walk.lookups > MOST_LOOKUPS:
        walk.fail("too_many_lookups", term.text)
    walk.macros += term.has_macros
    return not walk.error and not term.has_macros


def _elsewhere(walk: _Walk, term: Term, *, counts: bool) -> str:
    """Follow ``include`` or ``redirect`` to the record that it names."""
    if not _counted(walk, term):
        return NOT_READ
    target = bare(term.domain)
    if target in walk.above:
        walk.fail("loop", target)
        return NOT_READ
    answer = walk.ask_text(target)
    if answer is None:
        return NOT_READ
    if not answer.records:
        walk.void(target)
    found = beginning(answer, IS_RECORD)
    if len(found) != 1:  # sections 5.2 and 6.1: no record there is an error here
        walk.fail("several_there" if found else "nothing_there", target)
        return NOT_READ
    return _record(walk, target, found[0], counts=counts)


def _hosts(walk: _Walk, name: str, term: Term) -> None:
    """Ask what ``a``, ``mx`` and ``exists`` ask; ``ptr`` asks about a sender's address."""
    if term.kind == "ptr":
        return
    kinds = {"mx": ("MX",), "exists": ("A",)}.get(term.kind, ("A", "AAAA"))
    for kind in kinds:
        answer = walk.ask(name, kind)
        if answer is None:
            return
        if answer.records:
            if kind == "MX" and len(answer.records) > MOST_MX:
                walk.fail("too_many_mx", name)
            return
    walk.void(name)
