"""Looks at a computer of a test through one subject; every verdict must have its words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from posture_scan.engine.packs import LoadedCheck, load_packs
from posture_scan.sdk import Collector, CommandResult, Context, Facts, Service, Vantage, Verdict
from posture_scan.text.catalog import fill
from tests.checks.computer import NOW, FakeHost, out


@cache
def _checks() -> dict[str, LoadedCheck]:
    found = load_packs()
    assert not found.problems, found.problems
    return {item.id: item for item in found.checks if item.pack == "host"}


def seen(collector: Collector, host: Any) -> Any:
    """Run a collector on a host of a test."""
    facts = collector.function(host)
    assert isinstance(facts, collector.returns)
    return facts


def verdict(name: str, facts: Facts, *beside: Facts) -> Verdict:
    """Apply a check by its id; its sentence must be there in both languages, and be filled."""
    item = _checks()[name]
    found = item.check.judge(facts, Context(NOW, NOW, Service(), Vantage.HOST, beside))
    for language in ("ja", "en"):
        words = item.meta.words[language]
        assert words.why
        assert words.fix
        assert words.verify
        sentence = words.reasons.get(found.reason)
        assert sentence, (name, language, found.reason)
        values: dict[str, object] = dict(found.values)
        assert "{" not in fill(sentence, values), (name, found.reason, values)
        if "{lift}" in sentence:
            assert values["lift"] in words.terms, (name, values)
    return found


def told(name: str, facts: Facts, *beside: Facts) -> tuple[str, str]:
    """Return status and reason of one check."""
    found = verdict(name, facts, *beside)
    return found.status.value, found.reason


def lift(name: str, facts: Facts, *beside: Facts) -> object:
    """Return what would lift an ``unknown``."""
    return dict(verdict(name, facts, *beside).values).get("lift")


def windows(answer: Mapping[str, Any] | CommandResult | None = None, **more: Any) -> FakeHost:
    """A Windows computer whose PowerShell gives this answer; constructed from documentation."""
    said = answer if isinstance(answer, CommandResult) else out(json.dumps(answer or {}))
    commands = {} if answer is None else {"powershell": said}
    given: dict[str, Any] = {"platform": "windows", "commands": commands, "elevated": False}
    return FakeHost(**(given | more))
