"""What all checks of this pack do first: see whether there is TLS, and which certificates."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.encryption.certificate import Certificate, read_chain
from posture_scan.checks.encryption.facts import TlsFacts
from posture_scan.checks.encryption.probe import Outcome

from posture_scan.sdk import Check, Context, Status, Verdict, check, not_applicable, unknown

_BETWEEN_SERVERS: Final = frozenset({("smtp", 25), ("xmpp", 5269)})
"""Protocols and ports at which servers of different firms meet."""
_NAMED: Final = 5
"""Names that one sentence lists."""
_WORST_FIRST: Final = (Status.FAIL, Status.UNKNOWN, Status.PASS, Status.NOT_APPLICABLE)


@dataclass(frozen=True)
class Presented:
    """One chain of certificates that the service shows, and what is to be known beside it."""

    sent: tuple[bytes, ...]
    trust: str
    name: str

    @property
    def chain(self) -> tuple[Certificate, ...]:
        """Those that can be read, the server's own first; empty without that one."""
        found: tuple[Certificate, ...] = read_chain(self.sent)
        return found

    @property
    def named(self) -> bool:
        """Whether the service has a name, so that questions of name and trust arise."""
        return bool(self.name)


def no_tls(seen: TlsFacts) -> Verdict | None:
    """Return the verdict about a service that said it has no TLS: there is nothing to judge."""
    if seen.offered.outcome is Outcome.REFUSED:
        return not_applicable("no_tls", named=bool(seen.name))
    return None


def tls_check(function: Callable[[TlsFacts], Verdict]) -> Check:
    """Declare a check on how a service encrypts."""

    @functools.wraps(function)
    def judge(seen: TlsFacts) -> Verdict:
        return no_tls(seen) or function(seen)

    return check(needs=TlsFacts, version=2)(judge)


def cert_check(function: Callable[[Presented, Context], Verdict]) -> Check:
    """Declare a check on certificates: of several that a service shows, the worst counts."""

    @functools.wraps(function)
    def judge(seen: TlsFacts, context: Context) -> Verdict:
        return no_tls(seen) or _worst(function, seen, context)

    return check(needs=TlsFacts, version=2)(judge)


def named_cert_check(function: Callable[[Presented, Context], Verdict]) -> Check:
    """Declare one about name or trust, which do not matter everywhere.

    Not for a service known by its address only, and not where servers hand each other messages:
    they encrypt for whoever answers and look at no certificate (RFC 7435; DANE has a check of
    its own).
    """

    @functools.wraps(function)
    def judge(seen: TlsFacts, context: Context) -> Verdict:
        without = no_tls(seen)
        if without is not None:
            return without
        if not seen.name:
            return not_applicable("no_name", named=False)
        if (seen.starttls, context.service.port) in _BETWEEN_SERVERS:
            return not_applicable("between_servers", named=True)
        return _worst(function, seen, context)

    return check(needs=TlsFacts, version=2)(judge)


def _worst(
    function: Callable[[Presented, Context], Verdict], seen: TlsFacts, context: Context
) -> Verdict:
    found = [_judge(function, one, context) for one in presented(seen)]
    if seen.names_unseen:
        names = ", ".join(seen.names_unseen[:_NAMED])
        found.append(unknown("name_not_seen", named=True, names=names))
    return min(found, key=lambda verdict: _WORST_FIRST.index(verdict.status))


def presented(seen: TlsFacts) -> tuple[Presented, ...]:
    """List the chains that clients of this service meet: for each kind of key, under each name.

    What is shown to clients that name nobody is not among them where the service has a name.
    """
    others = [one for one in seen.more_chains if one.key or one.name]
    return (
        Presented(seen.chain, seen.trust, seen.name),
        *(
            Presented(one.certificates or seen.chain, one.trust, one.name or seen.name)
            for one in others
        ),
    )


def _judge(
    function: Callable[[Presented, Context], Verdict], one: Presented, context: Context
) -> Verdict:
    if not one.sent:
        return unknown("no_certificate", named=one.named)
    return function(one, context) if one.chain else unknown("unreadable", named=one.named)
