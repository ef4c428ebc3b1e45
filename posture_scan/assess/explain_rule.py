"""The rules by which a profile reads findings, with every limit that holds for them spelt out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from posture_scan.assess.explain_ground import Ground, both
from posture_scan.rating.profile import Criterion, Machine, Profile, Question

_ROLES = {"not_met_if": "not_met", "partial_if": "partial", "unproven_if": "unproven"}


def rule(profile: Profile, item: Machine) -> dict[str, Any]:
    """Return one rule as JSON values; what it leaves open is filled in from the profile."""
    usual = profile.validity
    return {
        "assets": list(item.assets),
        "vantage": list(item.vantage),
        "not_met_if": list(item.not_met_if),
        "partial_if": list(item.partial_if),
        "unproven_if": list(item.unproven_if),
        "mode": item.mode,
        "met_share": f"{item.met_share:f}",
        "weak_share": f"{item.weak_share:f}",
        "min_confidence": item.min_confidence or profile.evidence.min_confidence,
        "days": item.max_age_days or usual.report_days,
        "host_days": item.max_age_days or usual.host_days,
        "days_by_method": dict(item.max_age_by_method),
        "fully_scanned": item.fully_scanned and "address" in item.assets,
        "named_only": item.named_only,
        "absent": item.absent,
        "outside_only": item.outside_only,
        "seen_only": item.seen_only,
        "data_only": item.data_only,
        "documented": item.documented,
        "paths": list(item.paths),
    }


def question(item: Question | None) -> dict[str, Any] | None:
    """Return what a criterion asks a person, in both languages."""
    if item is None:
        return None
    return {
        "text": both(item.text),
        "choices": list(item.choices),
        "paths": [
            {
                "id": path.id, "label": both(path.label), "choices": list(path.choices),
                "contradicted_by": list(path.contradicted_by),
            }
            for path in item.paths
        ],
        "document_max_age_days": item.document_max_age_days,
    }  # fmt: skip


def readers(ground: Ground, check: str) -> list[dict[str, Any]]:
    """Return the criteria that read a check, by which rule, and what a weakness then means."""
    return [found for item in ground.profile.criteria for found in _readings(ground, item, check)]


def _readings(ground: Ground, item: Criterion, check: str) -> Iterator[dict[str, Any]]:
    about = {"criterion": item.id, "title": both(item.title), "gate": item.gate}
    for machine in item.machine:
        for key, role in _ROLES.items():
            if check in getattr(machine, key):
                yield {**about, "role": role, "rule": rule(ground.profile, machine)}
    for path in item.question.paths if item.question else ():
        if check in path.contradicted_by:
            yield {**about, "role": "contradicts", "rule": None, "path": both(path.label)}
