"""One criterion as text: its figures and source, its rules in plain words, where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from posture_scan.report.explain_check import findings
from posture_scan.report.explain_page import Sheet, source
from posture_scan.report.explain_rule import question, rule
from posture_scan.report.findings import reason_said
from posture_scan.report.summary import spoken_answer
from posture_scan.report.tables import trace_step

_FRAMEWORKS = {
    "scs": "SCS", "ipa25": "IPA-25", "cis": "CIS v8", "csf": "CSF 2.0",
    "cyber_essentials": "Cyber Essentials",
}  # fmt: skip


def criterion(sheet: Sheet, shown: Mapping[str, Any]) -> None:
    """Write the explanation of one criterion."""
    known = shown["criterion"]
    sheet.say(sheet.criterion(shown["id"]))
    _figures(sheet, shown["profile"]["kind"], known, shown["terms"])
    source(sheet, known["source"])
    ids = [f"{_FRAMEWORKS[name]} {', '.join(items)}" for name, items in
           known["frameworks"].items() if items]  # fmt: skip
    sheet.pair("frameworks", "; ".join(ids))
    sheet.head(sheet.word("head.rules"))
    if not known["rules"]:
        sheet.tell("criterion.no_rule")
    for item in known["rules"]:
        rule(sheet, item, 0)
    if known["question"]:
        sheet.head(sheet.word("head.question"))
        question(sheet, known["question"])
    if shown["report"] is not None:
        sheet.head(sheet.word("head.today"))
        if shown["today"] is None:
            sheet.tell("criterion.not_in_report")
        else:
            today(sheet, known, shown["id"], shown["today"])


def _figures(sheet: Sheet, kind: str, known: Mapping[str, Any], terms: Mapping[str, str]) -> None:
    values = {"group": known["group"], "name": sheet.own(known["group_name"])}
    sheet.pair("group", sheet.word("criterion.group", **values))
    weight = {"weight": known["weight"], "total": known["weight_total"]}
    sheet.pair("weight", sheet.word("criterion.weight", **weight))
    if kind == "discount":
        sheet.tell("criterion.r_met", r=known["r_met"], **terms)
        if known["r_not"]:
            sheet.tell("criterion.r_not", r=known["r_not"])
        else:
            sheet.tell("criterion.no_debit")
    elif kind == "schedule":
        sheet.tell("criterion.points", group=known["group"], **terms)
    if known["gate"]:
        sheet.gate(known["gate"])
    if known["minimum"]:
        sheet.held("criterion.minimum")
    if known["needs_machine"]:
        sheet.held("criterion.needs_machine")
    sheet.tell("criterion.hours", effort=known["effort_hours"], prove=known["prove_hours"])


def today(sheet: Sheet, known: Mapping[str, Any], name: str, item: Mapping[str, Any]) -> None:
    """Write where a criterion stands in the report, why, and what would change it."""
    words = sheet.words
    status = words.choice("criterion", item["status"])
    based_on = words.choice("evidence", item["evidence_class"] or "none")
    sheet.tell("criterion.stands", status=status, evidence=based_on)
    _disagreement(sheet, name, item["disagreement"])
    findings(sheet, item["findings"])
    reasons = dict.fromkeys(reason_said(reason, words) for reason in item["reasons"])
    for sentence in reasons:
        if sentence:
            sheet.item(sentence, 0)
    for step in item["steps"]:
        said = trace_step(step, words.currency, words)
        sheet.tell("criterion.step", step=said)
    _money(sheet, item)
    _change(sheet, known, item)


def _disagreement(sheet: Sheet, name: str, item: Mapping[str, Any] | None) -> None:
    if item is None:
        return
    words = sheet.words
    criterion_words = words.criterion(name)
    values = {
        key: spoken_answer(str(item.get(key, "")), criterion_words, words)
        for key in ("answer", "seen")
    }
    sheet.say(words.choice("contradiction.kind", item["kind"]))
    sheet.tell("criterion.disagreement", **values)


def _money(sheet: Sheet, item: Mapping[str, Any]) -> None:
    money, share = sheet.words.money, item["share"]
    if share and _amount(share) > 0:
        sheet.tell("criterion.earns", money=money(share))
    elif share and _amount(share) < 0:
        sheet.tell("criterion.costs", money=money(str(-_amount(share))))
    if item["open_gate"]:
        sheet.held("criterion.open_gate")
    if item["missing"]:
        sheet.held("criterion.missing")
    worth(sheet, item["fix"])
    unlock(sheet, item["unlock"])


def worth(sheet: Sheet, fix: Mapping[str, Any] | None) -> None:
    """Write what meeting or proving a criterion is worth by itself."""
    if fix is None:
        return
    reach = fix.get("reachable", {})
    best = reach.get("yen", fix["yen"]) if fix["kind"] == "answer" else fix["yen"]
    if _amount(best) > 0:
        sheet.tell(f"worth.{fix['kind']}", money=sheet.words.money(best))
    else:
        sheet.tell("worth.nothing")


def unlock(sheet: Sheet, item: Mapping[str, Any] | None) -> None:
    """Write what settling everything that suspends the discount is worth together."""
    if item and _amount(item["yen"]) > 0:
        names = sheet.listed(item["criteria"])
        sheet.tell("worth.unlock", names=names, money=sheet.words.money(item["yen"]))


def _change(sheet: Sheet, known: Mapping[str, Any], item: Mapping[str, Any]) -> None:
    change = item["change"]
    if change == "fix":
        sheet.tell("change.fix", action=sheet.own(known["action"]))
    elif change in {"prove", "better"}:
        sheet.tell(f"change.{change}", prove=sheet.own(known["prove"]))
    elif change == "holds":
        key = "change.not_applicable" if item["status"] == "not_applicable" else "change.holds"
        sheet.tell(key)
    else:
        sheet.tell(f"change.{change}", prove=sheet.own(known["prove"]))


def _amount(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal(0)
