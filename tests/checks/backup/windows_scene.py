"""A Windows computer written down in a test: one PowerShell answer, files and the registry."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from posture_scan.checks.backup.facts import BackupSurvey
from posture_scan.checks.backup.windows_script import COMMAND

from posture_scan.collect.tape import TapeHost, parse_tape
from tests.checks.backup.complete_tape import CompleteTape
from tests.checks.backup.scene import printed, survey
from tests.checks.computer import NOW

HOME: Final = "C:\\Users\\佐藤"
ABSENT: Final = {"error": "ObjectNotFound", "id": "CommandNotFoundException"}
NO_LOG: Final = {"error": "ObjectNotFound", "id": "NoMatchingLogsFound,Microsoft.PowerShell"}
NOTHING: Final[dict[str, Any]] = {
    "drives": [{"id": "C:", "type": 3}, {"id": "D:", "type": 3}, {"id": "E:", "type": 2},
               {"id": "F:", "type": 3}, {"id": "Z:", "type": 4}],
    "partitions": [
        {"letter": "C", "disk": 0, "bus": 17, "paths": ["C:\\", "\\\\?\\Volume{c}\\"]},
        {"letter": "D", "disk": 1, "bus": 11, "paths": ["D:\\"]},
        {"letter": "F", "disk": 2, "bus": 7, "paths": ["F:\\"]},
        {"letter": "\0", "disk": 3, "bus": 7, "paths": ["\\\\?\\Volume{usb}\\"]},
        {"letter": "\0", "disk": 4, "bus": 9, "paths": ["\\\\?\\Volume{iscsi}\\"]},
    ],
    "wsb": ABSENT, "wsb_events": NO_LOG, "veeam_agent": NO_LOG, "veeam_endpoint": NO_LOG,
    "veeam_server": NO_LOG, "tasks": [], "shadows": [],
}  # fmt: skip
"""A computer that answered everything and has no backup."""


def iso(when: datetime) -> str:
    """Write a moment as the script does."""
    return when.isoformat().replace("+00:00", "Z")


def seen(
    answer: Any, *, code: int = 0, err: bytes = b"", files: Iterable[dict[str, Any]] = (),
    privilege: str = "admin", role: str = "Server", clock: str = "NTP",
) -> BackupSurvey:  # fmt: skip
    """Survey a computer whose PowerShell prints this answer."""
    text = answer if isinstance(answer, str | bytes) else json.dumps(answer, ensure_ascii=False)
    table = {
        "schema": 1, "provenance": "constructed", "platform": "windows", "locale": "ja-JP",
        "captured_at": NOW.isoformat(), "privilege": privilege, "tool": "test", "homes": [HOME],
        "entries": [printed(COMMAND, text, code, err), *kind(role, clock), *files],
    }  # fmt: skip
    return survey(CompleteTape(parse_tape(json.dumps(table).encode(), "constructed")))


def file(path: str, content: str | bytes) -> dict[str, Any]:
    """A file's content."""
    data = content.encode() if isinstance(content, str) else content
    return {"kind": "file", "path": path, "b64": base64.b64encode(data).decode()}


def listed(pattern: str, *found: tuple[str, datetime]) -> dict[str, Any]:
    """What a pattern matches: paths and when each was last written."""
    matches = [{"path": path, "size": 1, "mtime": at.isoformat()} for path, at in found]
    return {"kind": "glob", "pattern": pattern, "matches": matches}


def value(key: str, name: str, content: int | str) -> dict[str, Any]:
    """A value of the registry."""
    return {"kind": "reg", "key": key, "name": name, "value": content}


def kind(role: str = "Server", clock: str = "NTP") -> list[dict[str, Any]]:
    """Whether it is a server, and what sets its clock."""
    current = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
    time = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\W32Time\\Parameters"
    return [value(current, "InstallationType", role), value(time, "Type", clock)]


TAPES: Final = Path(__file__).parents[2] / "data" / "host_tapes"


def played(name: str) -> TapeHost:
    """Play a recording from ``tests/data/host_tapes``; its README says what ``@`` stands for."""
    table = json.loads((TAPES / f"{name}.json").read_text("utf-8"))
    for entry in table["entries"]:
        if entry.get("argv") == ["@checks/backup/windows_script.py"]:
            entry["argv"] = list(COMMAND)
    return TapeHost(parse_tape(json.dumps(table).encode(), name))
