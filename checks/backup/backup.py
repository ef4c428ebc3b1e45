"""Whether data are saved, lately, elsewhere and out of reach, and whether that was tried."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from posture_scan.checks.backup.drills import (
    method_of,
    newest_drills,
    shortcoming,
    standing_failure,
    with_drill,
)
from posture_scan.checks.backup.facts import BackupProof, BackupSurvey, ObjectLock
from posture_scan.checks.backup.levels import best_job, frame_of, label_of, survey_step
from posture_scan.checks.backup.object_lock import with_locks
from posture_scan.checks.backup.steps import Answer, Step
from posture_scan.checks.backup.three_two_one import three_two_one

from posture_scan.sdk import Context, Method, Verdict, check, fail, ok, unknown

_LOWER_NO: Final = {1: "no_backup", 2: "not_fresh", 3: "not_separated", 4: "not_protected"}
_COUNTED: Final = (3, 4)
"""The levels whose sentences tell how many copies there are."""
_LOWER_UNKNOWN: Final = {
    1: "backup_unclear", 2: "fresh_unclear", 3: "separated_unclear", 4: "protected_unclear",
}  # fmt: skip


@check(needs=BackupSurvey)
def none(seen: BackupSurvey, context: Context) -> Verdict:
    """Nothing that deserves the name of a backup is set up and switched on."""
    return _verdict(seen, context, 1)


@check(needs=BackupSurvey)
def stale(seen: BackupSurvey, context: Context) -> Verdict:
    """No backup has ended well inside the time it should have."""
    return _verdict(seen, context, 2)


@check(needs=BackupSurvey)
def not_separate(seen: BackupSurvey, context: Context) -> Verdict:
    """Every copy would be lost, or encrypted, together with the original."""
    return _verdict(seen, context, 3)


@check(needs=BackupSurvey, beside=BackupProof, version=2)
def not_protected(seen: BackupSurvey, context: Context) -> Verdict:
    """No copy is out of an intruder's reach and known to be whole."""
    known = with_locks(seen, context.beside, context.now)
    verdict = _verdict(known, context, 4)
    relies = known is not seen and verdict.method is None
    return replace(verdict, method=ObjectLock.method) if relies else verdict


@check(needs=BackupSurvey, beside=BackupProof, version=3)
def restore_untested(seen: BackupSurvey, context: Context) -> Verdict:
    """No restore was witnessed; without a record that is unknown, because people try by hand.

    Only a drill that was made and went wrong is a fail, until a later one makes it good.
    """
    seen = with_locks(seen, context.beside, context.now)
    drills = newest_drills(context.beside)
    failed = standing_failure(seen, drills, context.now)
    if failed is not None:
        return _spoken(seen, context, 5, failed[1], method_of(failed[0]))
    step = _restored(seen, context)
    if step.answer is Answer.YES or not drills:
        return _spoken(seen, context, 5, step)
    drill = drills[0]
    short_of = shortcoming(seen, drill, context.now)
    if short_of is not None:
        return _spoken(seen, context, 5, short_of)
    seen = with_drill(seen, drill)
    step = _restored(seen, context)
    if step.answer is Answer.UNKNOWN and step.reason not in {"restore_too_old", "time_in_future"}:
        step = Step(Answer.UNKNOWN, "lower_level_open", step.values, 5)
    return _spoken(seen, context, 5, step, Method.VERIFIED_ACTION)


def _restored(seen: BackupSurvey, context: Context) -> Step:
    step = survey_step(seen, 5, context.now)
    if step.answer is Answer.NO:
        step = Step(Answer.UNKNOWN, step.reason, step.values, step.level)
    if step.answer is Answer.UNKNOWN and 0 < step.level < 5:  # noqa: PLR2004 -- the last level
        proven = any(job.restore_proven_at for job in seen.jobs)
        reason = "lower_level_open" if proven else "no_restore_record"
        step = Step(Answer.UNKNOWN, reason, step.values, 5)
    return step


def _verdict(seen: BackupSurvey, context: Context, level: int) -> Verdict:
    step = survey_step(seen, level, context.now)
    if 0 < step.level < level and step.answer is not Answer.YES:
        names = _LOWER_NO if step.answer is Answer.NO else _LOWER_UNKNOWN
        step = Step(step.answer, names[step.level], step.values, step.level)
    return _spoken(seen, context, level, step)


def _spoken(
    seen: BackupSurvey, context: Context, level: int, step: Step, by: Method | None = None
) -> Verdict:
    frame = frame_of(seen, context.now)
    label = label_of(best_job(seen, frame), frame)
    values = dict(step.values)
    proven_by = values.pop("class", "")
    actual = str(label)
    values |= {"level": label.level, "evidence": label.evidence_class}
    if level in _COUNTED:
        hidden = any(item.hides == "job" for item in seen.not_read)
        values |= three_two_one(seen.jobs, frame, hidden=hidden).values()
    expected = f">= {level}"
    if step.answer is Answer.UNKNOWN:
        return unknown(step.reason, actual=actual, expected=expected, **values)
    speak = ok if step.answer is Answer.YES else fail
    method = by or (Method.ANALYSIS if proven_by == "B" else None)
    return speak(step.reason, actual=actual, expected=expected, method=method, **values)
