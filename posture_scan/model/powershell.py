"""Windows' PowerShell as a source of facts: one script in, one JSON object out.

A script asks for numbers, ids and times in UTC, never for sentences, because Windows answers in
the language of its user. Each of its blocks catches its own error and names the error's category
and id, which are not translated.
"""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from posture_scan.model.evidence import Attempt
from posture_scan.model.look import Look

POWERSHELL: Final = (
    "powershell", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-EncodedCommand",
)  # fmt: skip
"""The only way PowerShell is called; the script follows as base64 of UTF-16."""


def powershell(script: str) -> tuple[str, ...]:
    """Return the command line that runs a script."""
    encoded = base64.b64encode(script.strip().encode("utf-16-le")).decode("ascii")
    return (*POWERSHELL, encoded)


_ABSENT: Final = ("CommandNotFoundException", "NoMatchingLogsFound", "PathNotFound",
                  "NoMatchingEventsFound", "HRESULT 0x8004100e", "HRESULT 0x80041010")  # fmt: skip
"""Ids of errors that mean "not installed" or "nothing there"; they are not translated.

The last two are WMI's: no such namespace, no such class (WBEM_E_INVALID_NAMESPACE, …_CLASS).
"""

_NET_DATE: Final = re.compile(r"^/Date\((-?\d{1,15})\)/$")
_FILETIME_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)


class ScriptAnswer:
    """The parsed answer; blocks that failed are noted once and look empty."""

    def __init__(self, look: Look, table: dict[str, Any]) -> None:
        """Take the whole answer."""
        self._look = look
        self._table = table

    def rows(self, name: str, *, hides: str = "job") -> list[dict[str, Any]]:
        """Return a block as a list; PowerShell 5 writes a list of one as a bare object."""
        value = self._checked(name, hides)
        items = value if isinstance(value, list) else [value]
        return [item for item in items if isinstance(item, dict)]

    def row(self, name: str, *, hides: str = "job") -> dict[str, Any]:
        """Return a block that is one object."""
        value = self._checked(name, hides)
        return value if isinstance(value, dict) else {}

    def _checked(self, name: str, hides: str) -> Any:
        value = self._table.get(name)
        if not isinstance(value, dict) or "error" not in value:
            if name not in self._table:
                self._look.note(f"powershell {name}", Attempt.PROTOCOL_MISMATCH, hides, "tool")
            return value
        if not str(value.get("id", "")).startswith(_ABSENT):
            denied = value["error"] in ("PermissionDenied", "SecurityError")
            attempt = Attempt.PERMISSION_DENIED if denied else Attempt.PROTOCOL_MISMATCH
            lift = "administrator" if denied else "tool"
            self._look.note(f"powershell {name}", attempt, hides, lift)
        return None


def ask(look: Look, command: tuple[str, ...]) -> ScriptAnswer | None:
    """Run a script's command; None, noted, when there is no answer that can be read.

    The script prints one JSON object with a member for each block of questions.

    Exit code 0 with nothing printed is no answer: stubs of PowerShell do that.
    """
    result = look.run(command, timeout=60.0)
    if result is None:
        return None
    try:
        table = json.loads(result.stdout.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        table = None
    if not isinstance(table, dict) or result.truncated:
        look.note("powershell", Attempt.PROTOCOL_MISMATCH, "job", "tool")
        return None
    return ScriptAnswer(look, table)


def moment(value: object) -> datetime | None:
    """Read a time with its zone, or PowerShell's ``/Date(ms)/``; one without zone is refused."""
    if not isinstance(value, str):
        return None
    found = _NET_DATE.match(value)
    try:
        if found:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(found.group(1)))
        time = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value))
        return time.astimezone(UTC) if time.tzinfo and time.year > 2000 else None  # noqa: PLR2004
    except (ValueError, OverflowError):
        return None


def number_of(value: object) -> int:
    """Return a whole number, or -1 for anything else."""
    return value if type(value) is int else -1


def filetime(value: object) -> datetime | None:
    """Read a count of 100-nanosecond steps since 1601; zero means never."""
    text = str(value or "")
    if not re.fullmatch(r"\d{1,19}", text) or int(text) == 0:
        return None
    try:
        return _FILETIME_EPOCH + timedelta(microseconds=int(text) // 10)
    except OverflowError:
        return None
