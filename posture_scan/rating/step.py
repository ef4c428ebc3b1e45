"""One step of a calculation, and how its figures are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from posture_scan.rating.exact import plain, to_decimals
from posture_scan.rating.priced import Price
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
        spoken = dict(self.values)
        if "currency" in spoken:
            spoken["currency"] = currency_word(spoken["currency"], language)
        line = words(f"rating.trace.{self.id}", **spoken)
        if not self.bound:
            return line
        held = words(f"rating.bound.{self.bound}", lost=self.lost, currency=spoken.get("currency"))
        return f"{line} {held}"


def currency_word(currency: str, language: str) -> str:
    """Return what a currency is called in a sentence; one without a word keeps its code."""
    words, key = Catalog(language), f"rating.currency.{currency}"
    return words(key) if key in words else currency


def unit(profile: Profile) -> str:
    """Say how money is rounded, as a step's ``rounding``."""
    return f"unit {plain(profile.rounding.unit)} {profile.rounding.mode}"


def long(value: Decimal) -> str:
    """Write an unrounded product with twelve decimals at most: enough to check the rounding."""
    return plain(to_decimals(value, 12))


def fixed(value: Decimal, decimals: int) -> str:
    """Write a share with all its decimals, zeros included."""
    return format(to_decimals(value, decimals), "f")


def verdict(profile: Profile, price: Price) -> Step:
    """Return the step that says whether credits count, or requirements are met."""
    values = {
        "status": price.status.value,
        "gates": ", ".join(price.gates),
        "missing": ", ".join(price.missing),
        "assessed": plain(price.coverage.assessed),
        "applicable": plain(price.coverage.applicable),
        "coverage_min": plain(profile.limits.coverage_min),
    }
    kind = "status" if profile.priced else "requirements"
    return Step(f"{kind}_{price.status.value}", values)


def final_premium(profile: Profile, price: Price) -> Step:
    """Return the last step: the minimum premium."""
    values = {
        "before": plain(price.after_group),
        "minimum": plain(profile.premium.minimum),
        "premium": plain(price.premium),
        "currency": profile.currency,
    }
    bound = "minimum_premium" if price.premium != price.after_group else ""
    return Step("premium_final", values, bound, plain(price.premium - price.after_group))
