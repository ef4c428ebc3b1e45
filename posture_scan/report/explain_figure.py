"""Figures, and the calculation as a table that adds up, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from posture_scan.report.explain_page import STEP, Sheet, share, source
from posture_scan.report.tables import trace_step
from posture_scan.report.wording import Wording

_SHARES: Final = frozenset({"controls", "certificates", "discount", "coverage"})
_PERCENT: Final = frozenset({"credit", "cap", "lost", "rate", "counted"})
_MONEY: Final = frozenset({"base-premium", "premium"})
_UNBOUND: Final = frozenset({"coverage", "grade", "base-premium"})
_POINTS: Final = ("score", "verified", "declared", "coverage")


def figure(sheet: Sheet, shown: Mapping[str, Any]) -> None:
    """Write the explanation of one figure."""
    name, terms, words = shown["id"], shown["terms"], sheet.words
    sheet.say(sheet.word(f"figure.{name}"))
    if shown["value"] is not None and name != "range":
        sheet.tell("figure_now", value=_value(sheet, name, shown["value"]))
    sheet.head(sheet.word("head.formula"))
    kind = terms["kind"]
    key = f"formula.{kind}.{name}"
    sheet.say(sheet.word(key if sheet.knows(key) else f"formula.{name}", **_spoken(terms)))
    if name == "base-premium" and terms["estimate"]:
        sheet.tell("formula.estimate", **_spoken(terms))
    if terms["debits"] and name in {"factor", "controls", "premium"}:
        sheet.tell("formula.debits")
    if shown["source"]:
        source(sheet, shown["source"])
    if shown["rows"]:
        _rows(sheet, name, shown["rows"])
    if shown["steps"]:
        sheet.head(sheet.word("head.steps"))
        for step in shown["steps"]:
            if not _neutral(step):
                sheet.item(trace_step(step, words.currency, words))
    _bounds(sheet, shown)
    if shown["limits"]:
        sheet.head(sheet.word("head.limits"))
        _limits(sheet, shown["limits"])


def _spoken(terms: Mapping[str, str]) -> dict[str, str]:
    return {name: _thousands(value) for name, value in terms.items()}


def _thousands(value: str) -> str:
    return f"{int(value):,}" if value.isdecimal() and value.isascii() else value


def _value(sheet: Sheet, name: str, value: Any) -> str:
    if name in _MONEY:
        return sheet.words.money(str(value))
    return share(value) if name in _SHARES else str(value)


def _rows(sheet: Sheet, name: str, rows: Mapping[str, Any]) -> None:
    sheet.head(sheet.word("head.rows"))
    if name in _POINTS:
        _points(sheet, rows)
    elif name == "grade":
        _grade(sheet, rows)
    else:
        for case in ("worst", "best"):
            _case(sheet, case, rows["range"][case])
        if rows["potential"]:
            _case(sheet, "potential", rows["potential"])


def _points(sheet: Sheet, rows: Mapping[str, Any]) -> None:
    words = sheet.words
    table = [
        [
            row["criterion"], words.choice("criterion", row["status"]),
            words.choice("evidence", row["evidence_class"] or "none"),
            f"{row['weight']} x {row['h']} x {row['z']}", row["points"],
        ]
        for row in rows["criteria"] if row["points"] != "0"
    ]  # fmt: skip
    if table:
        sheet.table(table, right=(4,))
    others = [row["criterion"] for row in rows["criteria"] if row["points"] == "0"]
    if others:
        sheet.tell("rows.none", names=", ".join(others))
    sheet.tell("rows.sum", points=rows["points"], weight=rows["weight"])


def _grade(sheet: Sheet, rows: Mapping[str, Any]) -> None:
    for step in rows["steps"]:
        sheet.tell("grade.step", STEP, grade=step["grade"], at=step["at_least"])
    sheet.tell("grade.lowest", STEP, grade=rows["lowest"])
    for ceiling in rows["ceilings"]:
        said = sheet.word(f"grade.{ceiling['cause']}", grade=ceiling["grade"])
        holds = sheet.word("grade.holds") if ceiling["holds"] else ""
        sheet.item(said + holds)
    source(sheet, rows["source"])


def _case(sheet: Sheet, name: str, case: Mapping[str, Any]) -> None:
    words = sheet.words
    score = words("not_assessed") if case.get("score") is None else case["score"]
    if case["premium"] is None:
        sheet.item(sheet.word(f"case.{name}_score", score=score))
        return
    discount = share(case.get("discount", "-"))
    values = {"score": score, "discount": discount, "premium": words.money(case["premium"])}
    sheet.item(sheet.word(f"case.{name}", **values))


def _bounds(sheet: Sheet, shown: Mapping[str, Any]) -> None:
    """Write what held a figure and what that cost."""
    if not shown["steps"] or shown["id"] in _UNBOUND:
        return
    sheet.head(sheet.word("head.bounds"))
    if not shown["bounds"]:
        sheet.tell("bound_none")
    for item in shown["bounds"]:
        sheet.item(_bound(sheet, item))


def _bound(sheet: Sheet, item: Mapping[str, Any]) -> str:
    name = sheet.word(f"limit.{item['bound']}", group=item["group"])
    if item["money"] is None:
        return sheet.word("bound_share", name=name, lost=item["lost"])
    return sheet.word("bound_money", name=name, money=sheet.words.money(item["money"]))


def _limits(sheet: Sheet, limits: Sequence[Mapping[str, Any]]) -> None:
    """Write each limit, and each source once, below the limits it stands for."""
    by_source: dict[str, Mapping[str, Any]] = {}
    for item in limits:
        by_source[item["source"]["id"]] = item["source"]
    for name, origin in by_source.items():
        for item in limits:
            if item["source"]["id"] == name:
                key, _, group = item["id"].partition(" ")
                said = sheet.word(f"limit.{key}", group=group)
                money = key == "minimum_premium"
                value = sheet.words.money(item["value"]) if money else _limit(key, item["value"])
                sheet.item(f"{said}: {value}")
        source(sheet, origin, 2 * STEP)


def _limit(key: str, value: str) -> str:
    return value if key in {"factor_min", "factor_max", "group_floor"} else share(value)


def trace(sheet: Sheet, shown: Mapping[str, Any]) -> None:
    """Write the calculation as a table, and below it the steps with the factors."""
    sheet.held("trace.title")
    if shown["ledger"] is None:
        sheet.tell("trace.requirements")
        for item in shown["requirements"]:
            _requirement(sheet, item)
    else:
        sheet.tell("trace.adds_up")
        sheet.gap()
        _ledger(sheet, shown["ledger"])
    sheet.head(sheet.word("head.steps"))
    for number, step in enumerate(shown["steps"], start=1):
        if not _neutral(step):
            said = trace_step(step, sheet.words.currency, sheet.words)
            sheet.say(said, 0, f"{number:2}. ")
    for kind, key in (("no_credit", "trace.neutral"), ("no_points", "rows.none")):
        quiet = [
            s["values"]["criterion"] for s in shown["steps"] if s["id"] == kind and _neutral(s)
        ]
        if quiet:
            sheet.tell(key, names=", ".join(quiet))


def _neutral(step: Mapping[str, Any]) -> bool:
    """Tell whether a criterion's step changes nothing; a list of ones helps nobody."""
    unmoved = step["id"] == "no_credit" and step["values"].get("r") == "1"
    return bool(unmoved or step["id"] == "no_points")


