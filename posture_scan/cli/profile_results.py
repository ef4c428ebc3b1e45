"""What ``profiles test`` and ``profiles relativity`` print."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from posture_scan.cli.profile_page import wrapped
from posture_scan.rating.exact import to_decimals
from posture_scan.rating.examples import Outcome
from posture_scan.rating.profile import Profile
from posture_scan.rating.relativity import Relativity
from posture_scan.report.figures import money, percent, plain
from posture_scan.text.catalog import Catalog

SHOWN: Final = 6
"""Decimals of the steps of a calculation."""
MONEY: Final = frozenset({"premium"})
SHARES: Final = frozenset({"discount", "coverage"})


def outcome_lines(profile: Profile, outcome: Outcome, language: str) -> Iterator[str]:
    """Return what is printed of one example that was worked out."""
    say = Catalog(language)
    mark = say("profiles.test.ok" if outcome.ok else "profiles.test.differs")
    yield from wrapped(f"{mark}  {outcome.example.id}: {outcome.example.text.of(language)}", 2, 4)
    for item in outcome.differences:
        values = {
            "figure": say(f"profiles.figure.{item.key}"),
            "expected": _figure(item.key, item.expected, profile, language),
            "got": "-" if item.got is None else _figure(item.key, item.got, profile, language),
        }
        yield from wrapped(say("profiles.test.difference", **values), 6)


def _figure(key: str, text: str, profile: Profile, language: str) -> str:
    if key in MONEY:
        return money(Decimal(text), profile.currency, language)
    if key in SHARES:
        return percent(Decimal(text))
    return Catalog(language)(f"profiles.status.{text}") if key == "status" else text


def relativity_lines(result: Relativity, language: str) -> Iterator[str]:
    """Return the working of a relativity, step by step for a pocket calculator."""
    say, data = Catalog(language), result.data
    given = {"rr": plain(data.rr), "p": plain(data.prevalence), "keep": plain(data.keep)}
    shown = {
        name: plain(to_decimals(getattr(result, name), SHOWN))
        for name in ("average", "raw_met", "raw_not", "met", "not_met")
    }
    values = {**given, **shown, "r_met": f"{result.r_met:f}", "r_not": f"{result.r_not:f}"}
    for step in ("given", "average", "raw_met", "raw_not", "met", "not_met", "write"):
        yield say(f"profiles.relativity.{step}", **values)


def relativity_json(result: Relativity) -> dict[str, Any]:
    """Return a relativity as JSON values; figures are text."""
    data = result.data
    steps = ("average", "raw_met", "raw_not")
    return {
        "rr": plain(data.rr), "prevalence": plain(data.prevalence), "keep": plain(data.keep),
        **{name: plain(to_decimals(getattr(result, name), SHOWN)) for name in steps},
        "r_met": f"{result.r_met:f}", "r_not": f"{result.r_not:f}",
    }  # fmt: skip
