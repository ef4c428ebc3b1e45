"""Surveys of a computer written down in a test, and what the checks make of them."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from posture_scan.checks.backup import backup
from posture_scan.checks.backup.collect import backup_survey
from posture_scan.checks.backup.facts import BackupJob, BackupSurvey, Place, Proof

from posture_scan.collect.tape import TapeHost, parse_tape
from posture_scan.sdk import (
    Context,
    Facts,
    Service,
    Vantage,
    Verdict,
)
from tests.checks.computer import HOUR, NOW


def survey(host: Any) -> BackupSurvey:
    """Run the collector on a host of a test."""
    seen = backup_survey.function(host)
    assert isinstance(seen, BackupSurvey)
    return seen


def judge(
    seen: BackupSurvey, name: str, now: datetime = NOW, beside: Sequence[Facts] = ()
) -> Verdict:
    """Apply one check by its name."""
    context = Context(now, now, Service(), Vantage.HOST, tuple(beside))
    verdict = getattr(backup, name).judge(seen, context)
    assert isinstance(verdict, Verdict)
    return verdict


def told(seen: BackupSurvey, name: str, now: datetime = NOW) -> tuple[str, str]:
    """Return status and reason of one check."""
    verdict = judge(seen, name, now)
    return verdict.status.value, verdict.reason


def job(**more: Any) -> BackupJob:
    """A daily restic backup that ended well two hours ago, changed as the test wants."""
    base: dict[str, Any] = {
        "engine": "restic", "job": "/etc/cron.d/restic:1", "schedule_seconds": 86_400,
        "enabled": True, "last_run_failed": False, "destination": "s3:s3.example/bucket",
        "destination_class": Place.OBJECT_STORAGE, "versioned": True,
        "separate_credentials": True, "proofs": (Proof("engine_message", "A", NOW - 2 * HOUR),),
    }  # fmt: skip
    return BackupJob(**(base | more))


def seen_with(*jobs: BackupJob, **more: Any) -> BackupSurvey:
    """A survey of a server that could be read completely."""
    base: dict[str, Any] = {
        "platform": "linux", "elevated": True, "role": "server", "clock_synchronised": True,
        "jobs": jobs, "collected_at": NOW,
    }  # fmt: skip
    return BackupSurvey(**(base | more))


def tape(platform: str, entries: Sequence[dict[str, Any]], **more: Any) -> TapeHost:
    """A tape put together by a test, marked as such, through the real reader of tapes."""
    table = {
        "schema": 1, "provenance": "constructed", "platform": platform, "locale": "ja-JP",
        "captured_at": NOW.isoformat(), "privilege": "admin", "tool": "test", "homes": [],
        "entries": list(entries), **more,
    }  # fmt: skip
    return TapeHost(parse_tape(json.dumps(table).encode(), "constructed"))


def printed(
    argv: Sequence[str], text: str | bytes, code: int = 0, err: bytes = b""
) -> dict[str, Any]:
    """A tape's entry of a command."""
    data = text.encode() if isinstance(text, str) else text
    return {
        "kind": "cmd", "argv": list(argv), "rc": code,
        "stdout_b64": base64.b64encode(data).decode(),
        "stderr_b64": base64.b64encode(err).decode(),
    }  # fmt: skip
