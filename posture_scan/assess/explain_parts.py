"""Gates, groups and certificates: what they do to the premium and where they stand."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

from posture_scan.assess.explain_check import finding
from posture_scan.assess.explain_ground import Ground, both, found_by
from posture_scan.rating.exact import CONTEXT, plain
from posture_scan.rating.ledger import number
from posture_scan.rating.profile import Criterion


def gates(ground: Ground) -> dict[str, Any]:
    """Return the gates that are open in the report, without one all that the profile has."""
    rating = ground.rating
    every = [item for item in ground.profile.criteria if item.gate]
    shown = (
        every if rating is None else [item for item in every if item.id in ground.named("gates")]
    )
    return {
        "priced": ground.profile.priced,
        "gates": [_gate(ground, item) for item in shown],
        "closed": [] if rating is None else [item.id for item in every if item not in shown],
        "missing": ground.named("missing"),
        "unlock": None if rating is None else rating.get("unlock"),
        "suspended": _suspended(ground),
    }


def _gate(ground: Ground, item: Criterion) -> dict[str, Any]:
    status = ground.statuses.get(item.id)
    referral = getattr(ground.profile.referral, str(item.gate))
    return {
        **ground.standing(item),
        "action": both(item.action),
        "referral": both(referral),
        "findings": [
            finding(ground, one) for one in found_by(ground, status["findings"] if status else ())
        ],
        "reasons": list(status.get("reasons", ())) if status else [],
        "fix": ground.fix(item.id),
    }


def _suspended(ground: Ground) -> dict[str, str] | None:
    """The credits that do not count while a gate is open, as the report's steps give them."""
    if ground.rating is None or ground.rating["status"] != "gate":
        return None
    found = ground.steps("factor", "certificates")
    return {
        str(step["id"]): str(step.get("lost", "0"))
        for step in found if step.get("bound") == "suspended"
    }  # fmt: skip


def group(ground: Ground, name: str) -> dict[str, Any]:
    """Return a group: its members, its floor or the levels of its score, and what it came to."""
    item = next(item for item in ground.profile.groups if item.id == name)
    schedule = ground.profile.schedule
    levels = () if schedule is None else schedule.levels
    members = [one for one in ground.profile.criteria if one.group == name]
    steps = [step for step in ground.steps("group", "block") if step["values"].get("group") == name]
    return {
        "group": {
            "name": both(item.name),
            "floor": f"{item.floor:f}" if ground.profile.kind == "discount" else None,
            "levels": [
                {
                    "id": level.id, "at_least": f"{level.at_least:f}",
                    "factor": f"{level.factor:f}", "name": both(level.name),
                }
                for level in levels
            ],
            "source": ground.source(item.source),
            "weight": plain(sum((one.weight for one in members), Decimal(0))),
        },
        "members": [ground.standing(one) for one in members],
        "steps": steps,
        "share": ground.share(name),
    }  # fmt: skip


def certificate(ground: Ground, name: str) -> dict[str, Any]:
    """Return a certificate: its credit, which others it excludes, and whether it counts."""
    item = next(item for item in ground.profile.certificates if item.id == name)
    others = [
        {"id": one.id, "credit": f"{one.credit:f}"}
        for one in ground.profile.certificates
        if item.best_of and one.best_of == item.best_of and one.id != name
    ]
    limits = ground.profile.limits
    return {
        "certificate": {
            "name": both(item.name), "credit": f"{item.credit:f}", "best_of": others,
            "self_declared": item.self_declared, "source": ground.source(item.source),
            "cap": f"{limits.certificates_cap:f}", "total_cap": f"{limits.total_cap:f}",
            "cap_source": ground.source(limits.source),
        },
        "today": _held(ground, name, item.credit, [str(one["id"]) for one in others]),
    }  # fmt: skip


def _held(ground: Ground, name: str, credit: Decimal, others: list[str]) -> dict[str, Any] | None:
    rating = ground.rating
    if rating is None:
        return None
    held = list(rating.get("certificates", ()))
    known = {item.id: item.credit for item in ground.profile.certificates}
    better = [one for one in others if one in held and known[one] > credit]
    with localcontext(CONTEXT):
        worth = plain(number(rating["base_premium"] or "0") * credit)
    return {
        "held": name in held, "better": better, "status": rating["status"], "worth": worth,
        "steps": ground.steps("certificates", "discount"),
    }  # fmt: skip
