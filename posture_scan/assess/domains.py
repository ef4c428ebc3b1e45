"""Which names of a scope are domains, whose mail and DNS can be looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from posture_scan.model.scope import Scope
from posture_scan.model.world import AttemptError, DnsAnswer

Lookup = Callable[[str, str], DnsAnswer]
"""Name and kind of record to what DNS says."""


def domains_among(
    scope: Scope, names: Sequence[str], lookup: Lookup, unresolved: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the names that stand for a domain, in their order.

    Those the scope lists as such; of the others, each that is the top of a zone (it has a SOA
    record of its own) or takes mail in (MX). A name that leads to an address and that nobody
    could be asked about counts as one: its checks then end ``unknown`` instead of being left
    out. One that led nowhere is told of as that.
    """
    listed = {name.rstrip(".").lower() for name in scope.domains}
    dotted = (name for name in names if "." in name)  # "localhost" belongs to nobody
    return tuple(
        name for name in dotted
        if name in listed or _is_domain(name, lookup, doubtful=name not in unresolved)
    )  # fmt: skip


def without_address(
    names: Sequence[str], domains: Sequence[str], lookup: Lookup
) -> tuple[str, ...]:
    """Return the names that led nowhere, less the domains that have no address by design."""
    return tuple(name for name in names if not (name in domains and _has_none(name, lookup)))


def _is_domain(name: str, lookup: Lookup, *, doubtful: bool) -> bool:
    try:
        return any(lookup(name, kind).records for kind in ("SOA", "MX"))
    except AttemptError:
        return doubtful


def _has_none(name: str, lookup: Lookup) -> bool:
    """DNS says that there is no address; a failed look-up says nothing."""
    try:
        answers = [lookup(name, kind) for kind in ("A", "AAAA")]
    except AttemptError:
        return False
    return not any(answer.records or answer.no_name for answer in answers)
