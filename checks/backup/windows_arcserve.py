"""Arcserve UDP's own history of backups: one small XML file for each run, not translated.

The status is one word of the product (``Finished``, ``Failed``); the time is that of the file,
because the one inside is written in the language of the system. Only the two named values of the
registry are read: beside them stands a password that anybody could undo.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from xml.etree import ElementTree as ET

from posture_scan.checks.backup.depth import is_deep
from posture_scan.checks.backup.facts import BackupJob, Place, Proof
from posture_scan.checks.backup.windows_places import Drives, place_of
from posture_scan.checks.backup.windows_veeam import usual_gap

from posture_scan.sdk import Attempt, FileInfo, Look, redacted_address

INSTALLED: Final = (
    r"HKLM\SOFTWARE\Arcserve\Unified Data Protection\Engine\InstallPath",
    r"HKLM\SOFTWARE\CA\ARCserve Unified Data Protection\Engine\InstallPath",
)
PLACES: Final = (r"BackupHistory\BackupInfo*.xml", r"BackupHistory\*\BackupInfo*.xml",
                 r"BackupHistory\*\*\BackupInfo*.xml")  # fmt: skip
_LIMIT: Final = 262_144
_MOST: Final = 60
"""Runs that are read, newest first."""

_NO_BACKUP: Final = ("resync", "verify")
"""Words in a run's type that say that nothing new was saved."""


@dataclass(frozen=True)
class _Run:
    at: datetime
    status: str
    kind: str
    destination: str


def arcserve_jobs(look: Look, drives: Drives) -> list[BackupJob]:
    """Return one job made of the runs in the history, or nothing where there is none."""
    files = _files(look)
    runs = [run for info in files if (run := _run(look, info)) is not None]
    if files and not runs:
        look.note("Arcserve BackupHistory", Attempt.PROTOCOL_MISMATCH, "job", "tool")
    runs = sorted(
        (run for run in runs if not any(word in run.kind for word in _NO_BACKUP)),
        key=lambda run: run.at,
    )
    if not runs:
        return []
    good = [run.at for run in runs if run.status == "finished"]
    targets = {run.destination for run in runs[-7:] if run.destination}
    target = targets.pop() if len(targets) == 1 else ""
    return [
        BackupJob(
            engine="arcserve_udp", job="Arcserve UDP", destination=redacted_address(target),
            destination_class=place_of(target, drives) if target else Place.UNKNOWN,
            enabled=True if len({run.at.date() for run in runs}) > 1 else None,
            schedule_seconds=usual_gap([run.at for run in runs]),
            proofs=(Proof("backup_info", "A", max(good)),) if good else (),
            last_run_failed=_failed(runs[-1].status),
            versioned=True if is_deep(good) else None,
            oldest_at=min(good, default=None),
        )
    ]  # fmt: skip


def _failed(status: str) -> bool | None:
    """Any other word (canceled, missed, running) proves neither."""
    return {"finished": False, "failed": True}.get(status)


def _files(look: Look) -> list[FileInfo]:
    for key in INSTALLED:
        path = look.value(key, "Path", hides="job")
        if isinstance(path, str) and path:
            base = path.rstrip("\\")
            found = [info for place in PLACES for info in look.files(f"{base}\\{place}")]
            return sorted(found, key=lambda info: info.modified, reverse=True)[:_MOST]
    return []


def _run(look: Look, info: FileInfo) -> _Run | None:
    root = parse(look.data(info.path, hides="run", limit=_LIMIT) or b"")
    if root is None:
        return None
    status = kind = destination = ""
    for item in root.iter():
        name = str(item.tag).lower()
        types = (value for key, value in item.attrib.items() if "type" in f"{name}{key}".lower())
        kind += " ".join(types).lower()
        if name == "backupstatus":
            status = item.get("Status", "").lower()
        elif "dest" in name:
            destination = destination or next(filter(_is_path, item.attrib.values()), "")
    return _Run(info.modified, status, kind, destination) if status else None


def parse(data: bytes) -> ET.Element | None:
    """Parse a small XML file; one that declares entities of its own is refused."""
    if b"<!" in data.replace(b"\0", b"").replace(b"<!--", b"") or not data:
        return None
    try:
        return ET.fromstring(data)  # noqa: S314 -- no entities, at most 256 KiB
    except (ET.ParseError, ValueError, LookupError, RecursionError):
        return None


def _is_path(text: str) -> bool:
    return text.startswith("\\\\") or text[1:3] == ":\\"
