"""A computer from a recording: what it answered once, played back for tests and for others.

A tape is one JSON file (schema 1) that says where it came from. What a collector asks for and
the tape does not hold raises ``tool_missing`` naming the entry, so that a gap in a recording
never looks like an empty answer.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from posture_scan.collect.strict_json import as_object, bounded_json, member, members
from posture_scan.errors import UsageError
from posture_scan.sdk import (
    Attempt,
    AttemptError,
    CommandResult,
    FileInfo,
    RegistryData,
    SystemRow,
)

SCHEMA: Final = 1
PROVENANCES: Final = ("recorded-real", "recorded-third-party", "constructed")
PLATFORMS: Final = ("linux", "windows", "darwin")
LIMIT: Final = 33_554_432
"""Bytes a tape may have: one computer's answers are far below a tenth of it."""

Key = tuple[str, ...]


class TapeHost:
    """Plays a tape back through the same interface as the real computer."""

    def __init__(self, tape: dict[str, Any], *, now: datetime | None = None) -> None:
        """Take a checked tape; ``now`` stands for the moment of the recording unless given."""
        self.platform = str(tape["platform"])
        self.elevated = tape["privilege"] == "admin"
        self.now = now or datetime.fromisoformat(tape["captured_at"]).astimezone(UTC)
        self.provenance = str(tape["provenance"])
        self._homes = tuple(tape["homes"])
        self._entries: dict[Key, dict[str, Any]] = {
            entry_key(item): item for item in tape["entries"]
        }

    @classmethod
    def load(cls, path: Path, *, now: datetime | None = None) -> TapeHost:
        """Read a tape from a file; UsageError says what is wrong with it."""
        try:
            with path.open("rb") as file:
                data = file.read(LIMIT + 1)
        except OSError as error:
            raise UsageError("tape.unreadable", path=str(path)) from error
        return cls(parse_tape(data, str(path)), now=now)

    def run(self, argv: tuple[str, ...], *, timeout: float = 5.0) -> CommandResult:  # noqa: ARG002
        """Return what the command printed when the tape was made."""
        entry = self._entry("cmd", *argv)
        return CommandResult(
            entry["rc"],
            _bytes(entry, "stdout_b64"),
            _bytes(entry, "stderr_b64"),
            truncated=bool(entry.get("truncated")),
        )

    def read(self, path: str, *, limit: int = 1_048_576) -> bytes:
        """Return the recorded content of a file."""
        data = _bytes(self._entry("file", path), "b64")
        if len(data) > limit:
            raise AttemptError(Attempt.LIMIT_REACHED, path)
        return data

    def head(self, path: str, *, lines: int, limit: int = 4096) -> bytes:
        """Return the recorded first lines of a file."""
        data = _bytes(self._entry("head", path, str(lines)), "b64")
        if len(data) > limit:
            raise AttemptError(Attempt.LIMIT_REACHED, path)
        return data

    def select(self, path: str, statement: str, *, limit: int = 10_000) -> tuple[SystemRow, ...]:
        """Return the recorded rows of a question to a SQLite file."""
        rows = self._entry("select", path, statement)["rows"]
        if len(rows) > limit:
            raise AttemptError(Attempt.LIMIT_REACHED, path)
        return tuple(rows)

    def stat(self, path: str) -> FileInfo:
        """Return what the file system said of the path."""
        return _file_info(self._entry("stat", path))

    def glob(self, pattern: str, *, limit: int = 1000) -> tuple[FileInfo, ...]:
        """Return what matched the pattern when the tape was made."""
        matches = self._entry("glob", pattern)["matches"]
        if len(matches) > limit:
            raise AttemptError(Attempt.LIMIT_REACHED, pattern)
        return tuple(_file_info(item) for item in matches)

    def homes(self) -> tuple[str, ...]:
        """Return the recorded home directories."""
        return self._homes

    def registry(self, key: str, name: str) -> RegistryData:
        """Return a recorded value of the registry."""
        entry = self._entry("reg", key, name)
        return _bytes(entry, "b64") if "b64" in entry else registry_data(entry["value"])

    def registry_keys(self, key: str) -> tuple[str, ...]:
        """Return the recorded names of a key's sub-keys."""
        return tuple(self._entry("keys", key)["names"])

    def system(self, question: str, subject: str = "") -> tuple[SystemRow, ...]:
        """Return what the system answered when the tape was made."""
        return tuple(self._entry("system", question, subject)["rows"])

    def _entry(self, *key: str) -> dict[str, Any]:
        entry = self._entries.get(key)
        if entry is None:
            raise AttemptError(Attempt.TOOL_MISSING, f"not on the tape: {' '.join(key)}")
        if "attempt" in entry:
            raise AttemptError(Attempt(entry["attempt"]), str(entry.get("detail", "")))
        return entry


