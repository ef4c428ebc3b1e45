"""A discount profile: credits multiply within floors and caps, and come off the premium.

The steps and their order are those of the rating rules (groups, attested-only limit, clamp,
certificates, premium); every figure comes from the profile.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, localcontext

from posture_scan.errors import UsageError
from posture_scan.rating.exact import CONTEXT, ONE, ZERO, to_decimals, to_unit
from posture_scan.rating.priced import (
    Credit,
    GroupFactor,
    RatingStatus,
    Settled,
    Standing,
    Terms,
    attested,
    product,
)
from posture_scan.rating.profile import Profile


def groups(profile: Profile, standing: Standing) -> tuple[GroupFactor, ...]:
    """Return the groups' products of credits, each within its floor."""
    return tuple(_group(group.id, group.floor, standing.credits) for group in profile.groups)


def settled(profile: Profile, terms: Terms, limited: Decimal, status: RatingStatus) -> Settled:
    """Return what follows from the credits of all criteria together (``f_limited``).

    Raises:
        UsageError: a certificate that the profile does not know.
    """
    with localcontext(CONTEXT):
        factor = _clamp(profile, limited, status)
        claimed = claimed_certificates(profile, terms.certificates)
        counted = min(claimed, profile.limits.certificates_cap)
        certificates = counted if status is RatingStatus.OK else ZERO
        controls = ONE - factor
        discount = min(controls + certificates, profile.limits.total_cap)
        return Settled(
            factor, controls, certificates, claimed, discount,
            *premiums(profile, terms, discount),
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
