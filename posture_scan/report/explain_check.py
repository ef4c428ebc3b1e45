"""One check as text: what it is, who reads it, what it found and by which evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from posture_scan.report.explain_page import STEP, Sheet
from posture_scan.report.explain_rule import method_name, terms
from posture_scan.report.figures import moment
from posture_scan.report.wording import Wording, place

DIGEST: Final = 12
"""Characters of a digest that are shown."""

_RANK: Final = {"pass": 1, "not_applicable": 2}
"""What decides against somebody stands first."""


def about(words: Wording, severity: str, check: str) -> list[tuple[str, str]]:
    """Return what a check is about as labels and texts: severity, why, what to do, verifying."""
    known = words.check(check)
    texts = {"why": known.why, "how": known.fix, "verify": known.verify}
    pairs = [(words("label.severity"), words.choice("severity", severity))]
    return [*pairs, *((words(f"label.{key}"), text) for key, text in texts.items() if text)]


def check(sheet: Sheet, shown: Mapping[str, Any]) -> None:
    """Write the explanation of one check."""
    known = shown["check"]
    sheet.say(sheet.check(shown["id"]))
    if known is None:
        sheet.tell("check.no_pack")
    else:
        _about(sheet, known, shown["id"])
    _readers(sheet, shown["read_by"])
    if shown["findings"] is not None:
        sheet.head(sheet.word("head.findings"))
        if not shown["findings"]:
            sheet.tell("check.no_finding")
        for item in shown["findings"]:
            finding(sheet, item)


def _about(sheet: Sheet, known: Mapping[str, Any], name: str) -> None:
    for label, text in about(sheet.words, known["severity"], name):
        sheet.gap()
        sheet.say(f"{label}:")
        sheet.say(text, STEP)
    sheet.gap()
    if known["effort_hours"] != "0":
        sheet.pair("hours", sheet.word("hours", hours=known["effort_hours"]))
    if known["references"]:
        sheet.say(f"{sheet.word('label.references')}:")
        for address in known["references"]:
            sheet.say(address, STEP)
    origin = sheet.words.choice("origin", known["origin"])
    pack = sheet.words.choice("pack", known["pack"])
    digest = known["digest"][:DIGEST]
    values = {"pack": pack, "id": known["pack"], "origin": origin, "digest": digest}
    sheet.pair("pack", sheet.word("check.pack", **values))


def _readers(sheet: Sheet, readers: Sequence[Mapping[str, Any]]) -> None:
    sheet.head(sheet.word("head.read_by"))
    if not readers:
        sheet.tell("check.unread")
    for item in readers:
        sheet.item(sheet.criterion(item["criterion"]), 0)
        role = sheet.word(f"role.{item['role']}")
        if item["rule"] is None:
            sheet.tell("check.contradicts", STEP, path=sheet.own(item["path"]))
            continue
        where = sheet.listed(sheet.words.choice("vantage", one) for one in item["rule"]["vantage"])
        kinds = sheet.listed(sheet.word(f"asset.{one}") for one in item["rule"]["assets"])
        form = "papers_mean" if item["rule"]["documented"] else "weak_means"
        sheet.tell(f"check.{form}", STEP, role=role, vantage=where, assets=kinds)
        if item["gate"] and item["role"] == "not_met":
            sheet.gate(item["gate"], STEP)
        for sentence in terms(sheet, item["rule"]):
            sheet.item(sentence, STEP)


def findings(sheet: Sheet, items: Sequence[Mapping[str, Any]]) -> None:
    """Write findings of several checks; what was learnt at one place by one look stands once."""
    alike: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for item in items:
        found = item["finding"]
        keys = ("status", "confidence", "method", "vantage", "observed_at", "valid_until")
        seen = (sheet.words.said(found), place(found), *(str(found.get(key)) for key in keys))
        alike.setdefault((*seen, *map(str, found["evidence"])), []).append(item)
    order = sorted(alike.values(), key=lambda group: _RANK.get(group[0]["finding"]["status"], 0))
    for group in order:
        finding(sheet, group[0], [str(item["finding"]["check"]) for item in group])


def finding(sheet: Sheet, item: Mapping[str, Any], checks: Sequence[str] = ()) -> None:
    """Write one finding: where, the verdict and its reason, the evidence, what would change it.

    ``checks`` are named where the page is not about one of them; they say what to do as well.
    """
    found = item["finding"]
    verdict = sheet.words.choice("finding", found["status"])
    values = {"verdict": verdict, "place": place(found), "said": sheet.words.said(found)}
    sheet.item(sheet.word("finding.line", **values), 0)
    if checks:
        sheet.tell("finding.checks", STEP, checks=sheet.listed(sheet.check(c) for c in checks))
    seen = moment(found["observed_at"]) if found["observed_at"] else sheet.words("none_known")
    values = {
        "confidence": found["confidence"], "method": method_name(sheet, found["method"]),
        "vantage": sheet.words.choice("vantage", found["vantage"]), "at": seen,
    }  # fmt: skip
    sheet.tell("finding.how", STEP, **values)
    for counted in item.get("counted", ()):
        _counted(sheet, counted, STEP)
    for record in item["records"]:
        _record(sheet, record, STEP)
    if item["records_missing"]:
        sheet.tell("finding.digest_only", STEP, ids=", ".join(item["records_missing"]))
    _change(sheet, item, checks)


def _counted(sheet: Sheet, counted: Mapping[str, str], indent: int) -> None:
    key = f"counted.{counted['sign']}"
    reason = f"cause.{counted['reason']}"
    cause = sheet.word(reason) if sheet.knows(reason) else counted["reason"]
    sheet.tell(key, indent, criterion=counted["criterion"], cause=cause)


def _record(sheet: Sheet, record: Mapping[str, Any], indent: int) -> None:
    values = {
        "id": record["id"], "collector": record["collector"],
        "version": record["collector_version"], "method": method_name(sheet, record["method"]),
        "at": moment(str(record["observed_at"])),
        "attempt": sheet.words.choice("outcome", record["attempt"]),
    }  # fmt: skip
    sheet.tell("finding.record", indent, **values)


def _change(sheet: Sheet, item: Mapping[str, Any], checks: Sequence[str]) -> None:
    found = item["finding"]
    until = found.get("valid_until")
    key = f"change.finding_{found['status']}"
    fix = sheet.words.check(checks[0]).fix if checks and found["status"] == "fail" else ""
    if found["status"] == "pass" and until:
        sheet.tell("change.finding_until", STEP, until=moment(until))
    elif fix:
        sheet.tell("change.do", STEP, fix=fix)
    elif sheet.knows(key):
        sheet.tell(key, STEP)
    if item["lift"]:
        right = f"right.{item['lift']}"
        said = sheet.word(right) if sheet.knows(right) else item["lift"]
        sheet.tell("change.lift", STEP, right=said)
