"""Backups of Windows, read with one PowerShell call, from the registry and from files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posture_scan.checks.backup.facts import BackupJob, Kind
from posture_scan.checks.backup.windows_places import Drives, drives_of
from posture_scan.checks.backup.windows_products import product_jobs
from posture_scan.checks.backup.windows_script import COMMAND
from posture_scan.checks.backup.windows_server import server_backup
from posture_scan.checks.backup.windows_tasks import task_jobs
from posture_scan.checks.backup.windows_user import user_jobs
from posture_scan.checks.backup.windows_veeam import veeam_jobs

from posture_scan.sdk import Look, ScriptAnswer, ask

_VERSION: Final = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
_CLOCK: Final = r"HKLM\SYSTEM\CurrentControlSet\Services\W32Time\Parameters"
_ROLES: Final = {"Server": "server", "Server Core": "server", "Client": "computer"}


@dataclass(frozen=True)
class WindowsView:
    """What Windows says of its backups, its role and its clock."""

    jobs: tuple[BackupJob, ...]
    role: str
    clock_synchronised: bool | None


def windows_view(look: Look) -> WindowsView:
    """Ask once and read every block of the answer; what needs no PowerShell is read anyway."""
    answer = ask(look, COMMAND)
    drives = drives_of(look, answer) if answer else Drives()
    jobs = [] if answer is None else [
        *server_backup(answer, drives, look.host.now),
        *veeam_jobs(look, answer),
        *task_jobs(look, answer.rows("tasks"), drives),
    ]  # fmt: skip
    jobs += user_jobs(look, drives)
    jobs += product_jobs(look, drives, {job.engine for job in jobs})
    jobs += _shadow_copies(answer) if answer else []
    role = _ROLES.get(str(look.value(_VERSION, "InstallationType", hides="run")), "")
    no_sync = look.value(_CLOCK, "Type", hides="run") == "NoSync"
    return WindowsView(tuple(jobs), role, False if no_sync else None)


def _shadow_copies(answer: ScriptAnswer) -> list[BackupJob]:
    """Old states on the same volume, the first thing that ransomware deletes."""
    if not answer.rows("shadows", hides="snapshot"):
        return []
    return [BackupJob("shadow_copies", "Volume Shadow Copy", Kind.SNAPSHOT, enabled=True)]
