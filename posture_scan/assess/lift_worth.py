"""What seeing more of one computer may be worth in yen: an upper bound, never a promise."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal, localcontext

from posture_scan.rating.exact import CONTEXT, ONE, to_unit
from posture_scan.rating.load import load_profile
from posture_scan.rating.premium import base_premium
from posture_scan.rating.profile import Profile
from posture_scan.rating.reports import Pricing


def criteria_of(profile: Profile, checks: Collection[str]) -> tuple[str, ...]:
    """Return the criteria that these checks can decide."""
    return tuple(
        item.id
        for item in profile.criteria
        if any(set(checks).intersection(rule.checks) for rule in item.machine)
    )


def most_worth(name: str, pricing: Pricing, checks: Collection[str]) -> Decimal:
    """Return what a year's premium falls by at most when these checks, once seen, are all sound.

    Each criterion counts with all of its credit and each group stops at its floor, as if
    everything else of it were open. The true worth is smaller wherever another limit binds or
    other computers stay unseen.
    """
    profile = load_profile(name)
    wanted = set(criteria_of(profile, checks))
    with localcontext(CONTEXT):
        factor = ONE
        for group in profile.groups:
            product = ONE
            for item in profile.criteria:
                if item.group == group.id and item.id in wanted:
                    product *= item.r_met
            factor *= max(product, group.floor)
        base = base_premium(profile, pricing.base_premium, pricing.facts).amount
        return to_unit(base * (ONE - factor), profile.rounding.unit, profile.rounding.mode)
