"""An engine that keeps its restore points in memory, behind the interface of the real ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from posture_scan.drill.canary import Canary
from posture_scan.drill.engine import DamagedError, Point
from posture_scan.drill.record import SealRecord
from posture_scan.drill.seal import plan, seal

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class MemoryEngine:
    """What each restore point holds, by name; ``None`` is a file that cannot be brought back."""

    held: dict[Point, dict[str, bytes | None]]
    name: str = "memory"
    repository: str = "sftp:backup@nas.example:/repo"
    damaged: Sequence[Point] = ()
    asked: list[str] = field(default_factory=list)

    def version(self) -> str:
        return "1.0"

    def points(self) -> list[Point]:
        return list(self.held)

    def find(self, point: Point, canaries: Sequence[Canary]) -> dict[str, str]:
        self.asked.append(point.id)
        if point in self.damaged:
            raise DamagedError
        return {item.name: item.name for item in canaries if item.name in self.held[point]}

    def restore(self, point: Point, inside: str, folder: Path) -> Path:
        content = self.held[point][inside]
        if content is None:
            raise DamagedError
        (folder / inside).write_bytes(content)
        return folder / inside


def sealed(tmp_path: Path, *names: str) -> SealRecord:
    """Seal folders of a test, a minute before NOW."""
    for name in names:
        (tmp_path / name).mkdir()
    planned = plan([tmp_path / name for name in names], tmp_path / "record.json")
    return seal(planned, "pc-1", lambda: NOW - MINUTE)


def contents(record: SealRecord) -> dict[str, bytes | None]:
    """What a backup made now would hold."""
    return {item.name: item.path.read_bytes() for item in record.canaries}
