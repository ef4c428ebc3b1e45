"""What a restore drill adds to a survey: proof of a restore for the job that it was made with.

Level 5 needs a restore by the engine itself (class A) of every file that was sealed, and the
lower levels of the same backup. A drill of another repository proves nothing about this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from posture_scan.checks.backup.facts import (
    BackupJob,
    BackupSurvey,
    Outcome,
    RestoredFile,
    RestoreDrill,
)
from posture_scan.checks.backup.steps import (
    CLOCK_SLACK,
    RESTORE_WINDOW,
    Answer,
    Step,
    Values,
    short,
)

from posture_scan.sdk import Facts, Method, redacted_address

LEVEL: Final = 5

_FAMILIES: Final = {
    "restic": frozenset({"restic", "resticprofile", "autorestic", "backrest"}),
    "borg": frozenset({"borg", "borgmatic"}),
}
"""Engines by the one that does the work below them."""

_FAILED: Final = {
    Outcome.MISMATCH: "restore_mismatch",
    Outcome.CHANGED: "restore_changed",
    Outcome.DAMAGED: "restore_damaged",
}


def newest_drills(beside: Iterable[Facts]) -> tuple[RestoreDrill, ...]:
    """Return the newest drill of each evidence class; what the engine itself did comes first."""
    drills = [facts for facts in beside if isinstance(facts, RestoreDrill)]
    newest = {
        drill.evidence_class: drill
        for drill in sorted(drills, key=lambda drill: drill.verified_at)
    }  # fmt: skip
    return tuple(newest[name] for name in sorted(newest))


def standing_failure(
    seen: BackupSurvey, drills: Sequence[RestoreDrill], now: datetime
) -> tuple[RestoreDrill, Step] | None:
    """Return the drill that failed and was not made good, with what it says.

    A later drill by the engine makes good what went wrong by hand, but nobody's word makes good
    what the engine itself could not bring back.

    Args:
        seen: the survey of the same computer.
        drills: as ``newest_drills`` returns them.
        now: the moment of judging.
    """
    for number, drill in enumerate(drills):
        if any(surer.verified_at > drill.verified_at for surer in drills[:number]):
            continue
        failed = _failure(seen, drill, now)
        if failed is not None:
            return drill, failed
    return None


def method_of(drill: RestoreDrill) -> Method:
    """Return how sure a drill is: what was only shown is no action of this program."""
    return Method.VERIFIED_ACTION if drill.evidence_class == "A" else Method.ANALYSIS


def _failure(seen: BackupSurvey, drill: RestoreDrill, now: datetime) -> Step | None:
    """Return what a drill that failed says, unless it is out of date or a restore came later."""
    later = [job.restore_proven_at for job in seen.jobs if job.restore_proven_at is not None]
    made_good = any(drill.verified_at < at <= now + CLOCK_SLACK for at in later)
    if made_good or not _in_time(seen, drill, now):
        return None
    for outcome, reason in _FAILED.items():
        for item in drill.files:
            if item.outcome is outcome:
                return Step(Answer.NO, reason, _values(drill, item), LEVEL)
    if any(item.outcome is Outcome.PROVEN and not item.sha256_ok for item in drill.files):
        return Step(Answer.NO, "restore_mismatch", _values(drill, drill.files[0]), LEVEL)
    return None


def shortcoming(seen: BackupSurvey, drill: RestoreDrill, now: datetime) -> Step | None:
    """Return why a drill that went well proves no restore for level 5; None when it does."""
    values = _values(drill, drill.files[0] if drill.files else None)
    if drill.verified_at > now + CLOCK_SLACK or not _after_seal(drill):
        return Step(Answer.UNKNOWN, "drill_times_wrong", values, LEVEL)
    if not drill.files or drill.not_sealed or _missing(drill):
        folder = next(iter((*_missing(drill), *drill.not_sealed)), "?")
        return Step(Answer.UNKNOWN, "restore_partial", {**values, "folder": folder[:200]}, LEVEL)
    if drill.evidence_class != "A":
        return Step(Answer.UNKNOWN, "restored_by_hand", values, LEVEL)
    if not _its_jobs(seen, drill):
        return Step(Answer.UNKNOWN, "restored_elsewhere", values, LEVEL)
    return None


def with_drill(seen: BackupSurvey, drill: RestoreDrill) -> BackupSurvey:
    """Return the survey with the restore written down at the jobs it was made with."""
    mine = _its_jobs(seen, drill)
    jobs = tuple(
        replace(job, restore_proven_at=max(job.restore_proven_at or at, at)) if job in mine else job
        for at in (drill.verified_at,)
        for job in seen.jobs
    )
    return replace(seen, jobs=jobs)


def _its_jobs(seen: BackupSurvey, drill: RestoreDrill) -> list[BackupJob]:
    """Find the jobs that save to where the drill restored from.

    A job whose destination was not seen may be it; one that saves elsewhere is not. A drill that
    does not know its own destination says only something where there is a single job.
    """
    engines = _FAMILIES.get(drill.engine, frozenset({drill.engine}))
    jobs = [job for job in seen.jobs if job.engine in engines]
    place = _same(drill.destination)
    if not place:
        return jobs if len(jobs) == 1 else []
    same = [job for job in jobs if _same(job.destination) == place]
    return same or [job for job in jobs if job.destination in {"", "?"}]


def _same(destination: str) -> str:
    clean: str = redacted_address(destination)
    return clean.removeprefix("file://").rstrip("/")


def _in_time(seen: BackupSurvey, drill: RestoreDrill, now: datetime) -> bool:
    limit: timedelta = RESTORE_WINDOW.get(seen.role, RESTORE_WINDOW["server"])
    age: timedelta = now - drill.verified_at
    return age <= limit


def _after_seal(drill: RestoreDrill) -> bool:
    first = drill.sealed_at.replace(microsecond=0)
    moments = [item.point_at for item in drill.files if item.point_at is not None]
    return drill.verified_at >= first and all(
        first <= moment <= drill.verified_at + CLOCK_SLACK for moment in moments
    )


def _missing(drill: RestoreDrill) -> tuple[str, ...]:
    return tuple(item.folder for item in drill.files if item.outcome is Outcome.MISSING)


def _values(drill: RestoreDrill, item: RestoredFile | None) -> Values:
    return {
        "engine": drill.engine, "last": short(drill.verified_at),
        "destination": redacted_address(drill.destination) or "?",
        "folder": item.folder[:200] if item else "?",
        "point": item.point[:20] if item and item.point else "?",
    }  # fmt: skip