def parse_tape(data: bytes, where: str) -> dict[str, Any]:
    """Check a tape's bytes; a UsageError names the member that is wrong.

    Raises:
        UsageError: ``tape.malformed``, ``tape.schema`` or ``tape.altered``.
    """
    tape = as_object(bounded_json(data, LIMIT, "tape.malformed", where), "tape.malformed", where)
    if tape.get("schema") != SCHEMA:
        raise UsageError("tape.schema", path=where, found=str(tape.get("schema")), known=SCHEMA)
    checks = {"provenance": PROVENANCES, "platform": PLATFORMS, "privilege": ("user", "admin")}
    for name, allowed in checks.items():
        if member(tape, name, str, "tape.malformed", where) not in allowed:
            raise UsageError("tape.malformed", path=where, member=name)
    _moment(tape, "captured_at", where)
    tape.setdefault("homes", [])
    members(tape["homes"], str, "tape.malformed", where, "homes")
    entries = members(tape.get("entries"), dict, "tape.malformed", where, "entries")
    for number, entry in enumerate(entries):
        _check_entry(entry, where, f"entries.{number}")
    if "sha256" in tape and tape["sha256"] != digest(entries):
        raise UsageError("tape.altered", path=where)
    return tape


def digest(entries: Iterable[dict[str, Any]]) -> str:
    """Return the SHA-256 over a tape's entries in a fixed form."""
    text = json.dumps(list(entries), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


_SHAPES: Final[dict[str, dict[str, type]]] = {
    "cmd": {"rc": int, "stdout_b64": str},
    "file": {"b64": str},
    "head": {"b64": str},
    "select": {"rows": list},
    "stat": {"size": int, "mtime": str},
    "glob": {"matches": list},
    "reg": {},
    "keys": {"names": list},
    "system": {"rows": list},
}


def _check_entry(entry: dict[str, Any], where: str, place: str) -> None:
    try:
        sound = _is_sound(entry)
    except (KeyError, TypeError, ValueError):
        sound = False
    if not sound:
        raise UsageError("tape.malformed", path=where, member=place)


def _is_sound(entry: dict[str, Any]) -> bool:
    shape = _SHAPES.get(str(entry.get("kind")))
    if shape is None or not all(isinstance(part, str) for part in entry_key(entry)):
        return False
    if "attempt" in entry:
        return Attempt(entry["attempt"]) is not Attempt.OK
    if not all(isinstance(entry[name], kind) for name, kind in shape.items()):
        return False
    for name in ("stdout_b64", "stderr_b64", "b64"):
        _bytes(entry, name)
    if entry["kind"] == "reg" and "b64" not in entry:
        registry_data(entry["value"])
    if not all(isinstance(name, str) for name in entry.get("names", ())):
        return False
    if not all(_is_row(row) for row in entry.get("rows", ())):
        return False
    if entry["kind"] in ("stat", "glob"):
        for item in entry.get("matches", [entry]):
            _file_info(item)
    return True


def _is_row(row: object) -> bool:
    return isinstance(row, dict) and all(
        isinstance(name, str) and type(value) in (int, str) for name, value in row.items()
    )


def registry_data(value: object) -> RegistryData:
    """Return a recorded number, text or list of texts as the registry hands it out.

    Raises:
        TypeError: for anything else.
    """
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if isinstance(value, int | str) and not isinstance(value, bool):
        return value
    raise TypeError(type(value).__name__)


def _moment(tape: dict[str, Any], name: str, where: str) -> None:
    try:
        moment = datetime.fromisoformat(str(tape.get(name)))
    except ValueError as error:
        raise UsageError("tape.malformed", path=where, member=name) from error
    if moment.tzinfo is None:
        raise UsageError("tape.malformed", path=where, member=name)


def entry_key(entry: dict[str, Any]) -> Key:
    """Return what an entry answers: its kind and its question."""
    names = {
        "cmd": ("argv",), "glob": ("pattern",), "reg": ("key", "name"), "keys": ("key",),
        "system": ("question", "subject"), "head": ("path", "lines"),
        "select": ("path", "statement"),
    }  # fmt: skip
    kind = entry["kind"]
    parts = [entry[name] for name in names.get(kind, ("path",))]
    return (kind, *(parts[0] if kind == "cmd" else parts))


def _file_info(item: dict[str, Any]) -> FileInfo:
    return FileInfo(
        path=item["path"],
        size=int(item["size"]),
        mode=int(item.get("mode", 0)),
        modified=datetime.fromisoformat(item["mtime"]).astimezone(UTC),
        is_dir=bool(item.get("is_dir", False)),
        device=int(item.get("device", 0)),
    )


def _bytes(entry: dict[str, Any], name: str) -> bytes:
    return base64.b64decode(entry.get(name, ""), validate=True)
