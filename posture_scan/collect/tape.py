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
from posture_scan.sdk import Attempt, AttemptError, CommandResult, FileInfo, Host

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
        self._entries: dict[Key, dict[str, Any]] = {_key(item): item for item in tape["entries"]}

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

    def registry(self, key: str, name: str) -> bytes:
        """Return the raw data of a recorded registry value."""
        return _bytes(self._entry("reg", key, name), "b64")

    def _entry(self, *key: str) -> dict[str, Any]:
        entry = self._entries.get(key)
        if entry is None:
            raise AttemptError(Attempt.TOOL_MISSING, f"not on the tape: {' '.join(key)}")
        if "attempt" in entry:
            raise AttemptError(Attempt(entry["attempt"]), str(entry.get("detail", "")))
        return entry


class RecordingHost:
    """Passes every question on to another host and keeps the answers for a tape."""

    def __init__(self, host: Host) -> None:
        """Record what is asked of ``host`` from now on."""
        self.platform = host.platform
        self.elevated = host.elevated
        self.now = host.now
        self.entries: dict[Key, dict[str, Any]] = {}
        self._host = host

    def run(self, argv: tuple[str, ...], *, timeout: float = 5.0) -> CommandResult:
        """Run and record a command."""
        entry: dict[str, Any] = {"kind": "cmd", "argv": list(argv)}
        with _Recorder(self.entries, entry):
            result = self._host.run(argv, timeout=timeout)
            entry |= {
                "rc": result.code, "stdout_b64": _text(result.stdout),
                "stderr_b64": _text(result.stderr), "truncated": result.truncated,
            }  # fmt: skip
        return result

    def read(self, path: str, *, limit: int = 1_048_576) -> bytes:
        """Read and record a file."""
        entry: dict[str, Any] = {"kind": "file", "path": path}
        with _Recorder(self.entries, entry):
            data = self._host.read(path, limit=limit)
            entry["b64"] = _text(data)
        return data

    def stat(self, path: str) -> FileInfo:
        """Ask for and record one path."""
        entry: dict[str, Any] = {"kind": "stat", "path": path}
        with _Recorder(self.entries, entry):
            info = self._host.stat(path)
            entry |= _plain(info)
        return info

    def glob(self, pattern: str, *, limit: int = 1000) -> tuple[FileInfo, ...]:
        """List and record what matches."""
        entry: dict[str, Any] = {"kind": "glob", "pattern": pattern}
        with _Recorder(self.entries, entry):
            matches = self._host.glob(pattern, limit=limit)
            entry["matches"] = [_plain(info) for info in matches]
        return matches

    def homes(self) -> tuple[str, ...]:
        """Return the home directories; they go onto the tape's first lines."""
        return self._host.homes()

    def tape(self, provenance: str, *, tool: str, locale: str = "C", build: str = "") -> bytes:
        """Return everything recorded as a tape, with secrets taken out and counted."""
        from posture_scan.collect.redact import redact

        removed = 0
        entries = [dict(entry) for entry in self.entries.values()]
        for entry in entries:
            for name in ("stdout_b64", "stderr_b64", "b64"):
                if name in entry:
                    clean, count = redact(base64.b64decode(entry[name]))
                    entry[name] = _text(clean)
                    removed += count
        document = {
            "schema": SCHEMA, "provenance": provenance, "platform": self.platform,
            "build": build, "locale": locale, "codepage": 65001,
            "captured_at": self.now.isoformat().replace("+00:00", "Z"),
            "privilege": "admin" if self.elevated else "user", "tool": tool,
            "homes": list(self.homes()), "entries": entries,
            "redactions": [{"count": removed}], "sha256": digest(entries),
        }  # fmt: skip
        return json.dumps(document, ensure_ascii=False, indent=1).encode()


class _Recorder:
    """Keeps an entry also when the question ended in an error: that is an answer too."""

    def __init__(self, entries: dict[Key, dict[str, Any]], entry: dict[str, Any]) -> None:
        self._entries = entries
        self._entry = entry

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, AttemptError):
            self._entry |= {"attempt": error.attempt.value, "detail": error.detail}
        self._entries[_key(self._entry)] = self._entry


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
    "stat": {"size": int, "mtime": str},
    "glob": {"matches": list},
    "reg": {"b64": str},
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
    if shape is None or not all(isinstance(part, str) for part in _key(entry)):
        return False
    if "attempt" in entry:
        return Attempt(entry["attempt"]) is not Attempt.OK
    if not all(isinstance(entry[name], kind) for name, kind in shape.items()):
        return False
    for name in ("stdout_b64", "stderr_b64", "b64"):
        _bytes(entry, name)
    if entry["kind"] in ("stat", "glob"):
        for item in entry.get("matches", [entry]):
            _file_info(item)
    return True


def _moment(tape: dict[str, Any], name: str, where: str) -> None:
    try:
        moment = datetime.fromisoformat(str(tape.get(name)))
    except ValueError as error:
        raise UsageError("tape.malformed", path=where, member=name) from error
    if moment.tzinfo is None:
        raise UsageError("tape.malformed", path=where, member=name)


def _key(entry: dict[str, Any]) -> Key:
    names = {"cmd": ("argv",), "glob": ("pattern",), "reg": ("key", "name")}
    kind = entry["kind"]
    parts = [entry[name] for name in names.get(kind, ("path",))]
    return (kind, *(parts[0] if kind == "cmd" else parts))


def _plain(info: FileInfo) -> dict[str, Any]:
    return {
        "path": info.path, "size": info.size, "mode": info.mode, "is_dir": info.is_dir,
        "device": info.device, "mtime": info.modified.isoformat().replace("+00:00", "Z"),
    }  # fmt: skip


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


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