def _requirement(sheet: Sheet, item: Mapping[str, Any]) -> None:
    words = sheet.words
    status = words.choice("criterion", item["status"] or "unknown")
    based_on = words.choice("evidence", item["evidence_class"] or "none")
    line = sheet.word("trace.requirement", status=status, evidence=based_on,
                      criterion=sheet.criterion(item["criterion"]))  # fmt: skip
    sheet.item(line)


def _ledger(sheet: Sheet, item: Mapping[str, Any]) -> None:
    words = sheet.words
    head = [sheet.word(f"trace.{name}") for name in ("entry", "amount", "balance")]
    rows = [
        [entry_said(sheet, entry), _signed(words, entry), _bare(words, entry["balance"])]
        for entry in item["entries"]
    ]
    last = [sheet.word("trace.premium"), "", _bare(words, item["premium"])]
    sheet.table([head, *rows, last], right=(1, 2))


def entry_said(sheet: Sheet, entry: Mapping[str, Any]) -> str:
    """Return the one sentence that explains an entry of the ledger."""
    words, values = sheet.words, dict(entry["values"])
    kind, about = entry["kind"], entry["about"]
    if kind in {"credit", "debit"}:
        values["status"] = words.choice("criterion", values["status"])
        values["evidence"] = words.choice("evidence", values["evidence_class"] or "none")
    elif kind == "base":
        values["source"] = sheet.word(f"base.{values['source']}")
    elif kind == "suspended":
        values["status"] = words(f"status.{values['status']}.title")
    spoken = {key: share(value) if key in _PERCENT else value for key, value in values.items()}
    if about:
        about = sheet.criterion(about) if kind in {"credit", "debit"} else about
    return sheet.word(f"entry.{kind}", about=about or sheet.words("none_known"), **spoken)


def _signed(words: Wording, entry: Mapping[str, Any]) -> str:
    amount = _bare(words, entry["amount"])
    if entry["kind"] == "base" or amount.startswith("-") or entry["amount"] == "0":
        return amount
    return f"+{amount}"


def _bare(words: Wording, amount: str) -> str:
    """Return an amount with thousands separated and all its digits, without the currency."""
    sign, digits = ("-", amount[1:]) if amount.startswith("-") else ("", amount)
    whole, point, rest = digits.partition(".")
    if words.currency != "JPY" or rest:
        point, rest = ".", rest.ljust(2, "0")
    return f"{sign}{int(whole):,}{point}{rest}"
