"""Engines that are only recognised: set up or not, but no word about their runs.

A program that is merely installed proves nothing; a file that names a repository or a task does
prove that somebody set it up. Whether it runs stays unknown here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from posture_scan.checks.backup.facts import BackupJob, Kind
from posture_scan.checks.backup.planned import Planned, base_job
from posture_scan.checks.backup.surroundings import Surroundings

from posture_scan.sdk import Look

_OWN_READER: Final = frozenset({
    "restic", "borg", "borgmatic", "rsnapshot", "duplicity", "rdiff-backup",
})  # fmt: skip
_SYSTEM: Final[tuple[tuple[str, str], ...]] = (
    ("acronis", "/etc/Acronis/*"), ("veeam_agent", "/etc/veeam/veeam.ini"),
    ("urbackup", "/etc/default/urbackupclient"), ("amanda", "/etc/amanda/*"),
    ("backuppc", "/etc/backuppc/config.pl"), ("azure_mars", "/etc/azure-backup/*"),
    ("backupninja", "/etc/backup.d/*"),
)  # fmt: skip
"""Traces in the system; packages bring some of them as samples, so they prove no job."""

_HOME: Final[tuple[tuple[str, str], ...]] = (
    ("kopia", ".config/kopia/repository.config"), ("duplicati", ".config/Duplicati/*.sqlite"),
)  # fmt: skip


def other_jobs(
    look: Look, planned: Sequence[Planned], surroundings: Surroundings
) -> list[BackupJob]:
    """Return planned calls of the remaining engines, and what else was recognised."""
    jobs = [
        base_job(look, item, surroundings)
        for item in planned
        if item.command.engine not in _OWN_READER
    ]
    jobs += _snapshots(look)
    jobs += _proxmox(look)
    for engine, pattern in _SYSTEM:
        found = [
            info for info in look.files(pattern) if engine != "backupninja" or _acts(info.path)
        ]
        jobs += [BackupJob(engine, info.path) for info in found[:1]]
    for home in look.host.homes():
        for engine, tail in _HOME:
            jobs += [
                BackupJob(engine, info.path)
                for info in look.files(f"{home}/{tail}", hides="run")[:1]
            ]
    return jobs


def _acts(path: str) -> bool:
    """Tell whether backupninja runs this file: it skips ``0…``, ``….disabled`` and bare names."""
    name = path.rsplit("/", 1)[-1]
    return not name.startswith("0") and "." in name and not name.endswith(".disabled")


def _snapshots(look: Look) -> list[BackupJob]:
    """Old states on the same disk: a help after a bad update, no backup."""
    jobs = []
    text = look.text("/etc/timeshift/timeshift.json", hides="run") or ""
    if re.search(r'"schedule_\w+"\s*:\s*"true"', text):
        jobs.append(BackupJob("timeshift", "/etc/timeshift/timeshift.json", Kind.SNAPSHOT))
    jobs += [
        BackupJob("snapper", info.path, Kind.SNAPSHOT)
        for info in look.files("/etc/snapper/configs/*", hides="run")[:1]
    ]
    return jobs


def _proxmox(look: Look) -> list[BackupJob]:
    """Read ``/etc/pve/jobs.cfg``: one block per job, switched off by ``enabled 0``."""
    text = look.text("/etc/pve/jobs.cfg", hides="run") or ""
    blocks = re.findall(r"^vzdump: (\S+)\n((?:[ \t].*+\n?+)*+)", text, re.MULTILINE)
    return [
        BackupJob(
            "vzdump", f"/etc/pve/jobs.cfg {name}",
            enabled=not re.search(r"^[ \t]++enabled[ \t]++0[ \t]*+$", body, re.MULTILINE),
        )
        for name, body in blocks
    ]  # fmt: skip
