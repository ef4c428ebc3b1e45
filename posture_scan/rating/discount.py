"""A discount profile: credits multiply within floors and caps, and come off the premium.

The steps and their order are those of the rating rules (groups, attested-only limit, clamp,
certificates, premium); every figure comes from the profile.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from posture_scan.errors import UsageError
from posture_scan.rating.exact import ONE, ZERO, to_decimals, to_unit
from posture_scan.rating.priced import (
    Credit,
    GroupFactor,
    Price,
    RatingStatus,
    Standing,
    Terms,
    attested,
    product,
)
from posture_scan.rating.profile import Profile


def discounted(profile: Profile, standing: Standing, terms: Terms) -> Price:
    """Finish the calculation of a discount profile.

    Raises:
        UsageError: a certificate that the profile does not know.
    """
    groups = tuple(_group(group.id, group.floor, standing.credits) for group in profile.groups)
    f_all = product(group.factor for group in groups)
    f_verified = product(group.verified_factor for group in groups)
    limited = max(f_all, (ONE - profile.limits.attested_cap) * f_verified)
    factor = _clamp(profile, limited, standing.status)
    claimed = claimed_certificates(profile, terms.certificates)
    counted = min(claimed, profile.limits.certificates_cap)
    certificates = counted if standing.status is RatingStatus.OK else ZERO
    controls = ONE - factor
    discount = min(controls + certificates, profile.limits.total_cap)
    first, second, final = premiums(profile, terms, discount)
    return Price(
        credits=standing.credits, groups=groups, gates=standing.gates, missing=standing.missing,
        coverage=standing.coverage, status=standing.status, f_all=f_all, f_verified=f_verified,
        f_limited=limited, factor=factor, controls=controls, certificates=certificates,
        certificates_claimed=claimed, discount=discount, after_discount=first, after_group=second,
        premium=final,
    )  # fmt: skip


def _group(name: str, floor: Decimal, credits_: tuple[Credit, ...]) -> GroupFactor:
    own = [credit for credit in credits_ if credit.criterion.group == name]
    every = product(credit.factor for credit in own)
    seen = product(ONE if attested(credit) else credit.factor for credit in own)
    return GroupFactor(name, every, max(every, floor), max(seen, floor))


def _clamp(profile: Profile, factor: Decimal, status: RatingStatus) -> Decimal:
    """Suspend every credit unless all is well; a profile's debits stay."""
    limits = profile.limits
    lowest = limits.factor_min if status is RatingStatus.OK else ONE
    clamped = min(max(factor, lowest), limits.factor_max)
    return to_decimals(clamped, profile.rounding.factor_decimals)


def claimed_certificates(profile: Profile, names: Iterable[str]) -> Decimal:
    """Return the credits of these certificates together, only the best of each kind counted.

    Raises:
        UsageError: a certificate that the profile does not know.
    """
    known = {item.id: item for item in profile.certificates}
    best: dict[str, Decimal] = {}
    for name in sorted(set(names)):
        if name not in known:
            raise UsageError("rating.certificate", id=name, known=", ".join(known))
        item = known[name]
        kind = item.best_of or f"={item.id}"
        best[kind] = max(item.credit, best.get(kind, ZERO))
    return sum(best.values(), ZERO)


def premiums(profile: Profile, terms: Terms, discount: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """Return P1, P2 and P of a discount: after it, after the group discount, the final premium."""
    unit, mode = profile.rounding.unit, profile.rounding.mode
    first = to_unit(terms.base_premium * (ONE - discount), unit, mode)
    group = profile.limits.group_discount if terms.group_discount else ZERO
    second = to_unit(first * (ONE - group), unit, mode)
    return first, second, max(second, profile.premium.minimum)
