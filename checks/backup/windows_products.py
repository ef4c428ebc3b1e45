"""Backup products of Windows that are recognised by what they install, and Arcserve's history.

Presence proves no backup: a product without a reader here stays unknown. Acronis's ``acrocmd``
and MSP360's ``cbb`` are not run: they start or wait for a service, and print translated text.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from posture_scan.checks.backup.facts import BackupJob
from posture_scan.checks.backup.windows_arcserve import arcserve_jobs
from posture_scan.checks.backup.windows_places import Drives, place_of
from posture_scan.checks.backup.windows_registry import sub_keys

from posture_scan.sdk import Look, redacted_address

SERVICES_KEY: Final = r"HKLM\SYSTEM\CurrentControlSet\Services"
SERVICES: Final[dict[str, str]] = {
    "MMS": "acronis", "aakore": "acronis", "OBEngine": "azure_mars",
    "ReflectService.exe": "macrium_reflect", "MacriumService": "macrium_reflect",
    "CASAD2DWebSvc": "arcserve_udp", "VeeamEndpointBackupSvc": "veeam_agent",
    "VeeamBackupSvc": "veeam_backup_replication",
    "MSP360 Online Backup Service": "msp360", "CloudBerry Backup Service": "msp360",
}  # fmt: skip
"""Names of services as the products register them; they are not translated."""

PROGRAMS: Final = (
    ("activeimage_protector",
     r"C:\Program Files\Actiphy\ActiveImage Protector\aipcontrol.exe"),
)  # fmt: skip
WINDOWS_7: Final = (
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsBackup\ScheduleParams\TargetDevice"
)
UNINSTALL: Final = (
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall",
    r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall",
    r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall",
)
_BRANDS: Final[tuple[tuple[str, str], ...]] = (
    ("acronis", r"acronis"), ("activeimage_protector", r"activeimage protector"),
    ("aomei_backupper", r"aomei backupper"), ("arcserve_udp", r"arcserve u"),
    ("arcserve_backup", r"arcserve backup"), ("backblaze", r"backblaze"),
    ("backup_exec", r"backup exec"), ("bunbackup", r"bunbackup"), ("carbonite", r"carbonite"),
    ("cobian", r"cobian"), ("crashplan", r"crashplan"), ("duplicati", r"duplicati"),
    ("easeus_todo_backup", r"easeus todo backup"), ("freefilesync", r"freefilesync"),
    ("hd_kakumei", r"hd革命/backup"), ("idrive", r"idrive"), ("iperius", r"iperius"),
    ("kopia", r"kopia"), ("macrium_reflect", r"macrium reflect"),
    ("msp360", r"msp360|cloudberry"), ("novabackup", r"novabackup"),
    ("paragon_backup", r"paragon (?:backup|hard disk manager)"), ("realsync", r"realsync"),
    ("shadowprotect", r"shadowprotect"), ("syncback", r"syncback"),
    ("synology_active_backup", r"synology active backup"),
    ("system_recovery", r"(?:veritas|symantec) system recovery"), ("urbackup", r"urbackup"),
    ("veeam_agent", r"veeam agent for"), ("veeam_backup_replication", r"veeam backup & repl"),
)  # fmt: skip
"""Names that installed programs carry in every language; each is matched at the beginning."""

_SWITCHED_OFF: Final = 4
"""``Start`` of a service that nobody may start."""


def product_jobs(look: Look, drives: Drives, known: Collection[str]) -> list[BackupJob]:
    """Return what Arcserve's history tells and which other products are there.

    Args:
        look: the computer.
        drives: its drives.
        known: engines whose runs were read elsewhere, which need no mention.
    """
    jobs: list[BackupJob] = [*arcserve_jobs(look, drives), *_windows_7(look, drives)]
    seen = {*known, *(job.engine for job in jobs)}
    for engine, on in _installed(look).items():
        if engine not in seen:
            jobs.append(BackupJob(engine, engine, enabled=None if on else False))
    return jobs


def _windows_7(look: Look, drives: Drives) -> list[BackupJob]:
    """Return "Backup and Restore (Windows 7)", which later versions of Windows still carry."""
    target = look.value(WINDOWS_7, "PresentableName", hides="job")
    if not isinstance(target, str) or not target:
        return []
    return [
        BackupJob(
            "windows_backup_and_restore", "Backup and Restore (Windows 7)",
            destination=redacted_address(target), destination_class=place_of(target, drives),
        )
    ]  # fmt: skip


def _installed(look: Look) -> dict[str, bool]:
    """Map each engine found to whether anything of it may still be started."""
    found: dict[str, bool] = {}
    for service, engine in SERVICES.items():
        start = look.value(f"{SERVICES_KEY}\\{service}", "Start", hides="job")
        if isinstance(start, int):
            found[engine] = found.get(engine, False) or start != _SWITCHED_OFF
    for engine, path in PROGRAMS:
        if look.info(path, hides="job") is not None:
            found[engine] = True
    return {**dict.fromkeys(_listed(look), True), **found}


def _listed(look: Look) -> list[str]:
    """Recognise products in the list of installed programs, so that none is taken for absent.

    A service that was found says more, and may have been switched off.
    """
    engines: list[str] = []
    for key in UNINSTALL:
        for name in sub_keys(look, key, hides="job"):
            shown = look.value(f"{key}\\{name}", "DisplayName", hides="job")
            text = shown.lower() if isinstance(shown, str) else ""
            engines += [engine for engine, brand in _BRANDS if re.match(brand, text)]
    return engines
