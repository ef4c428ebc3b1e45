"""Caps, floors and grades that must fit each other: a cap no evidence can reach is a lie."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from posture_scan.rating.profile import Profile
from posture_scan.toml_lines import Place

Found = tuple[Place, str, dict[str, str]]
_ONE: Final = Decimal(1)


def evidence_order(profile: Profile) -> Iterator[Found]:
    """Refuse weights by which weaker evidence would be worth more than stronger."""
    terms = profile.evidence
    if not terms.verified >= terms.documented >= terms.attested:
        yield ("evidence", "verified"), "evidence_order", {}
    if profile.valid_from > profile.valid_until:
        values = {"from": str(profile.valid_from), "until": str(profile.valid_until)}
        yield ("valid_until",), "validity_order", values


def caps(profile: Profile) -> Iterator[Found]:
    """Refuse a cap that nothing can reach, and a floor below the cap it belongs to."""
    if profile.kind != "discount":
        return
    limits = profile.limits
    if limits.factor_min < _ONE - limits.controls_cap:
        values = {"floor": str(limits.factor_min), "cap": str(limits.controls_cap)}
        yield ("limits", "factor_min"), "floor_below_cap", values
    reachable = (
        ("controls_cap", limits.controls_cap, _ONE - max(limits.factor_min, best(profile))),
        ("certificates_cap", limits.certificates_cap, best_certificates(profile)),
        ("total_cap", limits.total_cap, limits.controls_cap + limits.certificates_cap),
    )
    for key, cap, most in reachable:
        if cap > most:
            values = {"key": key, "cap": str(cap), "most": str(most.normalize())}
            yield ("limits", key), "cap_unreachable", values


def best(profile: Profile) -> Decimal:
    """Return the factor with every criterion met and verified, group floors applied."""
    factor = _ONE
    for group in profile.groups:
        product = _ONE
        for item in profile.criteria:
            if item.group == group.id:
                product *= _ONE - profile.evidence.verified * (_ONE - item.r_met)
        factor *= max(product, group.floor)
    return factor


def best_certificates(profile: Profile) -> Decimal:
    """Return the credit of every certificate together, only the best of each kind counted."""
    best_of: dict[str, Decimal] = {}
    for item in profile.certificates:
        kind = item.best_of or f"={item.id}"
        best_of[kind] = max(item.credit, best_of.get(kind, Decimal(0)))
    return sum(best_of.values(), Decimal(0))


def grades(profile: Profile) -> Iterator[Found]:
    """Refuse steps out of order: a better letter must ask for a higher score."""
    steps = profile.grades.steps
    for number in range(1, len(steps)):
        above, below = steps[number - 1], steps[number]
        if below.at_least >= above.at_least or below.grade <= above.grade:
            values = {"grade": below.grade, "at_least": str(below.at_least)}
            yield ("grades", "steps", number), "not_monotone", values
    if steps and profile.grades.lowest <= steps[-1].grade:
        yield ("grades", "lowest"), "not_monotone", {"grade": profile.grades.lowest, "at_least": ""}


def rounding(profile: Profile) -> Iterator[Found]:
    """Refuse a unit of money that is no power of ten."""
    digits = profile.rounding.unit.normalize().as_tuple().digits
    if digits != (1,):
        yield ("rounding", "unit"), "unit_power", {"unit": str(profile.rounding.unit)}


def renewal(profile: Profile) -> Iterator[Found]:
    """Refuse levels of discount out of order or beyond what can be earned."""
    if profile.renewal is None:
        return
    before = Decimal(0)
    for number, level in enumerate(profile.renewal.levels):
        if not before < level <= profile.limits.total_cap:
            values = {"level": str(level), "before": str(before),
                      "cap": str(profile.limits.total_cap)}  # fmt: skip
            yield ("renewal", "levels", number), "level_order", values
        before = level


def idle(profile: Profile) -> Iterator[Found]:
    """Name groups whose floor is used up by what must be met anyway; a warning.

    What needs machine evidence must be seen for any discount at all. Where the credits of that
    alone reach the floor, nothing else of the group ever changes the price.
    """
    if profile.kind != "discount":
        return
    for number, group in enumerate(profile.groups):
        own = [item for item in profile.criteria if item.group == group.id]
        forced = [item for item in own if item.needs_machine]
        product = _ONE
        for item in forced:
            product *= _ONE - profile.evidence.verified * (_ONE - item.r_met)
        if forced and len(forced) < len(own) and product <= group.floor:
            rest = ", ".join(item.id for item in own if not item.needs_machine)
            values = {"group": group.id, "floor": str(group.floor), "rest": rest,
                      "product": str(product.normalize())}  # fmt: skip
            yield ("groups", number, "floor"), "floor_used_up", values
