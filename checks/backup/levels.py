"""Backup levels 0 to 5: what a computer's records prove, graded without trusting their looks.

0 none · 1 configured · 2 fresh · 3 separated · 4 protected · 5 restore proven. A level holds only
if all lower ones hold. Class A evidence (the engine says so) or two independent class B traces
prove a fresh run; a scheduler (class C) proves none. Evidence decays: the same facts reach a
lower level when they are judged later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from posture_scan.checks.backup.facts import BackupJob, BackupSurvey
from posture_scan.checks.backup.object_lock import LOCK_AHEAD
from posture_scan.checks.backup.steps import (
    INTEGRITY_WINDOW,
    RESTORE_WINDOW,
    Answer,
    Frame,
    Step,
    Values,
    configured,
    fresh,
    freshness,
    protected,
    restored,
    separated,
    short,
    window,
)

from posture_scan.sdk import NotRead

STEPS: Final[tuple[Callable[[BackupJob, Frame], Step], ...]] = (
    configured, fresh, separated, protected, restored,
)  # fmt: skip


def job_step(job: BackupJob, level: int, frame: Frame) -> Step:
    """Tell whether one job reaches a level: the first thing that denies it, else that hides it."""
    steps = [
        Step(step.answer, step.reason, {**_names(job), **step.values}, number)
        for number, rule in enumerate(STEPS[:level], 1)
        for step in (rule(job, frame),)
    ]
    for answer in (Answer.NO, Answer.UNKNOWN):
        for step in steps:
            if step.answer is answer:
                return step
    return steps[-1]


def job_level(job: BackupJob, frame: Frame) -> int:
    """Return the highest level that is proven for a job."""
    level = 0
    while level < len(STEPS) and STEPS[level](job, frame).answer is Answer.YES:
        level += 1
    return level


def frame_of(survey: BackupSurvey, now: datetime) -> Frame:
    """Return what the survey's jobs are judged against at this moment."""
    return Frame(now, survey.role, survey.clock_synchronised)


def best_job(survey: BackupSurvey, frame: Frame) -> BackupJob | None:
    """Return the job that proves most; the computer is graded by its best backup."""
    return max(survey.jobs, key=lambda job: job_level(job, frame), default=None)


@dataclass(frozen=True)
class Label:
    """What a level rests on: how well it is proven, since when, and until when it holds."""

    level: int
    evidence_class: str = ""
    since: datetime | None = None
    """The oldest moment that it rests on."""
    until: datetime | None = None

    def __str__(self) -> str:
        """Write ``3A 2026-11-21T17:30Z/2026-11-28T17:30Z``: an interval as ISO 8601 has it."""
        text = f"{self.level}{self.evidence_class}"
        if self.since is None or self.until is None:
            return text
        return f"{text} {short(self.since)}/{short(self.until)}"


def label_of(job: BackupJob | None, frame: Frame) -> Label:
    """Return the level of a job with its evidence class and the span in which it holds."""
    level = job_level(job, frame) if job else 0
    found = freshness(job.proofs) if job else None
    if job is None or found is None or level < 2:  # noqa: PLR2004 -- the first with a moment
        return Label(level, "C" if level else "")
    rests_on = [found.at]
    ends = [found.at + window(job, frame.role)]
    if level > 3 and job.integrity_at is not None:  # noqa: PLR2004 -- a level
        rests_on.append(job.integrity_at)
        ends.append(job.integrity_at + INTEGRITY_WINDOW)
        ends += [job.locked_until - LOCK_AHEAD] if job.locked_until else []
    if level > 4 and job.restore_proven_at is not None:  # noqa: PLR2004 -- a level
        rests_on.append(job.restore_proven_at)
        limit = RESTORE_WINDOW.get(frame.role, RESTORE_WINDOW["server"])
        ends.append(job.restore_proven_at + limit)
    return Label(level, found.evidence_class, min(rests_on), min(ends))


def survey_step(survey: BackupSurvey, level: int, now: datetime) -> Step:
    """Tell whether this computer reaches a level, by its best backup.

    What could not be looked into may hide a better backup, so nothing is denied then; a trace
    that is merely old denies nothing while a place that could prove a newer run is closed.
    """
    frame = frame_of(survey, now)
    steps = sorted(
        (job_step(job, level, frame) for job in survey.jobs), key=lambda step: -step.level
    )
    hidden = [item for item in survey.not_read if item.hides == "job"]
    for answer in (Answer.YES, Answer.UNKNOWN):
        for step in steps:
            if step.answer is answer:
                return step if answer is Answer.YES else _liftable(step, hidden)
    if steps and steps[0].reason == "stale":
        # Places and what is level 0 anyway (``place``, ``sync``, ``snapshot``) hide no newer run.
        hidden = [item for item in survey.not_read if item.hides in ("job", "run")]
    if hidden:
        return _closed(hidden)
    return steps[0] if steps else Step(Answer.NO, "nothing_found", level=1)


_CLOSED: Final = {
    "administrator": "closed_administrator", "full_disk_access": "closed_full_disk_access",
    "journal_group": "closed_journal", "systemd": "closed_systemd",
    "recording": "closed_recording",
}  # fmt: skip


def _closed(hidden: list[NotRead]) -> Step:
    first = min(hidden, key=lambda item: item.lift != "administrator")
    values: Values = {"what": first.what[:120], "count": len(hidden), "lift": first.lift}
    return Step(Answer.UNKNOWN, _CLOSED.get(first.lift, "closed_other"), values, 0)


def _liftable(step: Step, hidden: list[NotRead]) -> Step:
    """Name the right that opens what may hold the answer, beside a reason of the job's own."""
    rights = {item.lift for item in hidden} & {"administrator", "full_disk_access"}
    if "lift" in step.values or not rights:
        return step
    return replace(step, values={**step.values, "lift": min(rights)})


def _names(job: BackupJob) -> Values:
    return {
        "engine": job.engine, "job": job.job, "destination": job.destination or "?",
        "checked": job.integrity_grade or "?",
    }  # fmt: skip
