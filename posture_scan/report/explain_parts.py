"""Gates, groups, certificates, and the list of what can be explained, as text."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from posture_scan.report.explain_check import findings
from posture_scan.report.explain_criterion import unlock, worth
from posture_scan.report.explain_page import STEP, Sheet, share, source
from posture_scan.report.findings import reason_said
from posture_scan.report.tables import trace_step


def gates(sheet: Sheet, shown: Mapping[str, Any]) -> None:
    """Write the gates: what opens each, what closes it, what it suspends, what it is worth."""
    rated = shown["report"] is not None
    sheet.held("gates.title")
    sheet.held("gates.what")
    if rated and not shown["gates"]:
        sheet.tell("gates.none_open")
    for item in shown["gates"]:
        sheet.head(sheet.criterion(item["criterion"]))
        _gate(sheet, item, rated=rated)
    if shown["suspended"]:
        sheet.head(sheet.word("head.suspended"))
        for step, lost in shown["suspended"].items():
            sheet.item(sheet.word(f"gates.lost_{step}", lost=share(_positive(lost))))
    unlock(sheet, shown["unlock"])
    if shown["missing"]:
        sheet.held("gates.missing", names=sheet.listed(shown["missing"]))
    if shown["closed"]:
        sheet.tell("gates.closed", names=sheet.listed(shown["closed"]))


def _positive(value: str) -> str:
    return value.removeprefix("-")


def _gate(sheet: Sheet, item: Mapping[str, Any], *, rated: bool) -> None:
    sheet.gate(item["gate"])
    if sheet.priced:
        sheet.tell("gates.referral", words=sheet.own(item["referral"]))
    if rated:
        status = sheet.words.choice("criterion", item["status"])
        based_on = sheet.words.choice("evidence", item["evidence_class"] or "none")
        sheet.tell("criterion.stands", status=status, evidence=based_on)
        findings(sheet, item["findings"])
        for reason in item["reasons"]:
            sheet.item(reason_said(reason, sheet.words), 0)
    sheet.tell("gates.closes", action=sheet.own(item["action"]))
    worth(sheet, item["fix"])


def group(sheet: Sheet, shown: Mapping[str, Any]) -> None:
    """Write a group: floor or levels, members, what it came to."""
    known = shown["group"]
    sheet.say(f"{shown['id']} {sheet.own(known['name'])}")
    sheet.pair("weight", known["weight"])
    if known["floor"]:
        sheet.tell("group.floor", floor=known["floor"])
    if known["levels"]:
        sheet.tell("group.levels")
        for level in known["levels"]:
            values = {**level, "name": sheet.own(level["name"])}
            sheet.item(sheet.word("group.level", **values))
    source(sheet, known["source"])
    sheet.head(sheet.word("head.members"))
    for item in shown["members"]:
        _member(sheet, item)
    if shown["steps"]:
        sheet.head(sheet.word("head.steps"))
        for step in shown["steps"]:
            sheet.item(trace_step(step, sheet.words.currency, sheet.words))
    _earned(sheet, shown["share"])


def _member(sheet: Sheet, item: Mapping[str, Any]) -> None:
    said = sheet.word("group.member", criterion=sheet.criterion(item["criterion"]),
                      weight=item["weight"])  # fmt: skip
    if item["status"]:
        status = sheet.words.choice("criterion", item["status"])
        based_on = sheet.words.choice("evidence", item["evidence_class"] or "none")
        said += sheet.word("group.member_now", status=status, evidence=based_on)
    sheet.item(said)


def _earned(sheet: Sheet, amount: str | None) -> None:
    try:
        earned = Decimal(amount or "0")
    except InvalidOperation:
        return
    if earned > 0:
        sheet.tell("criterion.earns", money=sheet.words.money(str(earned)))
    elif earned < 0:
        sheet.tell("criterion.costs", money=sheet.words.money(str(-earned)))


def certificate(sheet: Sheet, shown: Mapping[str, Any]) -> None:
    """Write a certificate: its credit and cap, and whether it counts."""
    known = shown["certificate"]
    sheet.say(f"{shown['id']} {sheet.own(known['name'])}")
    sheet.tell("certificate.credit", credit=share(known["credit"]))
    source(sheet, known["source"], STEP)
    if known["best_of"]:
        names = sheet.listed(f"{one['id']} {share(one['credit'])}" for one in known["best_of"])
        sheet.tell("certificate.best_of", names=names)
    if known["self_declared"]:
        sheet.tell("certificate.self_declared")
    caps = {"cap": share(known["cap"]), "total": share(known["total_cap"])}
    sheet.tell("certificate.caps", **caps)
    source(sheet, known["cap_source"], STEP)
    if shown["today"] is not None:
        sheet.head(sheet.word("head.today"))
        _held(sheet, shown["today"])


def _held(sheet: Sheet, today: Mapping[str, Any]) -> None:
    money = sheet.words.money(today["worth"])
    if not today["held"]:
        sheet.tell("certificate.not_held", money=money)
    elif today["better"]:
        sheet.tell("certificate.better", names=sheet.listed(today["better"]))
    elif today["status"] != "ok":
        sheet.tell("certificate.suspended", money=money)
    else:
        sheet.tell("certificate.counts", money=money)
    for step in today["steps"]:
        sheet.item(trace_step(step, sheet.words.currency, sheet.words))


def listed(sheet: Sheet, shown: Mapping[str, Any]) -> None:
    """Write what can be explained."""
    sheet.tell("list.title")
    sheet.head(sheet.word("list.criteria"))
    for item in shown["groups"]:
        members = [one["id"] for one in shown["criteria"] if one["group"] == item["id"]]
        sheet.say(f"{item['id']} {sheet.own(item['title'])}: {', '.join(members)}", STEP)
    sheet.head(sheet.word("list.figures"))
    sheet.say(", ".join([*shown["figures"], "gates", "trace"]), STEP)
    if shown["certificates"]:
        sheet.head(sheet.word("list.certificates"))
        sheet.say(", ".join(item["id"] for item in shown["certificates"]), STEP)
    sheet.gap()
    sheet.tell("list.checks", count=len(shown["checks"]), example=shown["checks"][0])
