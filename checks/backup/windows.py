"""Backups of Windows: Server Backup, Veeam, File History, planned tasks and what only syncs."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from posture_scan.checks.backup.destination import redacted
from posture_scan.checks.backup.facts import BackupJob, Kind, Place, Proof
from posture_scan.checks.backup.restic import is_deep
from posture_scan.checks.backup.windows_script import COMMAND

from posture_scan.sdk import Look, ScriptAnswer, ask, filetime, moment, number_of

_DAY: Final = 86_400
_BAD_EVENTS: Final = frozenset({5, 9, 49, 517, 521, 546, 547})
"""Server Backup's events of a run that failed; 4 is the one of success."""

_RESTORES: Final = frozenset({290, 40290})
_DATA: Final = re.compile(r"<Data Name=['\"](\w{1,40})['\"]>([^<]{0,200})</Data>")
_TARGET: Final = re.compile(r"<TargetUrl>([^<]{1,400})</TargetUrl>")
_SERVICES: Final[dict[str, str]] = {
    "MMS": "acronis", "aakore": "acronis", "OBEngine": "azure_mars",
    "ReflectService.exe": "macrium_reflect", "CASAD2DWebSvc": "arcserve_udp",
    "MSP360 Online Backup Service": "msp360", "CloudBerry Backup Service": "msp360",
}  # fmt: skip


@dataclass(frozen=True)
class WindowsView:
    """What Windows says of its backups, its role and its clock."""

    jobs: tuple[BackupJob, ...]
    role: str
    clock_synchronised: bool | None


def windows_view(look: Look) -> WindowsView:
    """Ask once and read every block of the answer."""
    from posture_scan.checks.backup.windows_tasks import task_jobs

    answer = ask(look, COMMAND)
    if answer is None:
        return WindowsView((), "", None)
    installation = answer.row("os", hides="run").get("installation")
    role = {"Server": "server", "Server Core": "server", "Client": "computer"}
    drives = {str(item.get("id")): item.get("type") for item in answer.rows("drives", hides="run")}
    jobs = [
        *_server_backup(answer, drives, look.host.now),
        *_veeam(answer),
        *_file_history(answer, drives),
        *task_jobs(look, answer.rows("tasks"), drives),
        *_synchronised(answer),
        *_recognised(answer),
    ]
    no_sync = answer.row("clock", hides="run").get("type") == "NoSync"
    return WindowsView(tuple(jobs), role.get(str(installation), ""), False if no_sync else None)


def place_of(target: str, drives: dict[str, Any]) -> Place:
    """Classify a Windows path by its drive; an internal letter may be an external disk."""
    if target.startswith(("\\\\?\\", "\\\\.\\")):
        return Place.UNKNOWN
    if target.startswith("\\\\"):
        return Place.NETWORK_SHARE
    kind = drives.get(target[:2].upper())
    if kind == 4:  # noqa: PLR2004 -- Win32_LogicalDisk.DriveType: network drive
        return Place.MOUNTED_SHARE
    if kind == 2:  # noqa: PLR2004 -- removable disk
        return Place.REMOVABLE
    return Place.SAME_DISK if target[:2].upper() == "C:" else Place.UNKNOWN


def _server_backup(answer: ScriptAnswer, drives: dict[str, Any], now: datetime) -> list[BackupJob]:
    summary = answer.row("wsb")
    events = answer.rows("wsb_events", hides="run")
    if not summary and not events:
        return []
    proofs, failed = _server_proofs(summary, events)
    sets = [
        (at, str(item.get("target")))
        for item in _rows(summary.get("sets"))
        if (at := moment(item.get("at"))) is not None
    ]
    recent = {target for at, target in sets if now - at <= timedelta(days=30)}
    target = str(summary.get("target") or "")
    return [
        BackupJob(
            engine="windows_server_backup", job="Windows Server Backup",
            destination=redacted(target), destination_class=place_of(target, drives),
            schedule_seconds=_DAY if summary.get("next") else 0,
            enabled=bool(summary.get("policy")) and bool(summary.get("next")) if summary else None,
            proofs=proofs, last_run_failed=failed,
            versioned=True if is_deep([at for at, _ in sets]) else None,
            rotated_media=True if len(recent) > 1 else None,
        )
    ]  # fmt: skip


