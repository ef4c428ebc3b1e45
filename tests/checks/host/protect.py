"""Looks at a computer of a test through one subject of its protection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from posture_scan.sdk import Collector, CommandResult
from tests.checks.computer import FakeHost, out


def seen(collector: Collector, host: Any) -> Any:
    """Run a collector on a host of a test."""
    facts = collector.function(host)
    assert isinstance(facts, collector.returns)
    return facts


def windows(answer: Mapping[str, Any] | CommandResult | None = None, **more: Any) -> FakeHost:
    """A Windows computer whose PowerShell gives this answer; constructed from documentation."""
    said = answer if isinstance(answer, CommandResult) else out(json.dumps(answer or {}))
    commands = {} if answer is None else {"powershell": said}
    given: dict[str, Any] = {"platform": "windows", "commands": commands, "elevated": False}
    return FakeHost(**(given | more))
