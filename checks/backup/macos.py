"""Time Machine: its destination is open to everybody, its dates only with Full Disk Access."""

from __future__ import annotations

import plistlib
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from xml.parsers.expat import ExpatError

from posture_scan.checks.backup.destination import redacted
from posture_scan.checks.backup.facts import BackupJob, Place, Proof

from posture_scan.sdk import Attempt, AttemptError, Look

_DESTINATIONS: Final = ("tmutil", "destinationinfo", "-X")
_PREFERENCES: Final = "/Library/Preferences/com.apple.TimeMachine.plist"
_OTHERS: Final[tuple[tuple[str, str], ...]] = (
    ("backblaze", "/Library/Backblaze.bzpkg/*"),
    ("acronis", "/Library/Application Support/Acronis/*"),
    ("carbon_copy_cloner", "/Library/Application Support/com.bombich.ccc/*"),
)  # fmt: skip


def macos_jobs(look: Look) -> list[BackupJob]:
    """Return Time Machine's destinations and what other engines are recognised by."""
    jobs = _time_machine(look)
    for engine, pattern in _OTHERS:
        jobs += [BackupJob(engine, info.path) for info in look.files(pattern, hides="run")[:1]]
    return jobs


def _time_machine(look: Look) -> list[BackupJob]:
    result = look.run(_DESTINATIONS)
    if result is None:
        return []
    table = _plist(result.stdout) if result.code == 0 else None
    if table is None:
        look.note("tmutil destinationinfo", Attempt.PROTOCOL_MISMATCH, "job", "tool")
        return []
    destinations = _dicts(table.get("Destinations"))
    history = _history(look) if destinations else {}
    return [_job(item, history) for item in destinations]


def _job(item: dict[str, Any], history: dict[str, dict[str, Any]]) -> BackupJob:
    identity = str(item.get("ID") or item.get("DestinationID") or "")
    network = item.get("Kind") == "Network"
    known = history.get(identity, {})
    dates = [moment for moment in map(_utc, known.get("SnapshotDates", ())) if moment]
    enabled = known.get("AutoBackup")
    deep = len({moment.date() for moment in dates}) >= 14 or (  # noqa: PLR2004 -- daily points
        bool(dates) and max(dates) - min(dates) >= timedelta(days=30)
    )
    return BackupJob(
        engine="time_machine",
        job=f"Time Machine {identity[:8]}",
        destination=redacted(str(item.get("URL") or item.get("Name") or "")),
        destination_class=Place.NETWORK_SHARE if network else Place.REMOVABLE,
        enabled=enabled if isinstance(enabled, bool) else True,
        proofs=(Proof("snapshot_dates", "A", max(dates)),) if dates else (),
        versioned=True if deep else None,
        integrity_at=_utc(known.get("ConsistencyScanDate")),
    )


def _history(look: Look) -> dict[str, dict[str, Any]]:
    """Read the dates; refused without Full Disk Access, which is no sign of anything bad."""
    try:
        data = look.host.read(_PREFERENCES)
    except AttemptError as error:
        denied = error.attempt is Attempt.PERMISSION_DENIED
        lift = "full_disk_access" if denied else "recording"
        look.note(_PREFERENCES, error.attempt, "run", lift)
        return {}
    table = _plist(data)
    if table is None:
        look.note(_PREFERENCES, Attempt.PROTOCOL_MISMATCH, "run", "tool")
        return {}
    automatic = table.get("AutoBackup")
    return {
        str(item.get("DestinationID") or item.get("ID")): {**item, "AutoBackup": _switch(automatic)}
        for item in _dicts(table.get("Destinations"))
    }


def _switch(value: object) -> bool | None:
    """``AutoBackup`` is written as a boolean or as 0 and 1, or not at all."""
    return bool(value) if isinstance(value, bool | int) else None


def _plist(data: bytes) -> dict[str, Any] | None:
    """Parse a property list; anything else, empty output included, is None."""
    try:
        table = plistlib.loads(data)
    except (plistlib.InvalidFileException, ExpatError, ValueError, KeyError, TypeError,
            AttributeError, IndexError, OverflowError, RecursionError):  # fmt: skip
        return None
    return table if isinstance(table, dict) else None


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _utc(value: object) -> datetime | None:
    """A plist date carries no zone and is UTC."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else None
