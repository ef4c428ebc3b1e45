"""``verify``: have the engine bring every canary back, and compare it with what was sealed."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final, NoReturn

from posture_scan.drill.canary import Canary, digest_of
from posture_scan.drill.engine import DamagedError, Engine, Point
from posture_scan.drill.record import SealRecord
from posture_scan.errors import IncompleteError, UsageError
from posture_scan.sdk import redacted_address

MOST_POINTS: Final = 20
"""Restore points that are looked into for one file, newest first."""
BY_HAND: Final = "by_hand"

Clock = Callable[[], datetime]


class Outcome(StrEnum):
    """What became of one canary."""

    PROVEN = "proven"
    MISMATCH = "mismatch"
    """Brought back with other bytes than were sealed."""
    CHANGED = "changed"
    """Brought back as it lies in its folder now, which is not as it was sealed."""
    DAMAGED = "damaged"
    """The engine says that it cannot bring back what it saved."""
    MISSING = "missing"
    """In no restore point that was made since the seal."""


BAD: Final = frozenset({Outcome.MISMATCH, Outcome.CHANGED, Outcome.DAMAGED})


@dataclass(frozen=True)
class Restored:
    """One canary's way back."""

    folder: str
    name: str
    outcome: Outcome
    sha256_ok: bool = False
    point: str = ""
    point_at: datetime | None = None
    size: int = 0
    """Bytes that came back."""
    seconds: int = 0


@dataclass(frozen=True)
class Drill:
    """What one ``verify`` found; its members are those of the evidence ``backup.RestoreDrill``."""

    engine: str
    engine_version: str
    evidence_class: str
    """A: the engine itself restored. B: somebody says that he did, and the bytes are right."""
    sealed_at: datetime
    verified_at: datetime
    destination: str
    files: tuple[Restored, ...]
    not_sealed: tuple[str, ...] = ()
    """Folders that were to be sealed and could not be."""

    def having(self, *outcomes: Outcome) -> tuple[Restored, ...]:
        """Return the files with one of these outcomes."""
        return tuple(item for item in self.files if item.outcome in outcomes)


