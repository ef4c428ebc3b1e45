"""A profile's rules in plain words: what is read, what decides, what counts as evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from posture_scan.report.explain_page import STEP, Sheet, share

_FLAGS = ("fully_scanned", "named_only", "outside_only", "seen_only", "data_only")


def rule(sheet: Sheet, item: Mapping[str, Any], indent: int = STEP) -> None:
    """Write one rule."""
    places = sheet.listed(sheet.word(f"asset.{kind}") for kind in item["assets"])
    vantage = sheet.listed(sheet.words.choice("vantage", seen) for seen in item["vantage"])
    form = "reads_papers" if item["documented"] else "reads"
    sheet.say(sheet.word(f"rule.{form}", assets=places, vantage=vantage), indent, "* ")
    for key in ("not_met_if", "partial_if", "unproven_if"):
        if item[key]:
            sheet.tell(f"rule.{key}", indent + STEP)
            for check in item[key]:
                sheet.item(sheet.check(check), indent + 2 * STEP)
    for sentence in terms(sheet, item):
        sheet.say(sentence, indent + STEP)


def terms(sheet: Sheet, item: Mapping[str, Any]) -> Iterator[str]:
    """Return how a rule decides and what it takes for evidence."""
    if item["mode"] == "share":
        met, weak = share(item["met_share"]), share(item["weak_share"])
        yield sheet.word("rule.share", met=met, weak=weak)
    else:
        yield sheet.word("rule.worst")
    for flag in _FLAGS:
        if item[flag]:
            yield sheet.word(f"rule.{flag}")
    yield sheet.word(f"rule.absent_{item['absent']}")
    yield sheet.word("rule.confidence", confidence=item["min_confidence"])
    yield from _age(sheet, item)


def _age(sheet: Sheet, item: Mapping[str, Any]) -> Iterator[str]:
    if item["days"] == item["host_days"]:
        yield sheet.word("rule.days", days=item["days"])
    else:
        yield sheet.word("rule.days_each", days=item["days"], host_days=item["host_days"])
    for method, days in item["days_by_method"].items():
        yield sheet.word("rule.days_method", method=method_name(sheet, method), days=days)


def method_name(sheet: Sheet, method: str) -> str:
    """Return how something was learnt, in words; a stranger's method by its id."""
    return sheet.word(f"method.{method}") if sheet.knows(f"method.{method}") else method


def question(sheet: Sheet, item: Mapping[str, Any]) -> None:
    """Write what a person is asked, part by part."""
    sheet.say(sheet.own(item["text"]), STEP)
    for path in item["paths"]:
        line = f"{sheet.own(path['label'])}: {_choices(sheet, path['choices'])}"
        sheet.item(line, STEP)
        if path["contradicted_by"]:
            checks = sheet.listed(sheet.check(name) for name in path["contradicted_by"])
            sheet.tell("rule.contradicted_by", 3 * STEP, checks=checks)
    if item["choices"]:
        sheet.say(_choices(sheet, item["choices"]), STEP)
    if item["document_max_age_days"]:
        sheet.tell("rule.document_days", STEP, days=item["document_max_age_days"])


def _choices(sheet: Sheet, choices: list[str]) -> str:
    words = sheet.words.text
    return " / ".join(words(f"answers.choice.{choice}") for choice in choices)
