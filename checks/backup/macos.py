"""Time Machine: its destination is open to everybody, its dates only with Full Disk Access.

What is closed stays unknown. In particular nothing is concluded from a word that is missing in a
file that could not be read, such as ``NotEncrypted``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from posture_scan.checks.backup.depth import is_deep
from posture_scan.checks.backup.facts import BackupJob, Kind, Place, Proof

from posture_scan.sdk import (
    Attempt,
    AttemptError,
    Look,
    is_absent,
    lift_of,
    plist_table,
    redacted_address,
    zone_of,
)

_DESTINATIONS: Final = ("tmutil", "destinationinfo", "-X")
_PREFERENCES: Final = "/Library/Preferences/com.apple.TimeMachine.plist"
_LATEST: Final = ("tmutil", "latestbackup")
_SNAPSHOTS: Final = ("tmutil", "listlocalsnapshots", "/")
_REFUSED: Final = 80
"""How tmutil ends without Full Disk Access."""

_NAMED: Final = re.compile(r"/(\d{4}-\d{2}-\d{2}-\d{6})(?:\.backup)?/?\s*$")
_OTHERS: Final[tuple[tuple[str, str], ...]] = (
    ("arq", "/Library/Application Support/ArqAgent/*"),
    ("arq", "/Applications/Arq.app"),
    ("backblaze", "/Library/Backblaze.bzpkg/*"),
    ("acronis", "/Library/Application Support/Acronis/*"),
    ("carbon_copy_cloner", "/Library/Application Support/com.bombich.ccc/*"),
    ("carbon_copy_cloner", "/Applications/Carbon Copy Cloner.app"),
)  # fmt: skip
_CLOUD: Final = {
    "onedrive": "onedrive", "googledrive": "google_drive", "dropbox": "dropbox", "box": "box",
}  # fmt: skip
"""Services by how their folder in ``~/Library/CloudStorage`` begins; an address may follow."""

_TURNS: Final = timedelta(days=30)
_ICLOUD: Final = "Library/Mobile Documents/com~apple~CloudDocs"


def macos_jobs(look: Look) -> list[BackupJob]:
    """Return Time Machine's destinations, and what else saves, keeps old states or synchronises."""
    jobs = _time_machine(look)
    for engine, pattern in _OTHERS:
        found = look.files(pattern, hides="run")[:1]
        if not any(job.engine == engine for job in jobs):
            jobs += [BackupJob(engine, info.path) for info in found]
    return [*jobs, *_synchronised(look), *_local_snapshots(look)]


def _time_machine(look: Look) -> list[BackupJob]:
    result = look.run(_DESTINATIONS)
    if result is None:
        return []
    table = plist_table(result.stdout) if result.code == 0 else None
    if table is None:
        look.note("tmutil destinationinfo", Attempt.PROTOCOL_MISMATCH, "job", "tool")
        return []
    destinations = _dicts(table.get("Destinations"))
    if not destinations:
        return []
    history = _history(look)
    jobs = _with_turns([_job(item, history or {}) for item in destinations], look.host.now)
    return jobs if all(job.proofs for job in jobs) else _asked(look, jobs, closed=history is None)


def _with_turns(jobs: list[BackupJob], now: datetime) -> list[BackupJob]:
    """Disks take turns when two or more of them were written to in the last 30 days."""
    used = [
        job for job in jobs
        if job.destination_class is Place.REMOVABLE
        and any(now - proof.at <= _TURNS for proof in job.proofs)
    ]  # fmt: skip
    if len(used) < 2:  # noqa: PLR2004 -- one disk takes no turns
        return jobs
    return [replace(job, rotated_media=True) if job in used else job for job in jobs]


def _asked(look: Look, jobs: list[BackupJob], *, closed: bool) -> list[BackupJob]:
    """Ask for the newest backup, whose name is a time of this Mac; a refusal is told as such."""
    result = look.run(_LATEST, hides="run", quiet=True)
    if result is not None and result.code == _REFUSED:
        look.note("tmutil latestbackup", Attempt.PERMISSION_DENIED, "run", "full_disk_access")
        closed = True
    found = _NAMED.search(result.stdout.decode("utf-8", "replace")) if result else None
    at = _local(look, found.group(1)) if found and result and result.code == 0 else None
    if at is not None and len(jobs) == 1:
        return [replace(jobs[0], proofs=(Proof("latest_backup", "A", at),))]
    if not closed:
        return jobs
    return [job if job.proofs else replace(job, traps=("dates_closed",)) for job in jobs]


def _local(look: Look, text: str) -> datetime | None:
    """Read a name such as 2026-06-14-145122 in this Mac's own time zone, if that can be read."""
    zone = zone_of(look.data("/etc/localtime", hides="run", limit=65_536) or b"")
    if zone is None:
        return None
    try:
        at = datetime.strptime(text, "%Y-%m-%d-%H%M%S").replace(tzinfo=zone)
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _local_snapshots(look: Look) -> list[BackupJob]:
    """Old states on the Mac's own disk; only their names are read, which are not translated."""
    result = look.run(_SNAPSHOTS, hides="snapshot", quiet=True)
    if result is None or b"com.apple.TimeMachine." not in result.stdout:
        return []
    return [BackupJob("apfs_snapshots", "tmutil listlocalsnapshots", Kind.SNAPSHOT, enabled=True)]


def _synchronised(look: Look) -> list[BackupJob]:
    engines: dict[str, None] = {}
    for home in look.host.homes():
        for info in look.files(f"{home}/Library/CloudStorage/*", hides="sync"):
            name = info.path.rsplit("/", 1)[-1].split("-")[0].lower()
            engines |= {_CLOUD[name]: None} if name in _CLOUD else {}
        if look.files(f"{home}/{_ICLOUD}", hides="sync"):
            engines["icloud"] = None
    return [BackupJob(engine, engine, Kind.SYNC, enabled=True) for engine in engines]


def _job(item: dict[str, Any], history: dict[str, dict[str, Any]]) -> BackupJob:
    identity = str(item.get("ID") or item.get("DestinationID") or "")
    network = item.get("Kind") == "Network"
    known = history.get(identity, {})
    told = known.get("SnapshotDates")
    dates = [at for at in map(_utc, told if isinstance(told, list) else ()) if at]
    enabled = known.get("AutoBackup")
    return BackupJob(
        engine="time_machine",
        job=f"Time Machine {identity[:8]}",
        destination=redacted_address(str(item.get("URL") or item.get("Name") or "")),
        destination_class=Place.NETWORK_SHARE if network else Place.REMOVABLE,
        enabled=enabled if isinstance(enabled, bool) else True,
        proofs=(Proof("snapshot_dates", "A", max(dates)),) if dates else (),
        versioned=True if is_deep(dates) else None,
        oldest_at=min(dates, default=None),
        integrity_at=_utc(known.get("ConsistencyScanDate")),
    )


def _history(look: Look) -> dict[str, dict[str, Any]] | None:
    """Read the dates; None when they are closed, which is no sign of anything bad."""
    try:
        data = look.host.read(_PREFERENCES)
    except AttemptError as error:
        if is_absent(error):
            return {}
        denied = error.attempt is Attempt.PERMISSION_DENIED
        lift = "full_disk_access" if denied else lift_of(error)
        look.note(_PREFERENCES, error.attempt, "run", lift)
        return None if denied else {}
    table = plist_table(data)
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


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _utc(value: object) -> datetime | None:
    """A plist date carries no zone and is UTC."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else None
