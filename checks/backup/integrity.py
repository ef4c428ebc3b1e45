"""Checks of a copy: what engines say when one passed, and when that was.

A check that reads the structure only (``restic check``) finds lost files, not rotten ones; one
that reads the saved data finds both. Lines of a log carry no time: the log's own time counts,
and only while the check is the newest thing that the log tells of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from posture_scan.checks.backup import journal, messages
from posture_scan.checks.backup.facts import BackupJob
from posture_scan.checks.backup.planned import Planned

from posture_scan.sdk import Look, redacted_address


def with_checks(
    look: Look, jobs: Sequence[BackupJob], checks: Sequence[Planned]
) -> list[BackupJob]:
    """Give every job the newest passed check: of its own run, or one planned by itself."""
    found = list(jobs)
    for item in checks:
        passed = _passed(look, item)
        if passed is None:
            continue
        for number in _checked_jobs(found, item):
            job = found[number]
            if job.integrity_at is None or passed[0] > job.integrity_at:
                found[number] = replace(job, integrity_at=passed[0], integrity_grade=passed[1])
    return found


def _checked_jobs(jobs: Sequence[BackupJob], item: Planned) -> list[int]:
    """Find the jobs whose copy a check looks at: the same destination, or the engine's only job."""
    mine = [number for number, job in enumerate(jobs) if job.engine == item.command.engine]
    place = redacted_address(item.command.destination)
    if place:
        return [number for number in mine if jobs[number].destination.rstrip("/") == place]
    return mine if len(mine) == 1 else []


def _passed(look: Look, item: Planned) -> tuple[datetime, str] | None:
    engine = item.command.engine
    run = journal.newest_run(look, item.service) if item.service else None
    if run is not None:
        grade = messages.check_grade(engine, run.messages) if run.ok else ""
        return (run.at, grade) if grade else None
    end = messages.log_end(look, item.log, engine)
    return (end.written, end.checked) if end is not None and end.checked else None
