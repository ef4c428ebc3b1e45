"""The rows behind a figure that no step of the calculation shows: scores, grade, range."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any, Final

from posture_scan.assess.explain_ground import Ground
from posture_scan.rating.exact import CONTEXT, ONE, ZERO, plain
from posture_scan.rating.profile import Criterion

_SCORES: Final = ("score", "verified", "declared")


def rows(ground: Ground, name: str) -> dict[str, Any] | None:
    """Return what a figure was added up from; None for figures that have steps instead."""
    if ground.rating is None and name != "grade":
        return None
    if name in _SCORES or name == "coverage":
        return _weights(ground, name)
    if name == "grade":
        return _grade(ground)
    if name == "range" and ground.rating is not None:
        rating = ground.rating
        return {"range": rating["range"], "potential": rating.get("potential")}
    return None


def _weights(ground: Ground, name: str) -> dict[str, Any]:
    """Each criterion's weight and points, and the sums that the figure is the quotient of."""
    with localcontext(CONTEXT):
        found = [_row(ground, item, name) for item in ground.profile.criteria]
        applied = [row for row in found if row["status"] != "not_applicable"]
        points = sum((Decimal(row["points"]) for row in applied), ZERO)
        weight = sum((Decimal(row["weight"]) for row in applied), ZERO)
        return {"criteria": found, "points": plain(points), "weight": plain(weight)}


def _row(ground: Ground, item: Criterion, name: str) -> dict[str, Any]:
    status = ground.statuses.get(item.id, {})
    state = str(status.get("status", "unknown"))
    based_on = str(status.get("evidence_class", ""))
    terms = ground.profile.evidence
    share = {"met": ONE, "partial": terms.partial}.get(state, ZERO)
    classes = {
        "verified": terms.verified, "documented": terms.documented, "attested": terms.attested,
    }  # fmt: skip
    worth = {
        "score": classes.get(based_on, ZERO),
        "verified": ONE if based_on == "verified" else ZERO,
        "declared": ONE,
        "coverage": ONE,
    }[name]
    if name == "coverage":
        share = ZERO if state in {"unknown", "not_applicable"} else ONE
    return {
        "criterion": item.id, "weight": plain(item.weight), "status": state,
        "evidence_class": based_on, "h": plain(share), "z": plain(worth),
        "points": plain(item.weight * share * worth),
    }  # fmt: skip


def _grade(ground: Ground) -> dict[str, Any]:
    """The thresholds, and the ceilings with what puts each of them on."""
    rules, rating = ground.profile.grades, ground.rating
    levels = {item.gate for item in ground.profile.criteria if item.id in ground.named("gates")}
    ceilings = [
        {"cause": "critical", "grade": rules.critical_gate, "holds": "critical" in levels},
        {"cause": "high", "grade": rules.high_gate, "holds": "high" in levels},
        {
            "cause": "incomplete", "grade": rules.incomplete,
            "holds": bool(ground.named("missing")),
        },
    ]  # fmt: skip
    return {
        "steps": [{"grade": s.grade, "at_least": f"{s.at_least:f}"} for s in rules.steps],
        "lowest": rules.lowest,
        "ceilings": ceilings,
        "score": rating["score"] if rating else None,
        "source": ground.source(rules.source),
    }
