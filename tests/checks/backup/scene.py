"""A computer written down in a test: files and command outputs behind the tape's interface."""

from __future__ import annotations

import base64
import fnmatch
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from posture_scan.checks.backup import backup
from posture_scan.checks.backup.collect import backup_survey
from posture_scan.checks.backup.facts import BackupJob, BackupSurvey, Place, Proof

from posture_scan.collect.tape import TapeHost, parse_tape
from posture_scan.sdk import (
    Attempt,
    AttemptError,
    CommandResult,
    Context,
    FileInfo,
    Service,
    Vantage,
    Verdict,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

Reply = CommandResult | Attempt


@dataclass
class FakeHost:
    """Files by path and command outputs by command line; everything else is not there."""

    files: Mapping[str, str | bytes | Attempt] = field(default_factory=dict)
    commands: Mapping[str, Reply] = field(default_factory=dict)
    times: Mapping[str, datetime] = field(default_factory=dict)
    closed: Sequence[str] = ()
    """Patterns that may not be listed."""
    platform: str = "linux"
    elevated: bool = True
    now: datetime = NOW
    home: tuple[str, ...] = ("/root",)
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def run(self, argv: tuple[str, ...], *, timeout: float = 5.0) -> CommandResult:
        assert timeout > 0
        self.asked.append(argv)
        line = " ".join(argv)
        for start, reply in self.commands.items():
            if line.startswith(start):
                if isinstance(reply, Attempt):
                    raise AttemptError(reply, argv[0])
                return reply
        raise AttemptError(Attempt.TOOL_MISSING, argv[0])

    def read(self, path: str, *, limit: int = 1_048_576) -> bytes:
        content = self.files.get(path)
        if isinstance(content, Attempt):
            raise AttemptError(content, path)
        if content is None:
            raise AttemptError(Attempt.TOOL_MISSING, path)
        data = content.encode() if isinstance(content, str) else content
        if len(data) > limit:
            raise AttemptError(Attempt.LIMIT_REACHED, path)
        return data

    def stat(self, path: str) -> FileInfo:
        path = path.rstrip("/") or "/"
        if path not in self.files and not any(name.startswith(f"{path}/") for name in self.files):
            raise AttemptError(Attempt.TOOL_MISSING, path)
        return self._info(path)

    def glob(self, pattern: str, *, limit: int = 1000) -> tuple[FileInfo, ...]:
        if pattern in self.closed:
            raise AttemptError(Attempt.PERMISSION_DENIED, pattern)
        depth = pattern.count("/")
        paths = {"/".join(name.split("/")[: depth + 1]) for name in self.files}
        found = sorted(path for path in paths if fnmatch.fnmatchcase(path, pattern))
        if len(found) > limit:
            raise AttemptError(Attempt.LIMIT_REACHED, pattern)
        return tuple(self._info(path) for path in found if path.count("/") == depth)

    def homes(self) -> tuple[str, ...]:
        return self.home

    def _info(self, path: str) -> FileInfo:
        return FileInfo(
            path, 1, 0o755, self.times.get(path, NOW - 90 * DAY), is_dir=path not in self.files
        )


def out(text: str | bytes, code: int = 0, stderr: bytes = b"") -> CommandResult:
    """What a command printed."""
    return CommandResult(code, text.encode() if isinstance(text, str) else text, stderr)


def survey(host: Any) -> BackupSurvey:
    """Run the collector on a host of a test."""
    seen = backup_survey.function(host)
    assert isinstance(seen, BackupSurvey)
    return seen


def judge(seen: BackupSurvey, name: str, now: datetime = NOW) -> Verdict:
    """Apply one check by its name."""
    context = Context(now, now, Service(), Vantage.HOST)
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
