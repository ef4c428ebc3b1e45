"""The list of things to do, by what they are worth; what suspends the discount comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from posture_scan.model.words import CheckWords, CriterionWords
from posture_scan.report.figures import plain
from posture_scan.report.view import Fix
from posture_scan.report.wording import Wording, numbered

FIRST: Final = 3
"""How many things a busy person is shown first."""

SEVERAL: Final = 2
"""Weaknesses behind one criterion from which each is named with its own remedy."""

_RANK: Final = {"gate_critical": 0, "gate_high": 1, "needed": 3, "": 4}
_GRAVE: Final = 2
"""The rank of a grave weakness that was found and would change no amount now: a person at the
computer can mend it today, while much of what is still needed waits for somebody else."""

SEVERITIES: Final = ("critical", "high", "medium", "low", "info")
"""Gravest first."""

GRAVEST: Final = frozenset({"critical", "high"})
"""What is counted apart from the rest, and found before what was only not seen."""


def fixes(report: Mapping[str, Any], words: Wording) -> tuple[Fix, ...]:
    """Return everything worth doing: open gates first, then what is required, then by yen.

    A weakness that was found stays in the list while the discount is suspended and mending it
    alone would change no amount; a grave one then stands before what is only not yet seen.
    """
    rating = report["rating"]
    missing = {criterion_of(item) for item in rating["missing"]}
    ranked = []
    for item in rating.get("fixes", ()):
        badge = _badge(item, missing)
        yen = _yen(item)
        if yen > 0 or badge or item["kind"] == "fix":
            ranked.append((_rank(item, badge, yen, report), -yen, item, badge))
    ranked.sort(key=lambda entry: entry[:2])
    return tuple(_fix(item, badge, report, words) for _, _, item, badge in ranked)


def _rank(item: Mapping[str, Any], badge: str, yen: Decimal, report: Mapping[str, Any]) -> int:
    if badge or yen > 0 or item["kind"] != "fix":
        return _RANK[badge]
    found = failing(report["findings"], item.get("findings", ()))
    return _GRAVE if any(one["severity"] in GRAVEST for one in found) else _RANK[""]


def criterion_of(item: Any) -> str:
    """Return the criterion that an entry of ``gates`` or ``missing`` names."""
    if isinstance(item, Mapping):
        return str(item.get("criterion") or item.get("id") or "")
    return str(item)


def _yen(item: Mapping[str, Any]) -> Decimal:
    """What the fix can really bring: what only a person can tell ends at a document's weight."""
    if item["kind"] == "answer" and "reachable" in item:
        return Decimal(item["reachable"]["yen"])
    return Decimal(item["yen"])


def _badge(item: Mapping[str, Any], missing: set[str]) -> str:
    gate = item.get("gate")
    if gate:
        return "gate_high" if gate == "high" else "gate_critical"
    return "needed" if item["criterion"] in missing else ""


def _fix(item: Mapping[str, Any], badge: str, report: Mapping[str, Any], words: Wording) -> Fix:
    kind = "contradicted" if item.get("status") == "contradicted" else item["kind"]
    failed = failing(report["findings"], item.get("findings", ())) if kind == "fix" else []
    check = words.check(failed[0]["check"]) if failed else CheckWords("")
    title, how = _action(kind, words.criterion(item["criterion"]), check, words)
    steps = _steps(failed, words)
    if steps:
        title, how = words("fix.title_several", title=title, count=len(steps) - 1), ""
    yen = _yen(item)
    return Fix(
        criterion=item["criterion"],
        kind=item["kind"],
        kind_text=words.choice("kind", kind),
        title=title,
        worth=words(_worth(kind, badge, yen, report), money=words.money(str(yen))),
        amount=words.money(str(yen)) if yen > 0 else words("fix.nothing_alone"),
        effort=_effort(failed, words),
        how=how,
        steps=steps,
        verify=check.verify,
        badge=badge,
        badge_text=words(f"fix.{badge}") if badge else "",
        why=check.why,
    )


def _steps(failed: Sequence[Mapping[str, Any]], words: Wording) -> tuple[str, ...]:
    """Return what to do about each weakness where one item stands for several of them."""
    checks = [words.check(name) for name in dict.fromkeys(item["check"] for item in failed)]
    if len(checks) < SEVERAL:
        return ()
    return tuple(
        words("fix.step", title=check.title, how=check.fix or words("fix.how_fix"))
        for check in checks
    )


def _worth(kind: str, badge: str, yen: Decimal, report: Mapping[str, Any]) -> str:
    if report["rating"]["premium"] is None:
        return "fix.required"
    if yen <= 0:
        return "fix.together" if badge else "fix.found"
    return f"fix.worth_{kind}" if kind in {"prove", "answer"} else "fix.worth"


def _action(
    kind: str, criterion: CriterionWords, check: CheckWords, words: Wording
) -> tuple[str, str]:
    """Return what to do by title, and how."""
    if kind == "fix":
        return check.title or criterion.title, check.fix or words("fix.how_fix")
    known = {"prove": criterion.prove, "answer": criterion.question}.get(kind, "")
    return words(f"fix.title_{kind}", title=criterion.title), known or words(f"fix.how_{kind}")


def failing(
    findings: Sequence[Mapping[str, Any]], references: Sequence[str]
) -> list[Mapping[str, Any]]:
    """Return the failed findings that references name, gravest first.

    A reference is a check's id, ``check@asset`` or ``check@asset:port``, the latter with
    ``/udp`` behind it where it is a UDP port.
    """
    wanted = set(references)
    found = [
        finding
        for finding in findings
        if finding["status"] == "fail" and wanted.intersection(_references(finding))
    ]
    return sorted(found, key=lambda finding: SEVERITIES.index(finding["severity"]))


def _references(finding: Mapping[str, Any]) -> tuple[str, str, str]:
    check, asset = finding["check"], finding["asset"]
    port = numbered(finding["port"], finding["transport"])
    return check, f"{check}@{asset}", f"{check}@{asset}:{port}"


def _effort(failed: Sequence[Mapping[str, Any]], words: Wording) -> str:
    hours = sum((Decimal(finding["effort_hours"]) for finding in failed), Decimal(0))
    if hours <= 0:
        return ""
    if len(failed) > 1:
        return words("value.hours_each", hours=plain(hours), count=len(failed))
    return words("value.hours", hours=plain(hours))
