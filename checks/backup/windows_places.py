"""Where a Windows path lies: its drive, the disk below the drive, and how that disk is attached.

Windows calls an external hard disk a fixed drive, so the letter's type alone says too little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from posture_scan.checks.backup.destination import is_here
from posture_scan.checks.backup.facts import Place

from posture_scan.sdk import Look, ScriptAnswer, number_of

_REMOVABLE, _NETWORK = 2, 4
"""``Win32_LogicalDisk.DriveType``; 3 is any fixed drive, external ones included."""

_PLUGGED: Final = frozenset({4, 7, 12, 13})
"""``MSFT_Disk.BusType``: 1394, USB, SD and MMC."""

_ISCSI: Final = 9
_UNCLEAR: Final = frozenset({0, 14, 15, 16})
"""Bus types that hide the disk below: unknown, virtual, a file, storage spaces."""

_NAME_KEY: Final = r"HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName"


@dataclass(frozen=True)
class Disk:
    """The physical disk below a volume."""

    number: int
    bus: int


@dataclass(frozen=True)
class Drives:
    """The drives of one computer."""

    kinds: Mapping[str, int] = field(default_factory=dict)
    """Kind of drive by letter, such as ``E:``."""
    disks: Mapping[str, Disk] = field(default_factory=dict)
    """Disk by letter, and by volume path in lower case."""
    own_names: tuple[str, ...] = ()


def drives_of(look: Look, answer: ScriptAnswer) -> Drives:
    """Read the drives; without the right to see the disks only their letters are known."""
    kinds = {
        str(item.get("id")).upper(): number_of(item.get("type"))
        for item in answer.rows("drives", hides="run")
    }
    disks: dict[str, Disk] = {}
    for item in answer.rows("partitions", hides="place"):
        disk = Disk(number_of(item.get("disk")), number_of(item.get("bus")))
        letter = str(item.get("letter") or "")[:1].upper()
        if letter.isalpha():
            disks[f"{letter}:"] = disk
        disks |= {_volume(path): disk for path in _texts(item.get("paths"))}
    name = look.value(_NAME_KEY, "ComputerName", hides="place")
    return Drives(kinds, disks, (name.lower(),) if isinstance(name, str) and name else ())


def place_of(target: str, drives: Drives) -> Place:
    """Classify a Windows path by what would take it away together with the system's disk."""
    volume = target.startswith(("\\\\?\\", "\\\\.\\"))
    if target.startswith("\\\\") and not volume:
        host = target[2:].split("\\", 1)[0].split("@", 1)[0]
        return Place.SAME_HOST if is_here(host, drives.own_names) else Place.NETWORK_SHARE
    letter = target[:2].upper()
    kind = drives.kinds.get(letter)
    if kind == _NETWORK:
        return Place.MOUNTED_SHARE
    if kind == _REMOVABLE:
        return Place.REMOVABLE
    disk = drives.disks.get(_volume(target) if volume else letter)
    if disk is not None:
        return _by_disk(disk, drives.disks.get("C:"))
    return Place.SAME_DISK if letter == "C:" else Place.UNKNOWN


def _by_disk(disk: Disk, system: Disk | None) -> Place:
    if system is not None and disk.number == system.number:
        return Place.SAME_DISK
    if disk.bus in _PLUGGED:
        return Place.REMOVABLE
    if disk.bus == _ISCSI:
        return Place.MOUNTED_SHARE
    if disk.bus in _UNCLEAR or disk.bus < 0 or system is None:
        return Place.UNKNOWN
    return Place.OTHER_DISK


def _volume(path: str) -> str:
    r"""Spell ``\\?\Volume{…}\`` one way: the backslash at its end comes and goes."""
    return path.rstrip("\\").lower()


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]
