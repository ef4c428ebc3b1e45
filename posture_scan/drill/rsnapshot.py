"""rsnapshot: its restore is a copy out of the snapshot root, and is done as one.

A snapshot folder's own time is all the engine says of a point, and a failed run may renew it; the
canary inside is what proves that a run came after the seal. The copy must not be the live file
under another name (a link, or a folder mounted twice): that is compared.
"""

from __future__ import annotations

import re
import shutil
import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from posture_scan.drill.canary import LARGEST, Canary
from posture_scan.drill.engine import DamagedError, Point, Runner
from posture_scan.errors import IncompleteError, UsageError

VARIABLES: Final = ()
_POINT: Final = re.compile(r"[A-Za-z0-9_-]+\.\d{1,5}")
_DEPTH: Final = 3
"""Folders that a ``backup`` line of rsnapshot.conf may put before the full path."""
_MOST_FOLDERS: Final = 2000


class Rsnapshot:
    """One snapshot root."""

    name = "rsnapshot"

    def __init__(self, runner: Runner, repository: str) -> None:
        """Use the folder that ``snapshot_root`` names."""
        self._runner = runner
        self.repository = repository

    def version(self) -> str:
        """Ask ``rsnapshot version``."""
        found = re.search(rb"rsnapshot (\d[\w.+-]{0,40})", self._runner.run("version").stdout)
        return found[1].decode() if found else ""

    def points(self) -> list[Point]:
        """List the folders ``daily.0``, ``weekly.3`` and so on."""
        root = Path(self.repository)
        try:
            found = [
                Point(item.name, datetime.fromtimestamp(item.lstat().st_mtime, UTC))
                for item in root.iterdir()
                if _POINT.fullmatch(item.name) and stat.S_ISDIR(item.lstat().st_mode)
            ]
        except PermissionError as error:
            raise IncompleteError("drill.closed", path=root) from error
        except OSError as error:
            raise IncompleteError("drill.no_repository", engine=self.name) from error
        if not found:
            raise IncompleteError("drill.no_repository", engine=self.name)
        return found

    def find(self, point: Point, canaries: Sequence[Canary]) -> dict[str, str]:
        """Look for the files under their full paths, kept below a name or two."""
        root = Path(self.repository, point.id)
        try:
            places = {canary.name: _place(root, canary) for canary in canaries}
        except PermissionError as error:
            raise IncompleteError("drill.closed", path=error.filename) from error
        return {name: str(there.relative_to(root)) for name, there in places.items() if there}

    def restore(self, point: Point, inside: str, folder: Path) -> Path:
        """Copy the file out."""
        source, there = Path(self.repository, point.id, inside), folder / Path(inside).name
        try:
            if source.lstat().st_size > LARGEST:
                raise DamagedError
            shutil.copyfile(source, there, follow_symlinks=False)
        except OSError as error:
            raise IncompleteError("drill.closed", path=source) from error
        return there


def _place(root: Path, canary: Canary) -> Path | None:
    """Return where a snapshot keeps a file.

    Raises:
        UsageError: ``drill.live_copy`` when that is the sealed file itself.
    """
    tail = canary.path.relative_to(canary.path.anchor)
    for folder in _folders(root, _DEPTH):
        there = folder / tail
        if there.is_file() and not there.is_symlink():
            if canary.path.exists() and there.samefile(canary.path):
                raise UsageError("drill.live_copy", path=there)
            return there
    return None


def _folders(root: Path, depth: int) -> Iterator[Path]:
    """Walk a few levels of real folders, nearest first."""
    level, seen = [root], 0
    for _ in range(depth + 1):
        below: list[Path] = []
        for folder in level:
            yield folder
            seen += 1
            if seen > _MOST_FOLDERS:
                return
            try:
                below += sorted(
                    item for item in folder.iterdir() if stat.S_ISDIR(item.lstat().st_mode)
                )
            except OSError:
                continue
        level = below
