"""Between worst and best: what the unknowns leave open. The headline is neither of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from posture_scan.rating.arithmetic import price
from posture_scan.rating.priced import Price, Terms
from posture_scan.rating.profile import Profile
from posture_scan.rating.score import scores
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State


@dataclass(frozen=True)
class Case:
    """Score, discount and premium of one case."""

    score: Decimal | None
    discount: Decimal
    premium: Decimal


@dataclass(frozen=True)
class Range:
    """The worst case (every unknown not met) and the best (every unknown met and verified)."""

    worst: Case
    best: Case
    potential: Case
    """Everything met and verified: what the firm could come to, whatever it knows today."""


def spread(
    profile: Profile, statuses: Mapping[str, CriterionStatus], terms: Terms, today: Price
) -> Range:
    """Return the range around today's price.

    Turning every unknown into a known failure can raise coverage over its minimum and so
    release a discount; the worst case is therefore never taken as better than today.
    """
    lowest = _case(price(profile, _every_unknown(profile, statuses, State.NOT_MET), terms))
    now = _case(today)
    worst = Case(
        min((s for s in (now.score, lowest.score) if s is not None), default=None),
        min(lowest.discount, now.discount),
        max(lowest.premium, now.premium),
    )
    best = _case(price(profile, _every_unknown(profile, statuses, State.MET), terms))
    potential = _case(price(profile, _every_criterion_met(profile), terms))
    return Range(worst, best, potential)


def _case(result: Price) -> Case:
    return Case(scores(result).score, result.discount, result.premium)


def _every_criterion_met(profile: Profile) -> dict[str, CriterionStatus]:
    return {
        item.id: CriterionStatus(item.id, State.MET, EvidenceClass.VERIFIED)
        for item in profile.criteria
    }


def _every_unknown(
    profile: Profile, statuses: Mapping[str, CriterionStatus], state: State
) -> dict[str, CriterionStatus]:
    assumed = dict(statuses)
    for criterion in profile.criteria:
        known = statuses.get(criterion.id)
        if known is None or known.status is State.UNKNOWN:
            assumed[criterion.id] = CriterionStatus(criterion.id, state, EvidenceClass.VERIFIED)
    return assumed
