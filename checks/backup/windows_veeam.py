"""Veeam Agent and Veeam Backup & Replication: how sessions ended, from their event logs.

Ends of backups are 190 (of an agent's job on the server: 790), ends of restores 290 and 40290.
The result is a number: 0 good, 1 with warnings, 2 failed. Where an event carries no named result,
its level says the same: Veeam writes it as information, warning or error.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from posture_scan.checks.backup.depth import is_deep
from posture_scan.checks.backup.facts import BackupJob, Proof

from posture_scan.sdk import Attempt, Look, ScriptAnswer, moment, number_of

SERVICE: Final = "VeeamEndpointBackupSvc"
_LOGS: Final = (
    ("veeam_agent", "veeam_agent"), ("veeam_endpoint", "veeam_agent"),
    ("veeam_server", "veeam_backup_replication"),
)  # fmt: skip
_RESTORES: Final = frozenset({290, 40290})
_DATA: Final = re.compile(r"<Data Name=['\"](\w{1,40})['\"]>([^<]{0,200})</Data>")
_BY_LEVEL: Final = {4: 0, 3: 1, 2: 2, 1: 2}
"""Windows' event levels: 1 critical, 2 error, 3 warning, 4 information."""

_GOOD, _FAILED = 0, 2
_DAY: Final = 86_400


@dataclass(frozen=True)
class _End:
    at: datetime
    result: int
    restore: bool
    job: str


def veeam_jobs(look: Look, answer: ScriptAnswer) -> list[BackupJob]:
    """Return one job for each log and job that left ends of sessions there."""
    jobs = []
    for name, engine in _LOGS:
        events = answer.rows(name, hides="run")
        ends = [end for item in events if (end := _end(item)) is not None]
        if events and not ends:
            look.note(f"events {name}", Attempt.PROTOCOL_MISMATCH, "job", "tool")
        backups = [end for end in ends if not end.restore]
        restores = [end for end in ends if end.restore and end.result == _GOOD]
        identities = list(dict.fromkeys(end.job for end in backups)) or [""] * bool(restores)
        for identity in identities:
            alone = len(identities) == 1
            jobs.append(
                _job(
                    engine, f"{name} {identity[:8]}".strip(),
                    [end for end in backups if end.job == identity],
                    [end.at for end in restores if alone or (identity and end.job == identity)],
                )
            )  # fmt: skip
    return jobs


def _job(engine: str, name: str, backups: list[_End], restores: list[datetime]) -> BackupJob:
    """Join what belongs to one job; a restore counts for it alone when it is surely of this job."""
    backups = sorted(backups, key=lambda end: end.at)
    good = [end.at for end in backups if end.result == _GOOD]
    return BackupJob(
        engine=engine, job=name, enabled=True if backups else None,
        schedule_seconds=usual_gap([end.at for end in backups]),
        proofs=(Proof("veeam_event", "A", max(good)),) if good else (),
        last_run_failed=backups[-1].result == _FAILED if backups else None,
        versioned=True if is_deep(good) else None,
        oldest_at=min(good, default=None),
        restore_proven_at=max(restores) if restores else None,
    )  # fmt: skip


def _end(item: dict[str, Any]) -> _End | None:
    at = moment(item.get("at"))
    data = dict(_DATA.findall(str(item.get("xml") or "")))
    told = data.get("JobResult") or data.get("Result") or ""
    result = int(told) if told in ("0", "1", "2") else _BY_LEVEL.get(number_of(item.get("level")))
    if at is None or result is None or (told and told not in ("0", "1", "2")):
        return None
    job = data.get("JobID") or data.get("JobId") or ""
    return _End(at, result, number_of(item.get("id")) in _RESTORES, job)


def usual_gap(times: list[datetime]) -> int:
    """Return the longest of the last gaps between runs: the period as it is lived, in seconds.

    It is a day at least: a computer that saves every hour and is off at night is not in default.
    """
    gaps = [int((b - a).total_seconds()) for a, b in itertools.pairwise(times)]
    return max(_DAY, *gaps[-7:]) if gaps else 0
