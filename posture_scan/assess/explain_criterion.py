"""One criterion: by which rules it is decided, whose figures it has, where it stands and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from posture_scan.assess.explain_check import finding
from posture_scan.assess.explain_ground import Ground, both, found_by
from posture_scan.assess.explain_rule import question, rule
from posture_scan.rating.profile import Criterion

_FAILED = {"not_met", "partial", "contradicted"}


def criterion(ground: Ground, name: str) -> dict[str, Any]:
    """Return what the profile says of a criterion and, of a report, what it came to."""
    item = next(item for item in ground.profile.criteria if item.id == name)
    group = next(group for group in ground.profile.groups if group.id == item.group)
    terms = ground.profile.evidence
    return {
        "criterion": {
            "title": both(item.title), "action": both(item.action), "prove": both(item.prove),
            "group": item.group, "group_name": both(group.name),
            "weight": f"{item.weight:f}", "weight_total": f"{ground.profile.weight_total:f}",
            "r_met": f"{item.r_met:f}",
            "r_not": None if item.r_not is None else f"{item.r_not:f}",
            "r_unknown": None if item.r_unknown is None else f"{item.r_unknown:f}",
            "gate": item.gate, "needs_machine": item.needs_machine,
            "minimum": item.id in ground.profile.minimum_set,
            "effort_hours": f"{item.effort_hours:f}", "prove_hours": f"{item.prove_hours:f}",
            "source": ground.source(item.source),
            "frameworks": _frameworks(item),
            "rules": [rule(ground.profile, machine) for machine in item.machine],
            "question": question(item.question),
        },
        "terms": {
            "verified": f"{terms.verified:f}", "documented": f"{terms.documented:f}",
            "attested": f"{terms.attested:f}", "partial": f"{terms.partial:f}",
            "waived": terms.waived,
        },
        "today": _today(ground, item) if ground.report is not None else None,
    }  # fmt: skip


def _frameworks(item: Criterion) -> dict[str, list[str]]:
    known = item.frameworks
    names = ("scs", "ipa25", "cis", "csf", "cyber_essentials")
    return {name: list(getattr(known, name)) for name in names}


def _today(ground: Ground, item: Criterion) -> dict[str, Any] | None:
    """Where the criterion stands in the report; None where the report does not have it."""
    status = ground.statuses.get(item.id)
    if status is None or ground.rating is None:
        return None
    rating = ground.rating
    gates, missing = ground.named("gates"), ground.named("missing")
    noted = [one for one in rating.get("contradictions", ()) if isinstance(one, Mapping)]
    return {
        "status": status["status"],
        "evidence_class": status["evidence_class"] or "",
        "findings": [finding(ground, one) for one in found_by(ground, status["findings"])],
        "reasons": [dict(reason) for reason in status.get("reasons", ())],
        "disagreement": next(
            (dict(one) for one in noted if one.get("criterion") == item.id), None
        ),
        "steps": [
            step for step in ground.steps("credit", "no_credit", "points", "no_points")
            if step["values"].get("criterion") == item.id
        ],
        "share": ground.share(item.id),
        "open_gate": item.id in gates,
        "missing": item.id in missing,
        "fix": ground.fix(item.id),
        "unlock": rating.get("unlock") if item.id in {*gates, *missing} else None,
        "change": change(item, status["status"], status["evidence_class"] or ""),
    }  # fmt: skip


def change(item: Criterion, status: str, evidence_class: str) -> str:
    """Return what would change a status: an id under ``explain.change``."""
    if status in _FAILED:
        return "fix"
    if status == "unknown":
        return "prove" if item.observed else "answer"
    if status == "met" and evidence_class != "verified":
        return "better" if item.observed else "document"
    return "holds"
