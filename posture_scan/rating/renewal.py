"""What a renewal grants of the discount that was earned: up level by level, down at once.

Some insurers let a discount rise by so many levels at a renewal, as bonus-malus scales do, and
fall at once when the controls that earned it are gone. The levels and the rise stand in the
profile; one without ``rise`` grants what is earned.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext

from posture_scan.rating.discount import premiums
from posture_scan.rating.exact import CONTEXT, ZERO
from posture_scan.rating.figures import Renewal
from posture_scan.rating.priced import Terms
from posture_scan.rating.profile import Profile


@dataclass(frozen=True)
class Grant:
    """The discount of one renewal; every figure is a share of one."""

    before: Decimal
    """What the contract that ends had been granted."""
    earned: Decimal
    granted: Decimal
    limit: Decimal | None
    """The most this renewal could grant; None where the profile sets no limit."""
    following: Decimal
    """What the next renewal grants if as much is earned then."""

    @property
    def bound(self) -> str:
        """``rise`` where the limit cost something, else empty."""
        return "rise" if self.granted < self.earned else ""


def level(levels: tuple[Decimal, ...], discount: Decimal) -> int:
    """Return the number of the highest level that a discount reaches; 0 is below the first."""
    return sum(item <= discount for item in levels)


def grant(renewal: Renewal | None, *, earned: Decimal, before: Decimal) -> Grant:
    """Return what a renewal grants of ``earned`` when ``before`` had been granted until now."""
    limit = _limit(renewal, before)
    granted = _least(earned, limit)
    following = _least(earned, _limit(renewal, granted))
    return Grant(before, earned, granted, limit, following)


def premium_granted(profile: Profile, terms: Terms, discount: Decimal) -> Decimal:
    """Return the final premium with the granted discount, rounded like every other premium."""
    with localcontext(CONTEXT):
        return premiums(profile, terms, discount)[2]


def _limit(renewal: Renewal | None, before: Decimal) -> Decimal | None:
    """Return the level so many steps above; none above the highest."""
    if renewal is None or renewal.rise is None:
        return None
    reached = level(renewal.levels, before) + renewal.rise
    if reached > len(renewal.levels):
        return None
    return max(renewal.levels[reached - 1], before, ZERO)


def _least(earned: Decimal, limit: Decimal | None) -> Decimal:
    return earned if limit is None else min(earned, limit)
