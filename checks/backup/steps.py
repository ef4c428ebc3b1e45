"""What each level of a backup asks, a function a level: configured, fresh, separated and on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from posture_scan.checks.backup.facts import BackupJob, Kind, Place, Proof
from posture_scan.checks.backup.object_lock import LOCK_AHEAD, LOCK_DENIES, LOCK_UNCLEAR

COMPUTER_WINDOW: Final = timedelta(days=7)


SERVER_WINDOW: Final = timedelta(hours=48)


INTEGRITY_WINDOW: Final = timedelta(days=35)


RESTORE_WINDOW: Final = {"server": timedelta(days=180), "computer": timedelta(days=365)}


CLOCK_SLACK: Final = timedelta(minutes=5)
"""A trace this far in the future is a small difference of clocks, not a wrong time."""


Values = dict[str, str | int | bool]


class Answer(StrEnum):
    """Whether a level holds; ``unknown`` whenever something needed was not seen."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Step:
    """One level's answer for one job, or for the whole computer."""

    answer: Answer
    reason: str
    values: Values = field(default_factory=dict)
    level: int = 0
    """The level whose condition decided."""


@dataclass(frozen=True)
class Freshness:
    """The decisive moment of a job's last good run, and how well it is proven."""

    at: datetime
    evidence_class: str
    proven: bool
    """False for a single class B trace."""


@dataclass(frozen=True)
class Frame:
    """What a job is judged against."""

    now: datetime
    role: str
    clock_synchronised: bool | None


def _no(reason: str, **values: str | int | bool) -> Step:
    return Step(Answer.NO, reason, values)


def _unknown(reason: str, **values: str | int | bool) -> Step:
    return Step(Answer.UNKNOWN, reason, values)


_NOT_A_BACKUP: Final = {Kind.SYNC: "only_sync", Kind.SNAPSHOT: "only_snapshots"}


def configured(job: BackupJob, frame: Frame) -> Step:
    """Level 1: somebody planned it, it is switched on, and it is no sample."""
    if job.kind in _NOT_A_BACKUP:
        return _no(_NOT_A_BACKUP[job.kind])
    if "unconfigured" in job.traps:
        return _no("unconfigured")
    if "skipped" in job.traps and not any(p.evidence_class in "AB" for p in job.proofs):
        return _no("skipped")
    if job.enabled is False:
        return _no("no_cron_daemon" if "no_cron_daemon" in job.traps else "disabled")
    if "configuration_closed" in job.traps:
        return _unknown("configuration_closed")
    if "configuration_unclear" in job.traps:
        return _unknown("configuration_unclear")
    if job.enabled is None:
        newest = max((proof.at for proof in job.proofs), default=None)
        if newest is not None and frame.now - newest > COMPUTER_WINDOW:
            return _no("abandoned")
        return _unknown("schedule_unseen")
    return Step(Answer.YES, "configured")


def fresh(job: BackupJob, frame: Frame) -> Step:
    """Level 2: a run that ended well inside the window, the last one not failed."""
    if job.last_run_failed:
        return _no("last_run_failed")
    for trap in ("source_missing", "source_empty", "shrunk"):
        if trap in job.traps:
            return _no(trap)
    if "synced_left_out" in job.traps:
        return _unknown("synced_left_out")
    found = freshness(job.proofs)
    if found is None and "dates_closed" in job.traps:
        return _unknown("closed_full_disk_access", what=job.job, lift="full_disk_access")
    if found is None:
        return _unknown("listing_only" if "listing_only" in job.traps else "starts_only")
    if frame.clock_synchronised is False:
        return _unknown("clock_not_synchronised")
    return _in_future(found.at, frame) or _in_window(job, frame, found)


def _in_future(moment: datetime, frame: Frame) -> Step | None:
    """A record of the future proves that a clock was wrong, and would never grow old."""
    if moment <= frame.now + CLOCK_SLACK:
        return None
    return _unknown("time_in_future", last=short(moment))


