"""One check: what it looks for, who reads it, what it found, by which evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from posture_scan.assess.explain_ground import Ground, reference
from posture_scan.assess.explain_rule import readers
from posture_scan.engine.pack_set import LoadedCheck, PackSet
from posture_scan.errors import UsageError
from posture_scan.model.codec import CodecError, decode
from posture_scan.model.evidence import Asset
from posture_scan.model.finding import Finding
from posture_scan.model.scope import Scope
from posture_scan.rating.observed import Observed, Reading

_RECORD: Final = (
    "id", "collector", "collector_version", "method", "observed_at", "attempt", "vantage", "detail",
)  # fmt: skip
"""Members of an evidence record that say how something was learnt; not what."""


def check(ground: Ground, name: str) -> dict[str, Any]:
    """Return what is known of a check, here and in the report."""
    loaded = next((item for item in ground.packs.checks if item.id == name), None)
    return {
        "check": about(loaded, ground.packs) if loaded else None,
        "read_by": readers(ground, name),
        "findings": None if ground.report is None else _findings(ground, name),
    }


def about(item: LoadedCheck, packs: PackSet) -> dict[str, Any]:
    """Return a check's words in both languages, its figures and the pack it came in."""
    pack = next(pack for pack in packs.packs if pack.name == item.pack)
    words = item.meta.words
    texts = {
        part: {language: getattr(words[language], part) for language in words}
        for part in ("title", "why", "fix", "verify")
    }
    return {
        **texts,
        "severity": item.meta.severity.value,
        "effort_hours": item.meta.effort_hours,
        "references": list(item.meta.references),
        "pack": pack.name, "origin": pack.origin, "version": pack.version, "digest": pack.digest,
    }  # fmt: skip


def _findings(ground: Ground, name: str) -> list[dict[str, Any]]:
    own = [item for item in ground.findings if item["check"] == name]
    counted = _counted(ground, name) if own else {}
    return [{**finding(ground, item), "counted": counted.get(reference(item), [])} for item in own]


def finding(ground: Ground, item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a finding with the evidence behind it, as far as the report carries it."""
    known = [ground.records[name] for name in item["evidence"] if name in ground.records]
    return {
        "finding": dict(item),
        "reference": reference(item),
        "records": [{key: record.get(key) for key in _RECORD} for record in known],
        "records_missing": [name for name in item["evidence"] if name not in ground.records],
        "lift": _lift(item),
    }


def _lift(item: Mapping[str, Any]) -> str:
    """The right for want of which something stayed unseen; empty where none would help."""
    if item["status"] != "unknown":
        return ""
    if item["reason"] == "attempt.permission_denied":
        return "administrator"
    return str(item["values"].get("lift", ""))


def _counted(ground: Ground, name: str) -> dict[str, list[dict[str, str]]]:
    """What each finding of a check says to each rule that reads it, by the finding's reference."""
    observed = _observed(ground, name)
    found: dict[str, list[dict[str, str]]] = {}
    for item in ground.profile.criteria:
        for rule in item.machine:
            if name in rule.checks:
                for asset in {str(one["asset"]) for one in ground.findings}:
                    for reading in observed.readings(rule, name, asset):
                        said = _said(item.id, reading)
                        places = found.setdefault(reading.reference, [])
                        if said not in places:
                            places.append(said)
    return found


def _observed(ground: Ground, name: str) -> Observed:
    report = ground.report or {}
    own = [item for item in ground.findings if item["check"] == name]
    try:
        findings = [decode(Finding, item) for item in own]
        assets = [decode(Asset, item) for item in report["assets"]]
        scope = decode(Scope, report["scope"])
    except CodecError as error:
        raise UsageError("report.unreadable_member", detail=str(error)[:200]) from error
    return Observed(ground.profile, findings, assets, scope, ground.at)


def _said(criterion: str, reading: Reading) -> dict[str, str]:
    return {"criterion": criterion, "sign": reading.sign.value, "reason": reading.reason}
