"""BorgBackup: the file is found by its name in an archive and extracted alone.

Errors are told by the message id of ``--log-json``, not by its sentence. borg takes its own
shared lock for reading: without it a prune running beside could look like damage.
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

VARIABLES: Final = ("BORG_",)
MOST_ARCHIVES: Final = 200
"""The newest archives that are asked for."""

_GENERAL: Final = ("--log-json", "--lock-wait", "5")
_WARNING: Final = 1
"""borg's exit code for an owner that could not be set and the like; the bytes are compared."""
_NO_PASSWORD: Final = frozenset({"NoPassphraseFailure", "PasscommandFailure"})
_LOCKED: Final = frozenset({"LockTimeout", "LockFailed", "LockError", "LockErrorT"})
_GONE: Final = frozenset({
    "Repository.DoesNotExist", "Repository.InvalidRepository", "ConnectionClosed",
    "ConnectionClosedWithHint", "PathNotFound",
})  # fmt: skip
_DAMAGE: Final = (
    "IntegrityError",
    "Repository.CheckNeeded",
    "Repository.ObjectNotFound",
    "TAM",
    "Archive.Incom",
)


class Borg:
    """One borg repository."""

    name = "borg"

    def __init__(self, runner: Runner, repository: str) -> None:
        """Use a repository; without one, ``BORG_REPO`` names it."""
        self._runner = runner
        self._where = repository
        self.repository = repository or runner.environment.get("BORG_REPO", "")

    def version(self) -> str:
        """Ask ``borg --version``."""
        found = re.match(rb"borg (\d[\w.+-]{0,40})", self._runner.run("--version").stdout)
        return found[1].decode() if found else ""

    def points(self) -> list[Point]:
        """List the newest archives; borg writes local times without a zone.

        The runner sets the zone of every engine to UTC, so that local is UTC.
        """
        repository = self._where or "::"
        result = self._run("list", "--json", "--last", str(MOST_ARCHIVES), repository)
        archives = _object(result.stdout).get("archives")
        if not isinstance(archives, list):
            raise IncompleteError("drill.unreadable", engine="borg")
        return [_point(item) for item in archives if isinstance(item, dict)]

    def find(self, point: Point, canaries: Sequence[Canary]) -> dict[str, str]:
        """Look for the files' names, which are nowhere else, in the whole archive."""
        names = {canary.name for canary in canaries}
        patterns = [f"sh:**/{name}" for name in sorted(names)]
        result = self._run("list", "--json-lines", f"{self._where}::{point.id}", *patterns)
        found: dict[str, str] = {}
        for line in result.stdout.splitlines():
            item = _object(line)
            path = str(item.get("path", ""))
            name = path.rpartition("/")[2]
            if name in names and item.get("type") == "-":
                if item.get("healthy") is False:
                    raise DamagedError
                found[name] = path
        return found

    def restore(self, point: Point, inside: str, folder: Path) -> Path:
        """Extract this one path; borg writes below the folder that it is run in."""
        archive = f"{self._where}::{point.id}"
        plain = ("--noacls", "--noxattrs", "--noflags")
        self._run("extract", *plain, archive, f"pp:{inside}", folder=folder)
        return folder / inside

    def _run(self, command: str, *arguments: str, folder: Path | None = None) -> CommandResult:
        result = self._runner.run(*_GENERAL, command, *arguments, folder=folder)
        if result.code not in {0, _WARNING} or _says_damage(_messages(result.stderr)):
            self._explain(result)
        return result

    def _explain(self, result: CommandResult) -> NoReturn:
        said = _messages(result.stderr)
        names = {str(item.get("msgid")) for item in said}
        words = " ".join(str(item.get("message")) for item in said)
        if _says_damage(said):
            raise DamagedError
        if "PassphraseWrong" in names:
            raise UsageError("drill.wrong_password", engine=self.name)
        if names & _NO_PASSWORD:
            raise UsageError("drill.no_password", engine=self.name)
        if names & _LOCKED:
            raise IncompleteError("drill.locked", engine=self.name)
        if names & _GONE:
            raise IncompleteError("drill.no_repository", engine=self.name)
        last = words.encode() if words else result.stderr
        self._runner.complain(CommandResult(result.code, b"", last))


def _says_damage(said: list[dict[str, Any]]) -> bool:
    return any(
        str(item.get("msgid")).startswith(_DAMAGE) or "ntegrity" in str(item.get("message"))
        for item in said
    )


def _messages(output: bytes) -> list[dict[str, Any]]:
    found = []
    for line in output.splitlines():
        start = line.find(b'{"type"')  # a question that borg asks stands before it in the line
        try:
            item = json.loads(line[start:]) if start >= 0 else {}
        except (ValueError, RecursionError):
            continue
        if item.get("type") == "log_message" and item.get("levelname") != "INFO":
            found.append(item)
    return found


def _object(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise IncompleteError("drill.unreadable", engine="borg") from error
    if not isinstance(value, dict):
        raise IncompleteError("drill.unreadable", engine="borg")
    return value


def _point(item: dict[str, Any]) -> Point:
    try:
        began = datetime.fromisoformat(str(item.get("start")))
        at = began.astimezone(UTC) if began.tzinfo else began.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise IncompleteError("drill.unreadable", engine="borg") from error
    return Point(str(item.get("archive", ""))[:300], at)