def _in_window(job: BackupJob, frame: Frame, found: Freshness) -> Step:
    age, limit = frame.now - found.at, window(job, frame.role)
    hours = int(limit.total_seconds() // 3600)
    values: Values = {"last": short(found.at), "hours": hours}
    if age > limit:
        return _overdue(job, frame, found, limit, values)
    if not frame.role and age > SERVER_WINDOW:
        return Step(Answer.UNKNOWN, "role_unknown", values)
    if not found.proven:
        only = {proof.artefact for proof in job.proofs if proof.evidence_class in "AB"}
        denied = only == {"unit_exit"} and {"listing_only", "pruned_only"} & set(job.traps)
        return Step(Answer.UNKNOWN, "engine_never" if denied else "one_trace_only", values)
    values |= {"expires": short(found.at + limit), "class": found.evidence_class}
    return Step(Answer.YES, "fresh", values)


def _overdue(
    job: BackupJob, frame: Frame, found: Freshness, limit: timedelta, values: Values
) -> Step:
    """Deny, and count the runs that were missed; a scheduler that says otherwise leaves doubt."""
    exits = [proof.at for proof in job.proofs if proof.artefact == "unit_exit"]
    if exits and found.at < max(exits) and frame.now - max(exits) <= limit:
        return Step(Answer.UNKNOWN, "engine_disagrees", values | {"ran": short(max(exits))})
    return Step(Answer.NO, "stale", values | {"missed": missed_runs(job, frame.now, found.at)})


def missed_runs(job: BackupJob, now: datetime, last: datetime) -> int | str:
    """Count the runs that should have succeeded since ``last``; ``?`` without a known schedule.

    The longest time between two planned starts is taken for all of them: at least so many.
    """
    if not job.schedule_seconds:
        return "?"
    return int((now - last).total_seconds() // job.schedule_seconds)


def freshness(proofs: tuple[Proof, ...]) -> Freshness | None:
    """Find the last good run that is proven by A, or by two different B traces.

    Of two B traces the older counts: up to there both agree.
    """
    engine = [proof.at for proof in proofs if proof.evidence_class == "A"]
    newest: dict[str, datetime] = {}
    for proof in proofs:
        if proof.evidence_class in "AB":
            newest[proof.artefact] = max(proof.at, newest.get(proof.artefact, proof.at))
    traces = sorted(newest.values(), reverse=True)
    agreed = traces[1] if len(traces) > 1 else None
    if engine and (agreed is None or max(engine) >= agreed):
        return Freshness(max(engine), "A", proven=True)
    if agreed is not None:
        return Freshness(agreed, "B", proven=True)
    return Freshness(traces[0], "B", proven=False) if traces else None


def window(job: BackupJob, role: str) -> timedelta:
    """Return how old the last run may be: twice the period, at most 48 hours or 7 days."""
    most = SERVER_WINDOW if role == "server" else COMPUTER_WINDOW
    planned = timedelta(seconds=2 * job.schedule_seconds)
    return min(planned, most) if planned else most


_TOGETHER_WITH_SOURCE: Final = {
    Place.SAME_DISK: "same_disk", Place.OTHER_DISK: "same_computer",
    Place.SAME_HOST: "same_computer", Place.MOUNTED_SHARE: "mounted_share",
}  # fmt: skip


def separated(job: BackupJob, frame: Frame) -> Step:  # noqa: ARG001 -- all steps look alike
    """Level 3: another failure domain, versions, and rights that the daily user has not."""
    if job.destination_class in _TOGETHER_WITH_SOURCE:
        return _no(_TOGETHER_WITH_SOURCE[job.destination_class])
    if job.versioned is False:
        return _no("no_versions")
    if job.separate_credentials is False:
        return _no("same_credentials")
    if job.destination_class is Place.UNKNOWN:
        return _unknown("destination_unseen")
    if job.destination_class is Place.REMOVABLE and not job.rotated_media:
        return _unknown("rotation_unseen")
    if job.versioned is None:
        return _unknown("versions_unseen")
    if job.separate_credentials is None and job.destination_class is not Place.REMOVABLE:
        return _unknown("credentials_unseen")
    return Step(Answer.YES, "separated")


def protected(job: BackupJob, frame: Frame) -> Step:
    """Level 4: locked or rotated media, and an integrity check in the last 35 days."""
    if job.locked_until is not None and job.locked_until - frame.now < LOCK_AHEAD:
        return _no("lock_too_short", until=short(job.locked_until))
    if job.integrity_at is not None and frame.now - job.integrity_at > INTEGRITY_WINDOW:
        return _no("integrity_old", last=short(job.integrity_at))
    if not job.rotated_media:
        for rule, reasons in ((_no, LOCK_DENIES), (_unknown, LOCK_UNCLEAR)):
            for reason in reasons:
                if reason in job.traps:
                    return rule(reason)
        if job.locked_until is None:
            return _unknown("protection_unseen")
    if job.integrity_at is None:
        return _unknown("integrity_unseen")
    return _in_future(job.integrity_at, frame) or Step(Answer.YES, "protected")


def restored(job: BackupJob, frame: Frame) -> Step:
    """Level 5: a restore that the machine itself witnessed, not too long ago.

    Without a record it is unknown, never "not tested": people restore by hand, too.
    """
    if job.restore_proven_at is None:
        return _unknown("no_restore_record")
    limit = RESTORE_WINDOW.get(frame.role, RESTORE_WINDOW["server"])
    if frame.now - job.restore_proven_at > limit:
        return _unknown("restore_too_old", last=short(job.restore_proven_at))
    proven = Step(Answer.YES, "restored", {"last": short(job.restore_proven_at)})
    return _in_future(job.restore_proven_at, frame) or proven


def short(moment: datetime) -> str:
    """Write a moment to the minute in UTC, which is never misread as local time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
