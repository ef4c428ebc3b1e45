"""The explanations of ``assess.explain`` as lines of text, in both languages alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from posture_scan.report import explain_check, explain_criterion, explain_figure, explain_parts
from posture_scan.report.clean import clean_tree
from posture_scan.report.explain_page import Sheet
from posture_scan.report.figures import moment
from posture_scan.report.wording import Wording

_KINDS: Final[dict[str, Callable[[Sheet, Mapping[str, Any]], None]]] = {
    "check": explain_check.check,
    "criterion": explain_criterion.criterion,
    "gates": explain_parts.gates,
    "group": explain_parts.group,
    "certificate": explain_parts.certificate,
    "list": explain_parts.listed,
    "figure": explain_figure.figure,
    "trace": explain_figure.trace,
}


def render_explanation(shown: Mapping[str, Any], words: Wording, width: int = 80) -> str:
    """Return the JSON values of ``explained`` as text of at most ``width`` columns.

    ``words`` are those of the packs and the profile at hand.
    """
    clean = clean_tree(dict(shown))
    sheet = Sheet(words, width, priced=clean["profile"]["kind"] != "criteria")
    _KINDS[clean["kind"]](sheet, clean)
    sheet.gap()
    _foot(sheet, clean)
    return sheet.text()


def _foot(sheet: Sheet, shown: Mapping[str, Any]) -> None:
    """Write by which rules and which report this was explained, and what the figures are."""
    profile, report = shown["profile"], shown["report"]
    sheet.tell("foot.profile", id=profile["id"], version=profile["version"],
               digest=profile["digest"][:12])  # fmt: skip
    if report is not None and report["worksheet"]:
        sheet.tell("foot.worksheet")
    elif report is not None:
        values = {"report": report["report_id"], "at": moment(report["at"])}
        sheet.tell("foot.again" if report["rated_again"] else "foot.report", **values)
        if not report["same_rules"]:
            sheet.tell("foot.other_rules")
        if not report["evidence"]:
            sheet.tell("foot.no_evidence")
    sheet.say(sheet.own(profile["notice"]))
