"""What is told for information: what failed without being a weakness, and yardsticks of TLS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from posture_scan.report.findings import at, by_check, informs
from posture_scan.report.fixes import failing
from posture_scan.report.view import Informative, Table
from posture_scan.report.wording import Wording, place

YARDSTICKS: Final = {
    "yardstick.ssl_labs": "ssl_labs", "yardstick.mozilla": "mozilla", "yardstick.ipa": "ipa",
}  # fmt: skip
"""Checks that stand in a table of their own, and what their columns are called."""

_CAUSES: Final = ("causes", "missing")
"""The values in which a yardstick says what keeps a service from more."""
_OPEN: Final = "?"
_NOTHING: Final = "-"


def informative(report: Mapping[str, Any], words: Wording) -> Informative:
    """Return what is told for information, and whether this report's profile weighs any of it."""
    told = [finding for finding in report["findings"] if informs(finding)]
    weighed = [ref for item in report["criteria"] for ref in item["findings"]]
    yardsticks = [item for item in report["findings"] if item["check"] in YARDSTICKS]
    return Informative(
        head="info_weighed" if failing(told, weighed) else "info",
        items=by_check((item for item in told if item["check"] not in YARDSTICKS), words),
        yardsticks=_table(yardsticks, words),
        causes=_causes(yardsticks, words),
    )


def _table(findings: Sequence[Mapping[str, Any]], words: Wording) -> Table:
    """One row a TLS service; what no yardstick applies to has none."""
    cells: dict[str, dict[str, list[str]]] = {}
    for item in findings:
        if item["port"]:
            row = cells.setdefault(place(item), {})
            row.setdefault(item["check"], []).append(_cell(item, words))
    rows = [
        (where, *(" / ".join(dict.fromkeys(row.get(check, [_NOTHING]))) for check in YARDSTICKS))
        for where, row in cells.items()
    ]
    shown = tuple(row for row in rows if set(row[1:]) != {_NOTHING})
    labels = ("service", *YARDSTICKS.values())
    return Table(
        tuple(words(f"label.{label}") for label in labels),
        shown,
        words("yardstick.note") if shown else "",
    )


def _cell(finding: Mapping[str, Any], words: Wording) -> str:
    if finding["status"] == "not_applicable":
        return _NOTHING
    if finding["status"] in {"unknown", "error"}:
        return _OPEN
    return str(words.spoken(finding["check"], finding["actual"])) or _OPEN


def _causes(findings: Sequence[Mapping[str, Any]], words: Wording) -> tuple[str, ...]:
    """Say for each yardstick that is not kept to why, services with the same causes together."""
    places: dict[tuple[str, str], list[str]] = {}
    for item in findings:
        value = next((item["values"][key] for key in _CAUSES if item["values"].get(key)), "")
        if item["status"] == "fail" and value:
            said = str(words.spoken(item["check"], value))
            places.setdefault((item["check"], said), []).append(place(item))
    return tuple(
        at(words("yardstick.cause", name=words(f"label.{name}"), causes=said), where, words)
        for check, name in YARDSTICKS.items()
        for (owner, said), where in places.items()
        if owner == check
    )
