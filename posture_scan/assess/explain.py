"""Where something comes from: the rule, its source, the evidence, what would change it.

One id, a check's, criterion's, group's, certificate's or figure's, or ``gates`` or ``trace``, is
explained from a profile and, where one is at hand, a report, as JSON values. With a report and no
profile named, every figure is the one that stands in the report.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from posture_scan.assess import explain_check, explain_criterion, explain_figure, explain_parts
from posture_scan.assess.again import own_profile, rate_again
from posture_scan.assess.document import rated_members
from posture_scan.assess.explain_ground import FIGURES, Ground, both
from posture_scan.assess.worksheet import rate_sheet
from posture_scan.engine.pack_set import PackSet
from posture_scan.errors import UsageError
from posture_scan.model.codec import CodecError, decode
from posture_scan.rating.load import load_profile


def ground_for(
    report: Mapping[str, Any] | None, packs: PackSet, *, profile: str, now: datetime
) -> Ground:
    """Put together what everything is explained by; a profile that is named rates again.

    Raises:
        UsageError: no such profile, or the report's own is none that ships with the program.
        MistakesError: the profile has mistakes.
    """
    rules = load_profile(profile or own_profile(report))
    if report is not None and profile:
        again = rate_again(report, profile, now=now)
        return Ground(rules, packs, {**again, "report_id": report["report_id"]}, now, again=True)
    judged = now if report is None else _judged(report)
    return Ground(rules, packs, report, judged, again=False)


def ground_of_sheet(data: bytes, packs: PackSet, *, profile: str, now: datetime) -> Ground:
    """Put together what a worksheet is explained by: its rating, without findings or evidence.

    Raises:
        UsageError, MistakesError: what ``rate_sheet`` refuses.
    """
    rating = rate_sheet(data, profile)
    report = {"report_id": "", "findings": [], "evidence": [], **rated_members(rating)}
    return Ground(rating.profile, packs, report, now, again=False, sheet=True)


def _judged(report: Mapping[str, Any]) -> datetime:
    try:
        judged: datetime = decode(datetime, report.get("judged_at") or report["finished_at"])
    except CodecError as error:
        raise UsageError("report.unreadable_member", detail=str(error)[:200]) from error
    return judged


def explained(ground: Ground, name: str) -> dict[str, Any]:
    """Return the explanation of one id; without an id what can be explained.

    Raises:
        UsageError: ``explain.unknown``, ``explain.no_figure`` or ``explain.needs_report``.
    """
    kind, found = _kind_of(ground, name) if name else ("list", "")
    if kind == "check" and ground.sheet:
        ground = dataclasses.replace(ground, report=None)  # a worksheet says nothing of checks
    return {
        "kind": kind,
        "id": found,
        "profile": _profile(ground),
        "report": _report(ground),
        **_body(ground, kind, found),
    }


def _body(ground: Ground, kind: str, name: str) -> dict[str, Any]:
    makers = {
        "list": lambda: _listed(ground),
        "check": lambda: explain_check.check(ground, name),
        "criterion": lambda: explain_criterion.criterion(ground, name),
        "group": lambda: explain_parts.group(ground, name),
        "certificate": lambda: explain_parts.certificate(ground, name),
        "gates": lambda: explain_parts.gates(ground),
        "trace": lambda: explain_figure.trace(ground),
        "figure": lambda: explain_figure.figure(ground, name),
    }
    return makers[kind]()


def _kinds(ground: Ground) -> dict[str, str]:
    """Every id that can be explained, and its kind."""
    profile = ground.profile
    known = {check.id: "check" for check in ground.packs.checks}
    known |= {str(item["check"]): "check" for item in ground.findings}
    known |= dict.fromkeys(profile.checks, "check")
    known |= {item.id: "certificate" for item in profile.certificates}
    known |= {item.id: "group" for item in profile.groups}
    known |= {item.id: "criterion" for item in profile.criteria}
    return {**known, **dict.fromkeys(FIGURES, "figure"), "gates": "gates", "trace": "trace"}


def _kind_of(ground: Ground, name: str) -> tuple[str, str]:
    known = _kinds(ground)
    folded = {item.casefold(): item for item in known}
    found = name if name in known else folded.get(name.casefold(), "")
    if found:
        return known[found], found
    asked = name.casefold()[:100]
    subject = asked.partition(".")[0] + "."
    siblings = sorted(item for item in folded if item.startswith(subject))
    near = difflib.get_close_matches(asked, siblings, n=1, cutoff=0) if siblings else []
    near = near or difflib.get_close_matches(asked, sorted(folded), n=1)
    if near:
        raise UsageError("explain.unknown_did_you_mean", id=name[:100], near=folded[near[0]])
    raise UsageError("explain.unknown", id=name[:100])


def _profile(ground: Ground) -> dict[str, Any]:
    rules = ground.profile
    return {
        "id": rules.id, "version": rules.version, "digest": rules.digest, "kind": rules.kind,
        "status": rules.status, "currency": rules.currency, "notice": both(rules.notice),
    }  # fmt: skip


def _report(ground: Ground) -> dict[str, Any] | None:
    report = ground.report
    if report is None:
        return None
    rated = report["rating"]["profile"]
    return {
        "report_id": report["report_id"],
        "worksheet": ground.sheet,
        "at": ground.at.isoformat(timespec="seconds"),
        "rated_again": ground.again,
        "same_rules": rated.get("digest") == ground.profile.digest,
        "evidence": len(report["evidence"]),
        "currency": report["rating"].get("currency") or ground.profile.currency,
    }


def _listed(ground: Ground) -> dict[str, Any]:
    rules = ground.profile
    return {
        "criteria": [
            {"id": item.id, "group": item.group, "title": both(item.title)}
            for item in rules.criteria
        ],
        "groups": [{"id": item.id, "title": both(item.name)} for item in rules.groups],
        "certificates": [
            {"id": item.id, "title": both(item.name)} for item in rules.certificates
        ],
        "figures": [name for name, kinds in FIGURES.items() if rules.kind in kinds],
        "checks": [item.id for item in ground.packs.checks],
    }  # fmt: skip
