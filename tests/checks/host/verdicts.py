"""What a check of the computer makes of facts, with its sentence filled in both languages."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from posture_scan.checks.host.collect_clock import ClockFacts
from posture_scan.checks.host.collect_firewall import FirewallState

from posture_scan.engine.pack_set import LoadedCheck
from posture_scan.engine.packs import load_packs
from posture_scan.sdk import Context, Facts, Service, Vantage, Verdict
from posture_scan.text.catalog import fill
from tests.checks.computer import NOW

KEPT = ClockFacts("linux", elevated=True, synchronised=True, source="timedatectl")
"""Stands beside what is judged by ages, unless a test says otherwise."""
NO_CLOCK = FirewallState("linux", elevated=True)
"""Any other facts: beside them stands no clock."""


@cache
def _checks() -> dict[str, LoadedCheck]:
    found = load_packs()
    assert not found.problems, found.problems
    return {item.id: item for item in found.checks if item.pack == "host"}


def judge(name: str, facts: Facts, *beside: Facts, now: datetime = NOW) -> Verdict:
    """Apply a check by its id; its reason must have a sentence that leaves nothing open.

    What stayed closed must be named, so that a person knows what to open.
    """
    item = _checks()[name]
    if item.check.beside is ClockFacts:
        beside = beside or (KEPT,)
    verdict = item.check.judge(facts, Context(now, now, Service(), Vantage.HOST, beside))
    values: dict[str, object] = dict(verdict.values)
    for language in ("ja", "en"):
        words = item.meta.words[language]
        sentence = words.reasons.get(verdict.reason)
        assert sentence, (name, language, verdict.reason)
        assert "{" not in fill(sentence, values), (name, verdict.reason, values)
        assert "{what}" not in sentence or values["what"], (name, verdict.reason)
        for given in ("lift", "origin"):  # ids, which only the terms turn into words
            if f"{{{given}}}" in sentence:
                assert values[given] in words.terms, (name, values)
    return verdict


def told(name: str, facts: Facts, *beside: Facts, now: datetime = NOW) -> tuple[str, str]:
    """Return status and reason."""
    verdict = judge(name, facts, *beside, now=now)
    return verdict.status.value, verdict.reason


def lift(name: str, facts: Facts, *beside: Facts) -> object:
    """Return what an unknown says would open it."""
    verdict = judge(name, facts, *beside)
    assert verdict.status.value == "unknown"
    return dict(verdict.values).get("lift")
