"""Make a tape: pass every question on to a real computer and keep what it answered."""

from __future__ import annotations

import base64
import json
import re
from typing import Any, Final

from posture_scan.collect.redact import redact
from posture_scan.collect.tape import SCHEMA, Key, digest, entry_key
from posture_scan.sdk import (
    AttemptError,
    CommandResult,
    FileInfo,
    Host,
    RegistryData,
    SystemRow,
)

_PRIVATE: Final = re.compile(r"/\.config/dconf/user$|^/etc/dconf/db/|/gschemas\.compiled$")
"""Databases of every setting a person made: addresses, networks, what was looked for. The few
values a check reads do not need all of it given away, and without them the defaults (the last
one, which is large) say nothing."""


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
        """Read and record a file; what is private as a whole stays off the tape, as a gap."""
        if _PRIVATE.search(path):
            return self._host.read(path, limit=limit)
        entry: dict[str, Any] = {"kind": "file", "path": path}
        with _Recorder(self.entries, entry):
            data = self._host.read(path, limit=limit)
            entry["b64"] = _text(data)
        return data

    def head(self, path: str, *, lines: int, limit: int = 4096) -> bytes:
        """Read and record a file's first lines, and nothing behind them."""
        entry: dict[str, Any] = {"kind": "head", "path": path, "lines": str(lines)}
        with _Recorder(self.entries, entry):
            data = self._host.head(path, lines=lines, limit=limit)
            entry["b64"] = _text(data)
        return data

    def select(self, path: str, statement: str, *, limit: int = 10_000) -> tuple[SystemRow, ...]:
        """Ask a SQLite file and record the rows."""
        entry: dict[str, Any] = {"kind": "select", "path": path, "statement": statement}
        with _Recorder(self.entries, entry):
            rows = self._host.select(path, statement, limit=limit)
            entry["rows"] = [dict(row) for row in rows]
        return rows

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

    def registry(self, key: str, name: str) -> RegistryData:
        """Ask for and record one value of the registry."""
        entry: dict[str, Any] = {"kind": "reg", "key": key, "name": name}
        with _Recorder(self.entries, entry):
            data = self._host.registry(key, name)
            entry |= {"b64": _text(data)} if isinstance(data, bytes) else {"value": _json(data)}
        return data

    def registry_keys(self, key: str) -> tuple[str, ...]:
        """List and record the sub-keys of a key."""
        entry: dict[str, Any] = {"kind": "keys", "key": key}
        with _Recorder(self.entries, entry):
            names = self._host.registry_keys(key)
            entry["names"] = list(names)
        return names

    def system(self, question: str, subject: str = "") -> tuple[SystemRow, ...]:
        """Ask and record one question to the system."""
        entry: dict[str, Any] = {"kind": "system", "question": question, "subject": subject}
        with _Recorder(self.entries, entry):
            rows = self._host.system(question, subject)
            entry["rows"] = [dict(row) for row in rows]
        return rows

    def homes(self) -> tuple[str, ...]:
        """Return the home directories; they go onto the tape's first lines."""
        return self._host.homes()

    def tape(
        self, provenance: str, *, tool: str, locale: str = "C", build: str = "",
        codepage: int = 65001,
    ) -> tuple[bytes, int]:  # fmt: skip
        """Return everything recorded as a tape, and how many secrets were taken out of it."""
        removed = 0
        entries = [dict(entry) for entry in self.entries.values()]
        for entry in entries:
            for name in ("stdout_b64", "stderr_b64", "b64"):
                if name in entry:
                    clean, count = redact(base64.b64decode(entry[name]))
                    entry[name] = _text(clean)
                    removed += count
            for name in ("value", "rows"):
                if name in entry:
                    entry[name], count = _without_secrets(entry[name])
                    removed += count
        document = {
            "schema": SCHEMA, "provenance": provenance, "platform": self.platform,
            "build": build, "locale": locale, "codepage": codepage,
            "captured_at": self.now.isoformat().replace("+00:00", "Z"),
            "privilege": "admin" if self.elevated else "user", "tool": tool,
            "homes": list(self.homes()), "entries": entries,
            "redactions": [{"count": removed}], "sha256": digest(entries),
        }  # fmt: skip
        return json.dumps(document, ensure_ascii=False, indent=1).encode(), removed


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
        self._entries[entry_key(self._entry)] = self._entry


def _without_secrets(told: Any) -> tuple[Any, int]:
    """Take the secrets out of the texts of a registry's value, or of a system's or file's rows."""
    if isinstance(told, str):
        clean, count = redact(told.encode("utf-8", "surrogatepass"))
        return clean.decode("utf-8", "surrogatepass"), count
    if isinstance(told, list):
        parts = [_without_secrets(item) for item in told]
        return [part for part, _ in parts], sum(count for _, count in parts)
    if isinstance(told, dict):
        known = {name: _without_secrets(item) for name, item in told.items()}
        return (
            {name: part for name, (part, _) in known.items()},
            sum(count for _, count in known.values()),
        )
    return told, 0


def _plain(info: FileInfo) -> dict[str, Any]:
    return {
        "path": info.path, "size": info.size, "mode": info.mode, "is_dir": info.is_dir,
        "device": info.device, "mtime": info.modified.isoformat().replace("+00:00", "Z"),
    }  # fmt: skip


def _json(data: int | str | tuple[str, ...]) -> int | str | list[str]:
    return list(data) if isinstance(data, tuple) else data


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
