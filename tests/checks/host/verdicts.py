"""What a check of the computer makes of facts, with its sentence filled in both languages."""

from __future__ import annotations

from datetime import datetime

from posture_scan.engine.packs import load_packs
from posture_scan.sdk import Context, Facts, Service, Vantage, Verdict
from posture_scan.text.catalog import fill
from tests.checks.computer import NOW

CHECKS = {item.id: item for item in load_packs().checks if item.pack == "host"}


def judge(name: str, facts: Facts, now: datetime = NOW) -> Verdict:
    """Apply a check by its id; its reason must have a sentence that leaves nothing open."""
    item = CHECKS[name]
    verdict = item.check.judge(facts, Context(now, now, Service(), Vantage.HOST))
    for language in ("ja", "en"):
        sentence = item.meta.words[language].reasons[verdict.reason]
        assert "{" not in fill(sentence, dict(verdict.values)), (name, verdict.reason)
    return verdict


def told(name: str, facts: Facts, now: datetime = NOW) -> tuple[str, str]:
    """Return status and reason."""
    verdict = judge(name, facts, now)
    return verdict.status.value, verdict.reason


def lift(name: str, facts: Facts) -> object:
    """Return what an unknown says would open it."""
    verdict = judge(name, facts)
    assert verdict.status.value == "unknown"
    return dict(verdict.values)["lift"]
