"""The calculation step by step, so that a person with a pocket calculator gets the same yen."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Any

from posture_scan.rating.arithmetic import Credit, Price, RatingStatus, Terms
from posture_scan.rating.exact import CONTEXT, ONE, ZERO, plain, to_decimals
from posture_scan.rating.premium import BasePremium
from posture_scan.rating.profile import Profile
from posture_scan.text.catalog import Catalog


@dataclass(frozen=True)
class Step:
    """One step: its id (a sentence under ``rating.trace``), its figures, what bound it."""

    id: str
    values: dict[str, str] = field(default_factory=dict)
    bound: str = ""
    """``group_floor``, ``attested_cap``, ``factor_min``, ``factor_max``, ``suspended``,
    ``certificates_cap``, ``total_cap``, ``minimum_premium``, or empty."""
    lost: str = "0"
    """How much credit the bound cost: a share of the premium, in the last step yen."""
    rounding: str = ""
    """What was rounded here, such as ``4 half_up`` (decimals) or ``unit 10 half_up``."""

    def to_json(self) -> dict[str, Any]:
        """Return the step as JSON values."""
        return {
            "id": self.id,
            "values": dict(self.values),
            "bound": self.bound,
            "lost": self.lost,
            "rounding": self.rounding,
        }

    def sentence(self, language: str) -> str:
        """Return the step as one line of text."""
        words = Catalog(language)
        line = words(f"rating.trace.{self.id}", **self.values)
        if not self.bound:
            return line
        return f"{line} {words(f'rating.bound.{self.bound}', lost=self.lost)}"


def steps(profile: Profile, price: Price, terms: Terms, base: BasePremium) -> tuple[Step, ...]:
    """Return every step in the order used."""
    with localcontext(CONTEXT):
        return (
            _base(profile, base),
            *(_credit(credit) for credit in price.credits),
            *_groups(profile, price),
            _all_groups(profile, price),
            _status(profile, price),
            _factor(profile, price),
            _certificates(profile, price),
            _discount(profile, price),
            *_premiums(profile, price, terms),
        )


def _base(profile: Profile, base: BasePremium) -> Step:
    sales = "" if base.annual_sales is None else plain(base.annual_sales)
    values = {
        "base_premium": plain(base.amount),
        "source": base.source,
        "industry": base.industry,
        "plan": base.plan,
        "annual_sales": sales,
    }
    rounding = "" if base.source == "given" else _unit(profile)
    return Step(f"base_{base.source}", values, rounding=rounding)


def _credit(credit: Credit) -> Step:
    values = {
        "criterion": credit.criterion.id,
        "group": credit.criterion.group,
        "status": credit.status.status.value,
        "evidence_class": credit.status.evidence_class.value,
        "r_met": plain(credit.criterion.r_met),
        "z": plain(credit.weight),
        "h": plain(credit.share),
        "r": plain(credit.factor),
    }
    return Step("credit" if credit.share else "no_credit", values)


def _groups(profile: Profile, price: Price) -> tuple[Step, ...]:
    floors = {group.id: group.floor for group in profile.groups}
    found = []
    for group in price.groups:
        values = {
            "group": group.group,
            "product": _long(group.product),
            "floor": plain(floors[group.group]),
            "factor": _long(group.factor),
        }
        bound = "group_floor" if group.factor != group.product else ""
        found.append(Step("group", values, bound, _long(group.factor - group.product)))
    return tuple(found)


def _all_groups(profile: Profile, price: Price) -> Step:
    values = {
        "f_all": _long(price.f_all),
        "f_verified": _long(price.f_verified),
        "attested_cap": plain(profile.limits.attested_cap),
        "f": _long(price.f_limited),
    }
    bound = "attested_cap" if price.f_limited != price.f_all else ""
    return Step("attested", values, bound, _long(price.f_limited - price.f_all))


def _status(profile: Profile, price: Price) -> Step:
    values = {
        "status": price.status.value,
        "gates": ", ".join(price.gates),
        "missing": ", ".join(price.missing),
        "assessed": plain(price.coverage.assessed),
        "applicable": plain(price.coverage.applicable),
        "coverage_min": plain(profile.limits.coverage_min),
    }
    return Step(f"status_{price.status.value}", values)


def _factor(profile: Profile, price: Price) -> Step:
    limits, decimals = profile.limits, profile.rounding.factor_decimals
    rounded = to_decimals(price.f_limited, decimals)
    bound = ""
    if price.factor > rounded:
        suspended = price.status is not RatingStatus.OK
        bound = "suspended" if suspended else "factor_min"
    elif price.factor < rounded:
        bound = "factor_max"
    values = {
        "f": _long(price.f_limited),
        "factor_min": plain(limits.factor_min),
        "factor_max": plain(limits.factor_max),
        "factor": fixed(price.factor, decimals),
        "controls": fixed(price.controls, decimals),
    }
    return Step("factor", values, bound, plain(price.factor - rounded), f"{decimals} half_up")


def _certificates(profile: Profile, price: Price) -> Step:
    counted = min(price.certificates_claimed, profile.limits.certificates_cap)
    values = {
        "claimed": plain(price.certificates_claimed),
        "cap": plain(profile.limits.certificates_cap),
        "credit": plain(price.certificates),
    }
    bound = ""
    if price.certificates < counted:
        bound = "suspended"
    elif counted < price.certificates_claimed:
        bound = "certificates_cap"
    lost = price.certificates_claimed - price.certificates
    return Step("certificates", values, bound, plain(lost))


def _discount(profile: Profile, price: Price) -> Step:
    wanted = price.controls + price.certificates
    values = {
        "controls": fixed(price.controls, profile.rounding.factor_decimals),
        "certificates": plain(price.certificates),
        "cap": plain(profile.limits.total_cap),
        "discount": fixed(price.discount, profile.rounding.factor_decimals),
    }
    bound = "total_cap" if price.discount < wanted else ""
    return Step("discount", values, bound, plain(wanted - price.discount))


def _premiums(profile: Profile, price: Price, terms: Terms) -> tuple[Step, ...]:
    group = profile.limits.group_discount if terms.group_discount else ZERO
    decimals = profile.rounding.factor_decimals
    first = {
        "base_premium": plain(terms.base_premium),
        "discount": fixed(price.discount, decimals),
        "keep": fixed(ONE - price.discount, decimals),
        "premium": plain(price.after_discount),
    }
    second = {
        "before": plain(price.after_discount),
        "group_discount": plain(group),
        "premium": plain(price.after_group),
    }
    final = {
        "before": plain(price.after_group),
        "minimum": plain(profile.premium.minimum),
        "premium": plain(price.premium),
    }
    bound = "minimum_premium" if price.premium != price.after_group else ""
    lost = plain(price.premium - price.after_group)
    return (
        Step("premium_discounted", first, rounding=_unit(profile)),
        Step("premium_group", second, rounding=_unit(profile)),
        Step("premium_final", final, bound, lost),
    )


def _unit(profile: Profile) -> str:
    return f"unit {profile.rounding.unit} {profile.rounding.mode}"


def _long(value: Decimal) -> str:
    """Write an unrounded product with twelve decimals at most: enough to check the rounding."""
    return plain(to_decimals(value, 12))


def fixed(value: Decimal, decimals: int) -> str:
    """Write a share with all its decimals, zeros included."""
    return format(to_decimals(value, decimals), "f")
