"""One figure of a rating: its formula with the profile's numbers, the steps, what held it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any, Final

from posture_scan.assess.explain_figure_rows import rows
from posture_scan.assess.explain_ground import FIGURES, Ground
from posture_scan.errors import UsageError
from posture_scan.rating.exact import CONTEXT, ONE, plain
from posture_scan.rating.ledger import ledger, number
from posture_scan.rating.profile import Profile

_CRITERIA: Final = ("credit", "no_credit", "points", "no_points")
_CONTROLS: Final = (*_CRITERIA, "group", "block", "attested", "status_", "factor")
_STEPS: Final[dict[str, tuple[str, ...]]] = {
    "score": (), "verified": (), "declared": (), "range": (),
    "coverage": ("status_", "requirements_"), "grade": ("status_", "requirements_"),
    "base-premium": ("base_",),
    "factor": _CONTROLS, "controls": _CONTROLS,
    "certificates": ("status_", "certificates"),
    "discount": ("attested", "block", "status_", "factor", "certificates", "discount"),
    "modification": ("status_", "judgement"),
    "premium": ("base_", "blocks", "discount", "judgement", "premium_"),
}  # fmt: skip
_VALUES: Final = {
    "factor": "factor", "controls": "controls_discount", "certificates": "certificate_discount",
    "base-premium": "base_premium",
}  # fmt: skip
_OF_THE_BASE: Final = {
    "attested_cap", "factor_min", "factor_max", "certificates_cap", "total_cap", "suspended",
}  # fmt: skip
"""Bounds whose loss is a share of the premium before discount."""


def figure(ground: Ground, name: str) -> dict[str, Any]:
    """Return how a figure comes about.

    Raises:
        UsageError: ``explain.no_figure``, this kind of profile has no such figure.
    """
    if ground.profile.kind not in FIGURES[name]:
        raise UsageError("explain.no_figure", id=name, profile=ground.profile.id)
    steps = ground.steps(*_STEPS[name]) if _STEPS[name] else []
    rating = ground.rating
    return {
        "formula": name,
        "terms": _terms(ground.profile),
        "limits": [
            {"id": key, "value": plain(value), "source": ground.source(source)}
            for key, value, source in _limits(ground.profile, name)
        ],
        "value": None if rating is None else rating.get(_VALUES.get(name, name)),
        "source": _source(ground, name),
        "rows": rows(ground, name),
        "steps": steps,
        "bounds": [_bound(ground, step) for step in steps if step.get("bound")],
    }


def trace(ground: Ground) -> dict[str, Any]:
    """Return the whole calculation: money that adds up, or the requirements where there is none.

    Raises:
        UsageError: ``explain.needs_report``.
    """
    if ground.rating is None:
        raise UsageError("explain.needs_report", id="trace")
    found = ledger(ground.rating)
    return {
        "ledger": None if found is None else found.to_json(),
        "requirements": (
            [ground.standing(item) for item in ground.profile.criteria] if found is None else None
        ),
        "steps": ground.steps(""),
        "rating_status": ground.rating["status"],
    }


def _bound(ground: Ground, step: dict[str, Any]) -> dict[str, Any]:
    """What held a figure, and what that cost: in money where one can tell."""
    money, bound = None, str(step["bound"])
    base, lost = (ground.rating or {}).get("base_premium"), str(step.get("lost", "0"))
    with localcontext(CONTEXT):
        if bound == "minimum_premium":
            money = plain(number(lost))
        elif bound in _OF_THE_BASE and base is not None:
            cent = min(ONE, ground.profile.rounding.unit)
            exact = number(base) * number(lost) / cent
            money = plain(exact.to_integral_value(ROUND_HALF_UP) * cent)
    group = step["values"].get("group", "")
    return {"step": step["id"], "bound": bound, "lost": lost, "money": money,
            "group": group}  # fmt: skip


def _source(ground: Ground, name: str) -> dict[str, Any] | None:
    """Where the formula's own figures come from; None where it has none beside its limits."""
    profile = ground.profile
    if name in {"score", "verified", "declared"}:
        return ground.source(profile.evidence.source)
    if profile.schedule is not None and name in {"base-premium", "factor", "controls", "discount"}:
        return ground.source(profile.schedule.source)
    if name == "base-premium" and profile.premium.estimate is not None:
        return ground.source(profile.premium.estimate.source)
    return None


def _terms(profile: Profile) -> dict[str, str]:
    """The profile's figures that formulas name, as text."""
    evidence, rounding, premium = profile.evidence, profile.rounding, profile.premium
    found = {
        "verified": evidence.verified, "documented": evidence.documented,
        "attested": evidence.attested, "partial": evidence.partial,
        "unit": rounding.unit, "decimals": Decimal(rounding.factor_decimals),
        "minimum": premium.minimum,
    }  # fmt: skip
    estimate = premium.estimate
    if estimate is not None:
        names = ("base", "reference_sales", "exponent", "sales_min", "sales_max")
        found |= {name: getattr(estimate, name) for name in names}
    if profile.schedule is not None:
        found["multiplier"] = profile.schedule.loss_cost_multiplier
    words = {name: plain(value) for name, value in found.items()}
    words["kind"] = profile.kind
    words["estimate"] = "yes" if estimate is not None else ""
    words["debits"] = "yes" if any((item.r_not or 1) > 1 for item in profile.criteria) else ""
    return words


def _limits(profile: Profile, name: str) -> list[tuple[str, Decimal, str]]:
    """The limits that can hold a figure: id, value, id of the source."""
    limits, source = profile.limits, profile.limits.source
    answers = [("attested_cap", limits.attested_cap, source)]
    clamp = [("factor_min", limits.factor_min, source), ("factor_max", limits.factor_max, source)]
    enough = [("coverage_min", limits.coverage_min, source)]
    floors = [(f"group_floor {g.id}", g.floor, g.source) for g in profile.groups]
    certificates = [("certificates_cap", limits.certificates_cap, source)]
    total = [("total_cap", limits.total_cap, source)]
    premium = profile.premium
    least = [("minimum_premium", premium.minimum, premium.source)]
    if profile.schedule is not None:
        cap = ("modification_cap", profile.schedule.modification_cap, profile.schedule.source)
        filed = {"modification": [cap], "premium": [cap, *least]}
        controls = [*answers, *enough]
        return filed.get(name, controls if name in {"factor", "controls", "discount"} else [])
    controls = [*floors, *answers, *enough, *clamp]
    found = {
        "coverage": enough, "factor": controls, "controls": controls,
        "certificates": certificates,
        "discount": [*answers, *enough, *clamp, *certificates, *total],
        "premium": [*total, ("group_discount", limits.group_discount, source), *least],
    }  # fmt: skip
    return found.get(name, [])
