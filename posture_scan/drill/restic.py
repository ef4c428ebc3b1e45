"""restic: the file is found by its name in a snapshot and restored alone.

Only reading commands, without lock and cache: the cache's file times are what a survey of this
computer reads a backup's freshness from, and a drill must not make them newer.
Exit codes 10 to 12 are restic's from 0.17 on; older ones exit with 1 and an English sentence
(restic knows no other language).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NoReturn

from posture_scan.drill.canary import Canary
from posture_scan.drill.engine import DamagedError, Point, Runner
from posture_scan.errors import IncompleteError, UsageError
from posture_scan.sdk import CommandResult

VARIABLES: Final = (
    "RESTIC_", "AWS_", "B2_", "AZURE_", "GOOGLE_", "OS_", "ST_", "RCLONE_",
)  # fmt: skip
"""Of restic's manual, "Environment Variables"; the services' own are what its backends read."""

_READING: Final = ("--no-lock", "--no-cache")
_WRONG_PASSWORD, _LOCKED, _GONE = 12, 11, 10
_DAMAGE: Final = (
    b"ciphertext verification failed", b"invalid data returned", b"hash does not match",
    b"returned hash", b"Unable to load tree",
)  # fmt: skip
_FRACTION: Final = re.compile(r"(?<=\.\d{6})\d+")


class Restic:
    """One restic repository."""

    name = "restic"

    def __init__(self, runner: Runner, repository: str) -> None:
        """Use a repository; without one, the engine's own variables name it."""
        self._runner = runner
        self._where = ("-r", repository) if repository else ()
        self.repository = repository or runner.environment.get("RESTIC_REPOSITORY", "")

    def version(self) -> str:
        """Ask ``restic version``."""
        found = re.match(rb"restic (\d[\w.+-]{0,40})", self._runner.run("version").stdout)
        return found[1].decode() if found else ""

    def points(self) -> list[Point]:
        """List the snapshots; their times carry a zone."""
        result = self._run("snapshots", "--json")
        return [
            Point(str(item["id"])[:64], _moment(str(item["time"])))
            for item in _rows(result.stdout)
            if re.fullmatch(r"[0-9a-f]{64}", str(item.get("id")))
        ]

    def find(self, point: Point, canaries: Sequence[Canary]) -> dict[str, str]:
        """Look for the files' names, which are nowhere else, in the whole snapshot."""
        names = {canary.name for canary in canaries}
        result = self._run("find", "--json", "--snapshot", point.id, *sorted(names))
        found: dict[str, str] = {}
        for row in _rows(result.stdout):
            for match in row.get("matches") or ():
                folder, _, name = str(match.get("path", "")).rpartition("/")
                if name in names and match.get("type") == "file":
                    found[name] = f"{folder}/{name}"
        if len(found) < len(names) and _is_damaged(result):
            raise DamagedError  # find itself exits with 0 and passes what it cannot read over
        return found

    def restore(self, point: Point, inside: str, folder: Path) -> Path:
        """Restore this one path."""
        literally = re.sub(r"([\\*?\[])", r"\\\1", inside)
        self._run("restore", point.id, "--include", literally, "--target", str(folder))
        return folder / inside.lstrip("/")

    def _run(self, *arguments: str) -> CommandResult:
        result = self._runner.run(*self._where, *_READING, *arguments)
        if result.code != 0:
            self._explain(result)
        return result

    def _explain(self, result: CommandResult) -> NoReturn:
        said = result.stderr
        if _is_damaged(result):
            raise DamagedError
        if b"an empty password" in said or b"Resolving password failed" in said:
            raise UsageError("drill.no_password", engine=self.name)
        if result.code == _WRONG_PASSWORD or b"wrong password or no key found" in said:
            raise UsageError("drill.wrong_password", engine=self.name)
        if result.code == _LOCKED or b"already locked" in said:
            raise IncompleteError("drill.locked", engine=self.name)
        if result.code == _GONE or b"unable to open" in said:
            raise IncompleteError("drill.no_repository", engine=self.name)
        self._runner.complain(result)


def _is_damaged(result: CommandResult) -> bool:
    return any(word in result.stderr or word in result.stdout for word in _DAMAGE)


def _rows(output: bytes) -> list[dict[str, Any]]:
    """Read the line that is a list; restic may print warnings before it."""
    for line in output.splitlines():
        if line.startswith(b"["):
            try:
                rows = json.loads(line)
            except (ValueError, RecursionError):
                continue
            return [row for row in rows if isinstance(row, dict)]
    raise IncompleteError("drill.unreadable", engine="restic")


def _moment(text: str) -> datetime:
    """Read RFC 3339 with nanoseconds, of which Python keeps six digits."""
    try:
        found = datetime.fromisoformat(_FRACTION.sub("", text))
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise IncompleteError("drill.unreadable", engine="restic") from error
    raise IncompleteError("drill.unreadable", engine="restic")
