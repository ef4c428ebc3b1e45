"""A computer written down in a test: files, command outputs and settings behind one interface."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from posture_scan.sdk import (
    Attempt,
    AttemptError,
    CommandResult,
    FileInfo,
    RegistryData,
    SystemRow,
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
    values: Mapping[str, RegistryData | Attempt] = field(default_factory=dict)
    """Values of the registry by ``KEY\\name``."""
    answers: Mapping[str, Sequence[SystemRow] | Attempt] = field(default_factory=dict)
    """What the system answers, by ``question`` or ``question:subject``."""
    tables: Mapping[str, Sequence[SystemRow] | Attempt] = field(default_factory=dict)
    """What a question to a SQLite file finds, by the file's path."""
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

    def head(self, path: str, *, lines: int, limit: int = 4096) -> bytes:
        found = self.read(path).splitlines(keepends=True)[:lines]
        if len(b"".join(found)) > limit:
            raise AttemptError(Attempt.LIMIT_REACHED, path)
        return b"".join(found)

    def select(self, path: str, statement: str, *, limit: int = 10_000) -> tuple[SystemRow, ...]:
        assert statement.startswith("SELECT ")
        found = self.tables.get(path)
        if found is None or isinstance(found, Attempt):
            raise AttemptError(found or Attempt.TOOL_MISSING, path)
        if len(found) > limit:
            raise AttemptError(Attempt.LIMIT_REACHED, path)
        return tuple(found)

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

    def registry(self, key: str, name: str) -> RegistryData:
        found = self.values.get(f"{key}\\{name}")
        if found is None or isinstance(found, Attempt):
            raise AttemptError(found or Attempt.TOOL_MISSING, f"{key}\\{name}")
        return found

    def registry_keys(self, key: str) -> tuple[str, ...]:
        inside = [name[len(key) + 1 :] for name in self.values if name.startswith(f"{key}\\")]
        if not inside:
            raise AttemptError(Attempt.TOOL_MISSING, key)
        return tuple(sorted({name.split("\\")[0] for name in inside if "\\" in name}))

    def system(self, question: str, subject: str = "") -> tuple[SystemRow, ...]:
        found = self.answers.get(f"{question}:{subject}" if subject else question)
        if found is None or isinstance(found, Attempt):
            raise AttemptError(found or Attempt.TOOL_MISSING, question)
        return tuple(found)

    def _info(self, path: str) -> FileInfo:
        return FileInfo(
            path, 1, 0o755, self.times.get(path, NOW - 90 * DAY), is_dir=path not in self.files
        )


def out(text: str | bytes, code: int = 0, stderr: bytes = b"") -> CommandResult:
    """What a command printed."""
    return CommandResult(code, text.encode() if isinstance(text, str) else text, stderr)
