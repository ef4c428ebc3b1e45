"""Weaknesses, unknowns and criteria as they are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from posture_scan.report.fixes import GRAVEST, SEVERITIES, failing
from posture_scan.report.places import places
from posture_scan.report.view import Criterion, Group, Unknown, Weakness
from posture_scan.report.wording import Wording, asset_name, filled, place

MOST_NAMED: Final = 6
"""Places or titles named in one line before the rest is counted."""

MOST_CAUSES: Final = 3
"""Weaknesses, and places of each, named below one criterion before the rest is counted."""

MOST_FIRST: Final = 2
"""Weaknesses that the first screen names."""

MUTE: Final = "udp_mute"
"""The engine's reason where silence over UDP is a server's right."""

INFO: Final = "info"
"""The severity of what is told for information: it is no weakness."""


def counts(findings: Sequence[Mapping[str, Any]], words: Wording) -> str:
    """Return how many findings there are of each status; errors count as unknown.

    What failed and is told for information only is counted apart from weaknesses.
    """
    found = Counter(finding["status"] for finding in findings)
    info = sum(map(informs, findings))
    return words(
        "finding.counts",
        **{
            "fail": found["fail"] - info,
            "info": info,
            "unknown": found["unknown"] + found["error"],
            "pass": found["pass"],
            "na": found["not_applicable"],
            "waived": found["waived"],
        },
    )


def informs(finding: Mapping[str, Any]) -> bool:
    """Tell whether a finding failed and is told for information only."""
    return bool(finding["status"] == "fail" and finding["severity"] == INFO)


def found(report: Mapping[str, Any], words: Wording) -> str:
    """Return in one line how many weaknesses there are and which come first.

    Without any, it says so of what could be seen; where nothing was judged, it says nothing.
    """
    findings = report["findings"]
    weak = [item for item in findings if item["status"] == "fail" and not informs(item)]
    if weak:
        first = [
            at(item.title, [where for place in item.places for where in place.where], words, 1)
            for item in weaknesses(weak, words)[:MOST_FIRST]
        ]
        grave = sum(item["severity"] in GRAVEST for item in weak)
        listed = words("list_separator").join(first)
        return words("found.some", count=len(weak), grave=grave, first=listed)
    unknown = sum(item["status"] in {"unknown", "error"} for item in findings)
    if unknown or not report["complete"]:
        return words("found.none_seen", unknown=unknown) if findings else ""
    return words("found.none") if findings else ""


def at(title: str, places: Sequence[str], words: Wording, most: int = MOST_CAUSES) -> str:
    """Return a title with the first places of it, and how many more there are."""
    where = named(list(dict.fromkeys(places)), words, most)
    return words("value.at", title=title, where=where)


def weaknesses(findings: Sequence[Mapping[str, Any]], words: Wording) -> tuple[Weakness, ...]:
    """Return the weaknesses found, a check at a time, gravest first."""
    weak = (item for item in findings if item["status"] == "fail" and not informs(item))
    return by_check(weak, words)


def by_check(findings: Iterable[Mapping[str, Any]], words: Wording) -> tuple[Weakness, ...]:
    """Return findings that failed a check at a time, gravest first."""
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for finding in findings:
        grouped.setdefault(finding["check"], []).append(finding)
    weak = [_weakness(check, group, words) for check, group in grouped.items()]
    return tuple(sorted(weak, key=lambda item: (SEVERITIES.index(item.severity), item.check)))


def _weakness(check: str, group: Sequence[Mapping[str, Any]], words: Wording) -> Weakness:
    known = words.check(check)
    severity = min((finding["severity"] for finding in group), key=SEVERITIES.index)
    return Weakness(
        check=check,
        title=known.title,
        severity=severity,
        severity_text=words.choice("severity", severity),
        why=known.why,
        fix=known.fix,
        verify=known.verify,
        places=places(group, words),
    )


def unknowns(findings: Sequence[Mapping[str, Any]], words: Wording) -> tuple[Unknown, ...]:
    """Return what could not be told, most frequent first, equal reasons together.

    Two checks that give the same reason in the same words need the same step to settle it. What
    nobody can tell from outside (a server that may keep silent) comes last: nothing failed there.
    """
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for finding in findings:
        if finding["status"] in {"unknown", "error"}:
            own = words.check(finding["check"]).reasons.get(finding["reason"], "")
            groups.setdefault((own, finding["reason"]), []).append(finding)
    ranked = sorted(groups.items(), key=lambda item: (item[0][1] == MUTE, -len(item[1])))
    return tuple(_unknown(group, words) for _, group in ranked)


def _unknown(group: Sequence[Mapping[str, Any]], words: Wording) -> Unknown:
    titles = list(dict.fromkeys(words.check(item["check"]).title for item in group))
    listed = named(titles, words, more="value.title_many")
    where = list(dict.fromkeys(map(place, group)))
    said = words.said(group[0])
    if len(where) > 1 and any(words.said(item) != said for item in group):
        said = f"{said} ({words('value.also_at', count=len(where) - 1)})"
    return Unknown(
        said=said,
        titles=words("value.not_known", titles=listed, count=len(group)),
        where=named(where, words),
        count=len(group),
    )


def named(
    items: Sequence[str], words: Wording, most: int = MOST_NAMED, more: str = "value.place_many"
) -> str:
    """Return the first few of a list in one line, and how many ``more`` there are of what kind."""
    separator = words("list_separator")
    if len(items) <= most:
        return separator.join(items)
    shown = separator.join(items[:most])
    return words(more, shown=shown, count=len(items) - most)


def groups(report: Mapping[str, Any], words: Wording) -> tuple[Group, ...]:
    """Return the criteria in the order of the profile, under the names of their groups.

    A criterion that does not name its group has it in the calculation's steps.
    """
    known = {
        step["values"]["criterion"]: step["values"]["group"]
        for step in report["rating"]["trace"]
        if {"criterion", "group"} <= set(step["values"])
    }
    by_group: dict[str, list[Criterion]] = {}
    for item in report["criteria"]:
        name = item.get("group") or known.get(item["id"]) or "other"
        by_group.setdefault(name, []).append(_criterion(item, report["findings"], words))
    return tuple(
        Group(words.choice("group", name), tuple(members)) for name, members in by_group.items()
    )


def _criterion(
    item: Mapping[str, Any], findings: Sequence[Mapping[str, Any]], words: Wording
) -> Criterion:
    known = words.criterion(item["id"])
    prove = [known.prove] if item["status"] == "unknown" and known.prove else []
    return Criterion(
        id=item["id"],
        title=known.title,
        status=item["status"],
        status_text=words.choice("criterion", item["status"]),
        evidence_text=words.choice("evidence", item["evidence_class"] or "none"),
        reasons=(
            *_causes(item, findings, words),
            *_reasons(item.get("reasons") or (), words),
            *prove,
        ),
    )


def _causes(
    item: Mapping[str, Any], findings: Sequence[Mapping[str, Any]], words: Wording
) -> tuple[str, ...]:
    """Return the weaknesses for which a criterion is not met or only in part, with places."""
    if item["status"] not in {"not_met", "partial"} or not item["findings"]:
        return ()
    found: dict[str, list[str]] = {}
    for finding in failing(findings, item["findings"]):
        found.setdefault(finding["check"], []).append(place(finding))
    said = [at(words.check(check).title, where, words) for check, where in found.items()]
    hidden = len(said) - MOST_CAUSES
    return (*said[:MOST_CAUSES], *([words("more", count=hidden)] if hidden > 0 else ()))


def _reasons(reasons: Sequence[Any], words: Wording) -> list[str]:
    """Return a sentence for each kind of reason, counting those of the same kind."""
    found: dict[str, list[str]] = {}
    for reason in reasons:
        said = reason_said(reason, words)
        if said:
            found.setdefault(str(reason["id"]), []).append(said)
    return [
        said[0]
        if len(set(said)) == 1
        else f"{said[0]} ({words('value.reason_more', count=len(set(said)) - 1)})"
        for said in found.values()
    ]


def reason_said(reason: Any, words: Wording) -> str:
    """Return a criterion's reason as a sentence; one that is not known here is left out."""
    if not isinstance(reason, Mapping):
        return ""
    template = words.text.template(f"rating.reason.{reason.get('id', '')}")
    if template is None:
        return ""
    check = str(reason.get("check") or "")
    title = words.check(check).title if check else ""
    where = asset_name(str(reason.get("asset") or ""))
    return filled(template, {**reason, "check": title, "asset": where})