def _server_proofs(
    summary: dict[str, Any], events: list[dict[str, Any]]
) -> tuple[tuple[Proof, ...], bool | None]:
    proofs: list[Proof] = []
    failed: bool | None = None
    last = moment(summary.get("last_success"))
    if last:
        proofs.append(Proof("wb_summary", "A", last))
    if isinstance(summary.get("hr"), int):
        failed = summary["hr"] != 0
    timed = [
        (at, number_of(item.get("id")))
        for item in events
        if (at := moment(item.get("at"))) is not None
    ]
    good = [at for at, number in timed if number == 4]  # noqa: PLR2004 -- event of success
    if good:
        proofs.append(Proof("event_4", "A", max(good)))
    bad = [at for at, number in timed if number in _BAD_EVENTS]
    if bad and max(bad) > max([proof.at for proof in proofs], default=min(bad) - timedelta(1)):
        failed = True
    return tuple(proofs), failed


def _veeam(answer: ScriptAnswer) -> list[BackupJob]:
    """Read ends of backups (190, 790) and restores (290, 40290); result 2 is a failure."""
    jobs = []
    services = {str(item.get("name")) for item in answer.rows("services", hides="run")}
    for name, engine in (("veeam_agent", "veeam_agent"), ("veeam_endpoint", "veeam_agent"),
                         ("veeam_server", "veeam_backup_replication")):  # fmt: skip
        events = answer.rows(name, hides="run")
        ends = [end for item in events if (end := _veeam_end(item)) is not None]
        backups = sorted((end for end in ends if not end.restore), key=lambda end: end.at)
        restores = [end.at for end in ends if end.restore and end.result == 0]
        good = [end.at for end in backups if end.result == 0]
        if not ends:
            continue
        jobs.append(
            BackupJob(
                engine=engine, job=name,
                enabled=True if "VeeamEndpointBackupSvc" in services or backups else None,
                schedule_seconds=_usual_gap([end.at for end in backups]),
                proofs=(Proof("veeam_event", "A", max(good)),) if good else (),
                last_run_failed=backups[-1].result == 2 if backups else None,  # noqa: PLR2004
                versioned=True if is_deep(good) else None,
                restore_proven_at=max(restores) if restores else None,
            )
        )  # fmt: skip
    if not jobs and "VeeamEndpointBackupSvc" in services:
        jobs.append(BackupJob("veeam_agent", "VeeamEndpointBackupSvc"))
    return jobs


@dataclass(frozen=True)
class _End:
    at: datetime
    result: int
    restore: bool


def _veeam_end(item: dict[str, Any]) -> _End | None:
    at = moment(item.get("at"))
    data = dict(_DATA.findall(str(item.get("xml") or "")))
    result = data.get("JobResult") or data.get("Result") or ""
    if at is None or result not in ("0", "1", "2"):
        return None
    return _End(at, int(result), number_of(item.get("id")) in _RESTORES)


def _usual_gap(times: list[datetime]) -> int:
    """Return the longest of the last gaps between runs: the period as it is lived."""
    gaps = [int((b - a).total_seconds()) for a, b in itertools.pairwise(times)]
    return max(gaps[-7:]) if gaps else 0


def _file_history(answer: ScriptAnswer, drives: dict[str, Any]) -> list[BackupJob]:
    """Take the newest of the two traces, of which one is zero between two cycles."""
    block = answer.row("file_history")
    names = {str(item.get("name")): item for item in _rows(block.get("files"))}
    if not any(name.startswith("Config") for name in names):
        return []
    found = _TARGET.search(str(block.get("config") or ""))
    target = found.group(1) if found else ""
    until = filetime(block.get("until"))
    catalogue = moment(names.get("Catalog1.edb", {}).get("at"))
    proofs = []
    if until:
        proofs.append(Proof("protected_until", "B", until))
    if catalogue:
        proofs.append(Proof("catalogue", "B", catalogue))
    return [
        BackupJob(
            engine="file_history", job="File History", destination=redacted(target),
            destination_class=place_of(target, drives),
            enabled=True if target else None, proofs=tuple(proofs),
        )
    ]  # fmt: skip


def _synchronised(answer: ScriptAnswer) -> list[BackupJob]:
    """OneDrive follows every change at once, encrypted files included: no backup."""
    folders = [item for item in answer.rows("onedrive", hides="run") if item.get("folder")]
    return [BackupJob("onedrive", "OneDrive", Kind.SYNC, enabled=True) for _ in folders[:1]]


def _recognised(answer: ScriptAnswer) -> list[BackupJob]:
    names = [str(item.get("name")) for item in answer.rows("services", hides="run")]
    engines = dict.fromkeys(_SERVICES[name] for name in names if name in _SERVICES)
    return [BackupJob(engine, engine) for engine in engines]


def _rows(value: object) -> list[dict[str, Any]]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]
