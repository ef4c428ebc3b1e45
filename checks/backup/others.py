"""Engines that are only recognised: set up or not, but no word about their runs.

A program that is merely installed proves nothing; a file that names a repository or a task does
prove that somebody set it up. Whether it runs stays unknown here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from posture_scan.checks.backup.facts import BackupJob, Kind, Proof
from posture_scan.checks.backup.planned import Planned, Surroundings, base_job

from posture_scan.sdk import Look

_OWN_READER: Final = frozenset({"restic", "borg", "borgmatic", "rsnapshot"})
_SYSTEM: Final[tuple[tuple[str, str], ...]] = (
    ("acronis", "/etc/Acronis/*"), ("veeam_agent", "/etc/veeam/veeam.ini"),
    ("urbackup", "/etc/default/urbackupclient"), ("bacula", "/etc/bacula/bacula-fd.conf"),
    ("bareos", "/etc/bareos/bareos-fd.d/*"), ("amanda", "/etc/amanda/*"),
    ("backuppc", "/etc/backuppc/config.pl"), ("azure_mars", "/etc/azure-backup/*"),
    ("backupninja", "/etc/backup.d/*"),
)  # fmt: skip
"""Traces in the system; packages bring some of them as samples, so they prove no job."""

_HOME: Final[tuple[tuple[str, str], ...]] = (
    ("kopia", ".config/kopia/repository.config"), ("duplicati", ".config/Duplicati/*.sqlite"),
)  # fmt: skip
_MANIFEST: Final = re.compile(r"duplicity-(?:full|inc\.\d{8}T\d{6}Z\.to)\.(\d{8}T\d{6})Z\.manifest")


def other_jobs(
    look: Look, planned: Sequence[Planned], surroundings: Surroundings
) -> list[BackupJob]:
    """Return planned calls of the remaining engines, and what else was recognised."""
    jobs = [
        base_job(look, item, surroundings)
        for item in planned
        if item.command.engine not in _OWN_READER
    ]
    jobs = _with_duplicity(look, jobs)
    jobs += _snapshots(look)
    jobs += _proxmox(look)
    for engine, pattern in _SYSTEM:
        jobs += [BackupJob(engine, info.path) for info in look.files(pattern)[:1]]
    for home in look.host.homes():
        for engine, tail in _HOME:
            jobs += [
                BackupJob(engine, info.path)
                for info in look.files(f"{home}/{tail}", hides="run")[:1]
            ]
    return jobs


def _with_duplicity(look: Look, jobs: list[BackupJob]) -> list[BackupJob]:
    """Add duplicity's traces to the one plan they can belong to, else as jobs of their own."""
    traces = _duplicity_traces(look)
    planned = [job for job in jobs if job.engine == "duplicity"]
    if len(traces) != 1 or len(planned) != 1:
        return jobs + traces
    joined = replace(planned[0], proofs=planned[0].proofs + traces[0].proofs)
    return [joined if job is planned[0] else job for job in jobs]


def _duplicity_traces(look: Look) -> list[BackupJob]:
    """Read the times in the names of duplicity's cached manifests; they end in Z: UTC."""
    jobs = []
    for home in look.host.homes():
        for folder in look.files(f"{home}/.cache/duplicity/*", hides="run"):
            files = look.files(f"{folder.path}/*.manifest", hides="run", limit=20_000)
            names = (_MANIFEST.fullmatch(info.path.rsplit("/", 1)[-1]) for info in files)
            times = [parse_compact(found.group(1)) for found in names if found]
            known = [moment for moment in times if moment is not None]
            if known:
                proof = Proof("manifest_name", "B", max(known))
                name = f"duplicity {folder.path[-8:]}"
                jobs.append(BackupJob("duplicity", name, proofs=(proof,)))
    return jobs


def parse_compact(text: str) -> datetime | None:
    """Read ``20261122T024000`` as UTC."""
    try:
        return datetime.strptime(f"{text}+0000", "%Y%m%dT%H%M%S%z").astimezone(UTC)
    except ValueError:
        return None


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
    blocks = re.findall(r"^vzdump: (\S+)\n((?:[ \t]+.*\n?)*)", text, re.MULTILINE)
    return [
        BackupJob(
            "vzdump", f"/etc/pve/jobs.cfg {name}",
            enabled=not re.search(r"^\s+enabled\s+0\s*$", body, re.MULTILINE),
        )
        for name, body in blocks
    ]  # fmt: skip