@contextlib.contextmanager
def temporary() -> Iterator[Path]:
    """Give a folder for this user alone, and take it away whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix="posture-scan-drill-")).resolve()
    try:
        yield folder
    finally:
        _take_away(folder)


def _take_away(folder: Path) -> None:
    """Remove a folder, also what was restored below it without the right to write there."""
    for here, names, _ in os.walk(folder):
        for name in names:
            below = Path(here, name)
            if not below.is_symlink():
                below.chmod(0o700)
    shutil.rmtree(folder)


def verify(record: SealRecord, engine: Engine, folder: Path, clock: Clock) -> Drill:
    """Restore every canary from the newest restore point since the seal that holds it.

    Args:
        record: what was sealed.
        engine: the customer's own, with its repository.
        folder: an empty folder of ours, see ``temporary``.
        clock: tells the moment.

    Raises:
        IncompleteError: ``drill.not_yet`` when no restore point was made since the seal,
            ``drill.not_in_backup`` when none of those holds any of the files, and whatever
            keeps the engine from answering.
        UsageError: a wrong or missing password.
    """
    version = engine.version()
    try:
        points = _since(record, engine.points(), clock())
    except DamagedError as error:
        raise IncompleteError("drill.repository_damaged", engine=engine.name) from error
    files = _bring_all_back(engine, points, record.canaries, folder)
    if all(item.outcome is Outcome.MISSING for item in files):
        _refuse_empty(record, engine, points)
    return Drill(
        engine.name, version, "A", record.sealed_at, clock(),
        redacted_address(engine.repository), files, record.failed,
    )  # fmt: skip


def _refuse_empty(record: SealRecord, engine: Engine, points: Sequence[Point]) -> NoReturn:
    """Tell whether there was no run since the seal, or one that did not save the file."""
    if not points or points[0].at <= record.sealed_at:
        raise IncompleteError("drill.not_yet", engine=engine.name, sealed=_short(record.sealed_at))
    raise IncompleteError(
        "drill.not_in_backup", engine=engine.name, point=points[0].id[:20],
        at=_short(points[0].at), folder=record.canaries[0].folder,
    )  # fmt: skip


def _since(record: SealRecord, points: Sequence[Point], now: datetime) -> list[Point]:
    """Keep what began after the seal and is over, newest first; engines tell whole seconds."""
    first = record.sealed_at.replace(microsecond=0)
    kept = [point for point in points if first <= point.at <= now + timedelta(seconds=1)]
    return sorted(kept, key=lambda point: point.at, reverse=True)


def _bring_all_back(
    engine: Engine, points: Sequence[Point], canaries: Sequence[Canary], folder: Path
) -> tuple[Restored, ...]:
    """Go back from the newest restore point until every file was found, or there are no more."""
    found: dict[str, Restored] = {}
    for point in points[:MOST_POINTS]:
        wanted = [canary for canary in canaries if canary.name not in found]
        if not wanted:
            break
        try:
            places = engine.find(point, wanted)
        except DamagedError:
            found |= {canary.name: _damaged(point, canary) for canary in wanted}
            break
        for canary in wanted:
            if canary.name in places:
                found[canary.name] = _bring_back(engine, point, canary, places[canary.name], folder)
    return tuple(
        found.get(item.name, Restored(item.folder, item.name, Outcome.MISSING)) for item in canaries
    )


def _bring_back(
    engine: Engine, point: Point, canary: Canary, inside: str, folder: Path
) -> Restored:
    started = time.monotonic()
    own = folder / canary.name
    own.mkdir(mode=0o700)
    try:
        there = engine.restore(point, inside, own)
    except DamagedError:
        return _damaged(point, canary)
    outcome, size = _compare(there, canary, own)
    seconds = max(1, round(time.monotonic() - started))
    right = outcome is Outcome.PROVEN
    return Restored(canary.folder, canary.name, outcome, right, point.id, point.at, size, seconds)


def _damaged(point: Point, canary: Canary) -> Restored:
    return Restored(canary.folder, canary.name, Outcome.DAMAGED, point=point.id, point_at=point.at)


def _compare(there: Path, canary: Canary, folder: Path) -> tuple[Outcome, int]:
    """Compare what came back with the seal; nothing outside our folder is looked at."""
    try:
        if not there.parent.resolve().is_relative_to(folder.resolve()):
            return Outcome.MISMATCH, 0
        digest, size = digest_of(there)
    except OSError:
        return Outcome.MISMATCH, 0
    if (digest, size) == (canary.sha256, canary.size):
        return Outcome.PROVEN, size
    with contextlib.suppress(OSError):
        if digest_of(canary.path)[0] == digest:
            return Outcome.CHANGED, size
    return Outcome.MISMATCH, size


def verify_by_hand(record: SealRecord, files: Sequence[Path], clock: Clock) -> Drill:
    """Compare files that somebody restored with what was sealed.

    That they came out of the backup is that person's word; that they are no other name of the
    live file is looked at.

    Raises:
        UsageError: ``drill.no_such_file``, ``drill.not_sealed`` for a file with another name,
            ``drill.live_copy`` for the sealed file itself.
        IncompleteError: ``drill.closed`` for a file that may not be read.
    """
    given: dict[str, tuple[Outcome, int]] = {}
    for file in files:
        try:
            canary = _named_like(record, file)
        except PermissionError as error:
            raise IncompleteError("drill.closed", path=file) from error
        given[canary.name] = _compare(file, canary, file.parent)
    found = tuple(_by_hand(canary, given.get(canary.name)) for canary in record.canaries)
    return Drill(BY_HAND, "", "B", record.sealed_at, clock(), "", found, record.failed)


def _named_like(record: SealRecord, file: Path) -> Canary:
    """Find the canary by the beginning of the name: a restore may add ``(1)`` to it."""
    if not file.is_file():
        raise UsageError("drill.no_such_file", path=file)
    for canary in record.canaries:
        if file.name.startswith(canary.name.removesuffix(".txt")):
            if canary.path.exists() and canary.path.samefile(file):
                raise UsageError("drill.live_copy", path=file)
            return canary
    raise UsageError("drill.not_sealed", path=file)


def _by_hand(canary: Canary, given: tuple[Outcome, int] | None) -> Restored:
    outcome, size = given or (Outcome.MISSING, 0)
    right = outcome is Outcome.PROVEN
    return Restored(canary.folder, canary.name, outcome, right, size=size)


def _short(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%MZ")
