"""duplicity: the sets come from its machine-readable log, the file by its place in the listing.

``--log-fd 1`` gives keywords and UTC times that no language changes. The option that names the
file to restore is ``--file-to-restore`` up to 1.x and ``--path-to-restore`` from 2.0 on. Where
the user's cache has not what the target has, duplicity fills it, as with every command.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NoReturn

from posture_scan.collect.process import OUTPUT_LIMIT
from posture_scan.drill.canary import Canary
from posture_scan.drill.engine import DamagedError, Point, Runner
from posture_scan.errors import IncompleteError, UsageError
from posture_scan.sdk import CommandResult

VARIABLES: Final = (
    "PASSPHRASE", "SIGN_PASSPHRASE", "FTP_", "AWS_", "GS_", "AZURE_", "B2_", "SWIFT_",
    "CLOUDFILES_", "WEBDAV_", "RCLONE_",
)  # fmt: skip
LISTING_LIMIT: Final = 67_108_864
"""Bytes of a listing: some 700,000 files. duplicity can list only all of them."""

_NEW_NAMES: Final = 2
_SET: Final = re.compile(rb"^ (?:full|inc) (\d{8}T\d{6}Z) \d+", re.MULTILINE)
_ERROR: Final = re.compile(rb"^ERROR (\d+)(?: (\w+))?", re.MULTILINE)
_CTIME: Final = len("Sun Nov 29 04:36:43 2026 ")
_HASH_MISMATCH, _EXCEPTION, _GPG = 21, 30, 31
_NO_BACKEND: Final = frozenset({38, *range(50, 60)})
"""Of ``duplicity/log.py``, class ErrorCode."""


class Duplicity:
    """One duplicity target."""

    name = "duplicity"

    def __init__(self, runner: Runner, repository: str) -> None:
        """Use a target's address."""
        self._runner = runner
        self.repository = repository

    def version(self) -> str:
        """Ask ``duplicity --version``."""
        found = re.search(rb"duplicity (?:version )?(\d[\w.+-]{0,40})", self._said())
        return found[1].decode() if found else ""

    def _said(self) -> bytes:
        return self._runner.run("--version").stdout

    def points(self) -> list[Point]:
        """List the backup sets; a folder that is gone would be made anew, so it is looked at."""
        local = self.repository.removeprefix("file://")
        if local != self.repository and not Path(local).is_dir():
            raise IncompleteError("drill.no_repository", engine=self.name)
        result = self._run("collection-status")
        return [_point(found.decode()) for found in dict.fromkeys(_SET.findall(result.stdout))]

    def find(self, point: Point, canaries: Sequence[Canary]) -> dict[str, str]:
        """Look for the files' names in the list of all files at that time."""
        names = {canary.name.encode(): canary.name for canary in canaries}
        result = self._run("list-current-files", "--time", _epoch(point), limit=LISTING_LIMIT)
        found: dict[str, str] = {}
        for line in result.stdout.splitlines():
            name = line[_CTIME:].rpartition(b"/")[2]
            if name in names and not line.startswith((b". ", b"INFO")):
                found[names[name]] = line[_CTIME:].decode("utf-8", "surrogateescape")
        return found

    def restore(self, point: Point, inside: str, folder: Path) -> Path:
        """Restore this one path."""
        major = int((re.match(r"\d+", self.version()) or ["0"])[0])
        option = "--path-to-restore" if major >= _NEW_NAMES else "--file-to-restore"
        there = folder / "restored"
        self._run("restore", option, inside, "--time", _epoch(point), last=(str(there),))
        return there

    def _run(
        self, command: str, *options: str, last: tuple[str, ...] = (), limit: int = OUTPUT_LIMIT
    ) -> CommandResult:
        words = (command, "--log-fd", "1", "--num-retries", "2", *options, self.repository, *last)
        result = self._runner.run(*words, limit=limit)
        if result.code != 0:
            self._explain(result)
        return result

    def _explain(self, result: CommandResult) -> NoReturn:
        found = _ERROR.search(result.stdout)
        code = int(found[1]) if found else 0
        kind = found[2] or b"" if found else b""
        said = result.stdout + result.stderr
        if code == _HASH_MISMATCH:
            raise DamagedError
        if b"already running" in said:
            raise IncompleteError("drill.locked", engine=self.name)
        if code == _EXCEPTION and kind == b"EOFError":  # it asked, and nobody is there
            raise UsageError("drill.no_password", engine=self.name)
        if code == _GPG and b"decryption failed" in said:
            raise UsageError("drill.wrong_password", engine=self.name)
        if code in _NO_BACKEND or kind == b"BackendException":
            raise IncompleteError("drill.no_repository", engine=self.name)
        self._runner.complain(result)


def _epoch(point: Point) -> str:
    return str(int(point.at.timestamp()))


def _point(text: str) -> Point:
    try:
        return Point(text, datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC))
    except ValueError as error:
        raise IncompleteError("drill.unreadable", engine="duplicity") from error
