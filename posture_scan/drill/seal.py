"""``seal``: what would be written is told first, then written, and never over anything."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from posture_scan.drill.canary import SIZE, Canary, make, remove, write
from posture_scan.drill.record import MOST_FOLDERS, SealRecord, to_bytes
from posture_scan.errors import IncompleteError, UsageError

PRIVATE = 0o600


@dataclass(frozen=True)
class Plan:
    """Everything that sealing would write."""

    record: Path
    files: tuple[tuple[Canary, bytes], ...]

    @property
    def paths(self) -> tuple[Path, ...]:
        """The canaries' places."""
        return tuple(canary.path for canary, _ in self.files)


def plan(
    folders: Sequence[Path], record: Path, random: Callable[[int], bytes] = os.urandom
) -> Plan:
    """Work out what would be written where; nothing is written yet.

    Raises:
        UsageError: ``drill.no_folder``, ``drill.link``, ``drill.root``, ``drill.too_many``,
            ``drill.record_exists``, ``drill.record_inside`` or ``cli.cannot_write``.
        IncompleteError: ``drill.closed`` for a folder that may not be looked at.
    """
    if len(folders) > MOST_FOLDERS:
        raise UsageError("drill.too_many", limit=MOST_FOLDERS)
    places = tuple(dict.fromkeys(_sealable(folder) for folder in folders))
    if os.path.lexists(record):
        raise UsageError("drill.record_exists", path=record)
    if not record.parent.is_dir():
        raise UsageError("cli.cannot_write", path=record, detail="[Errno 2]")
    home = record.parent.resolve()
    for place in places:
        if home.is_relative_to(place):
            raise UsageError("drill.record_inside", path=record, folder=place)
    return Plan(record, tuple(make(place, random(SIZE)) for place in places))


def _sealable(folder: Path) -> Path:
    try:
        if folder.is_symlink():
            raise UsageError("drill.link", folder=folder)
        if not folder.is_dir():
            raise UsageError("drill.no_folder", folder=folder)
        place = folder.resolve()
    except PermissionError as error:
        raise IncompleteError("drill.closed", path=folder) from error
    if place == Path(place.anchor):
        raise UsageError("drill.root", folder=folder)
    return place


def seal(planned: Plan, host: str, clock: Callable[[], datetime]) -> SealRecord:
    """Write the canaries and the record; what could be written is kept when some could not.

    Raises:
        UsageError: ``drill.record_exists`` or ``cli.cannot_write``: the record cannot be made.
        IncompleteError: ``drill.sealed_nothing``; then no file of ours is left.
    """
    handle = _new_record(planned.record)
    done: list[Canary] = []
    failed: list[str] = []
    try:
        for canary, content in planned.files:
            try:
                write(canary, content)
            except OSError:
                failed.append(canary.folder)
                continue
            done.append(canary)
    finally:  # also on Ctrl-C: a canary without a record would never be taken away
        record = SealRecord(host, clock(), tuple(done), tuple(failed))
        _keep(handle, planned.record, record)
    if not done:
        raise IncompleteError("drill.sealed_nothing", folder=failed[0])
    return record


def _keep(handle: int, path: Path, record: SealRecord) -> None:
    """Write the record; without one, nothing that it should speak of is left either."""
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(to_bytes(record))
    except OSError as error:
        for canary in record.canaries:
            remove(canary)
        path.unlink()
        raise UsageError("cli.cannot_write", path=path, detail=error.strerror) from error
    if not record.canaries:
        path.unlink()


def _new_record(path: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        return os.open(path, flags, PRIVATE)
    except FileExistsError as error:
        raise UsageError("drill.record_exists", path=path) from error
    except OSError as error:
        raise UsageError("cli.cannot_write", path=path, detail=error.strerror) from error
