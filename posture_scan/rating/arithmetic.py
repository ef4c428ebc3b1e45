"""From statuses to a price: what every kind of profile works out the same way, and the door.

Credits, gates, what is missing, coverage and status are common; the groups and the last steps are
those of the kind (``discount``, ``schedule``; a profile of mere criteria has no premium).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, localcontext

from posture_scan.rating import discount, schedule
from posture_scan.rating.exact import CONTEXT, ONE, ZERO
from posture_scan.rating.priced import (
    Coverage,
    Credit,
    Price,
    RatingStatus,
    Settled,
    Standing,
    Terms,
    product,
)
from posture_scan.rating.profile import Criterion, Profile
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State, unknown


def price(profile: Profile, statuses: Mapping[str, CriterionStatus], terms: Terms) -> Price:
    """Work out factor, discount and premium; a criterion without a status is unknown.

    A profile of the kind ``criteria`` has neither credit nor premium: all of them are neutral.

    Raises:
        UsageError: a certificate that the profile does not know.
    """
    with localcontext(CONTEXT):
        credits_ = tuple(
            _credit(profile, item, statuses.get(item.id) or unknown(item.id))
            for item in profile.criteria
        )
        return _priced(profile, credits_, terms)


def price_with(
    profile: Profile, today: Price, changed: Iterable[CriterionStatus], terms: Terms
) -> Price:
    """Work out the price with some statuses changed and all others as ``today`` has them."""
    new = {status.id: status for status in changed}
    with localcontext(CONTEXT):
        credits_ = tuple(
            _credit(profile, c.criterion, new[c.criterion.id]) if c.criterion.id in new else c
            for c in today.credits
        )
        return _priced(profile, credits_, terms)


def _priced(profile: Profile, credits_: tuple[Credit, ...], terms: Terms) -> Price:
    standing = _standing(profile, credits_)
    if profile.schedule is not None:
        groups = schedule.blocks(profile, profile.schedule, standing)
    else:
        groups = discount.groups(profile, standing)
    f_all = product(group.factor for group in groups)
    f_verified = product(group.verified_factor for group in groups)
    limited = max(f_all, (ONE - profile.limits.attested_cap) * f_verified)
    end = settle(profile, terms, limited, standing.status)
    return Price(
        **vars(end), **vars(standing), groups=groups, f_all=f_all, f_verified=f_verified,
        f_limited=limited,
    )  # fmt: skip


def settle(profile: Profile, terms: Terms, limited: Decimal, status: RatingStatus) -> Settled:
    """Return what follows from the credits of all criteria together (``f_limited``).

    Raises:
        UsageError: a certificate that the profile does not know.
    """
    if profile.schedule is not None:
        return schedule.settled(profile, profile.schedule, terms, limited, status)
    return discount.settled(profile, terms, limited, status)


def _standing(profile: Profile, credits_: tuple[Credit, ...]) -> Standing:
    gates = tuple(c.criterion.id for c in credits_ if _opens_gate(profile, c))
    missing = _missing(profile, credits_)
    coverage = _coverage(credits_)
    status = _status(profile, gates, missing, coverage)
    return Standing(credits_, gates, missing, coverage, status)


def _credit(profile: Profile, criterion: Criterion, status: CriterionStatus) -> Credit:
    share, weight = _share(profile, status.status), _weight(profile, status.evidence_class)
    if share:
        factor = ONE - weight * share * (ONE - criterion.r_met)
    else:
        factor = _debit(criterion, status.status)
    return Credit(criterion, status, weight, share, factor)


def _share(profile: Profile, state: State) -> Decimal:
    if state is State.MET:
        return ONE
    return profile.evidence.partial if state is State.PARTIAL else ZERO


def _weight(profile: Profile, based_on: EvidenceClass) -> Decimal:
    terms = profile.evidence
    if based_on is EvidenceClass.VERIFIED:
        return terms.verified
    if based_on is EvidenceClass.DOCUMENTED:
        return terms.documented
    return terms.attested if based_on is EvidenceClass.ATTESTED else ZERO


def _debit(criterion: Criterion, state: State) -> Decimal:
    """Return what no credit costs: one, unless the profile sets debits for this criterion."""
    failure = criterion.r_not if criterion.r_not is not None else ONE
    if state is State.NOT_APPLICABLE:
        return ONE
    if state is State.UNKNOWN and criterion.r_unknown is not None:
        return max(failure, criterion.r_unknown)
    return failure


def _opens_gate(profile: Profile, credit: Credit) -> bool:
    state = credit.status.status
    failed = state in {State.NOT_MET, State.CONTRADICTED}
    if not profile.priced:
        failed = failed or state is State.PARTIAL  # a requirement met in part is not met
    return failed and credit.criterion.gate is not None


def _missing(profile: Profile, credits_: Iterable[Credit]) -> tuple[str, ...]:
    """Return the criteria of the minimum set that are open, or rest on too weak evidence."""
    found = []
    for credit in credits_:
        state, name = credit.status.status, credit.criterion.id
        credited = state in {State.MET, State.PARTIAL}
        proven = credit.status.evidence_class is EvidenceClass.VERIFIED
        weak = credit.criterion.needs_machine and credited and not proven
        if weak or (state is State.UNKNOWN and name in profile.minimum_set):
            found.append(name)
    return tuple(found)


def _coverage(credits_: Iterable[Credit]) -> Coverage:
    applicable = assessed = ZERO
    for credit in credits_:
        if credit.status.status is not State.NOT_APPLICABLE:
            applicable += credit.criterion.weight
            if credit.status.status is not State.UNKNOWN:
                assessed += credit.criterion.weight
    return Coverage(assessed, applicable)


def _status(
    profile: Profile, gates: tuple[str, ...], missing: tuple[str, ...], coverage: Coverage
) -> RatingStatus:
    if gates:
        return RatingStatus.GATE
    enough = coverage.assessed >= profile.limits.coverage_min * coverage.applicable
    if missing or not enough or not coverage.assessed:
        return RatingStatus.INSUFFICIENT
    return RatingStatus.OK
