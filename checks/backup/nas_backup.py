"""Whether a NAS saves its own data, lately, as far as its own exported record says.

A record that somebody hands in is class D, "documented": it is taken as it is, judged as of the
day it was made, and speaks of levels 1 and 2 only. Where a NAS has several tasks each saves other
folders, so the worst of them counts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from posture_scan.checks.backup.facts import BackupJob, Kind
from posture_scan.checks.backup.nas_facts import SPAN, NasBackups
from posture_scan.checks.backup.steps import CLOCK_SLACK, SERVER_WINDOW, short

from posture_scan.sdk import Context, Status, Verdict, check, fail, ok, unknown

_HOURS: Final = SERVER_WINDOW // timedelta(hours=1)
_ORDER: Final = (Status.FAIL, Status.UNKNOWN, Status.PASS)


@check(needs=NasBackups)
def none(seen: NasBackups) -> Verdict:
    """The NAS has no task that saves its data by itself."""
    saving = _saving(seen)
    if not seen.jobs:
        return fail("nothing_found", product=seen.title)
    if not saving:
        return fail("only_sync", product=seen.title)
    if any(job.enabled for job in saving):
        return ok("configured", product=seen.title)
    if any(job.enabled is None for job in saving):
        return unknown("schedule_unseen", product=seen.title)
    return fail("disabled", product=seen.title)


@check(needs=NasBackups)
def stale(seen: NasBackups, context: Context) -> Verdict:
    """A task of the NAS has not ended well inside the time it should have."""
    jobs = [job for job in _saving(seen) if job.enabled is not False]
    if not jobs:
        return fail("no_backup", product=seen.title)
    times = [proof.at for job in jobs for proof in job.proofs]
    if any(at > context.now + CLOCK_SLACK for at in times):
        return unknown("time_in_future", product=seen.title)
    made = max([context.observed_at, *times])
    verdicts = [_run(job, seen, made) for job in jobs]
    return min(verdicts, key=lambda verdict: _ORDER.index(verdict.status))


def _saving(seen: NasBackups) -> list[BackupJob]:
    return [job for job in seen.jobs if job.kind is not Kind.SYNC]


def _run(job: BackupJob, seen: NasBackups, made: datetime) -> Verdict:
    if job.last_run_failed:
        return fail("last_run_failed", product=seen.title, job=job.job)
    if not job.proofs:
        return unknown("no_success_seen", product=seen.title, job=job.job)
    last = max(proof.at for proof in job.proofs)
    age = made - last
    if age - SPAN > SERVER_WINDOW:
        return fail(
            "stale", product=seen.title, job=job.job, last=short(last), hours=_HOURS
        )  # fmt: skip
    if age > SERVER_WINDOW:
        return unknown("zone_unseen", product=seen.title, job=job.job, hours=_HOURS)
    return ok("fresh", product=seen.title, last=short(last), hours=_HOURS)
