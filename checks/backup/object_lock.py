"""Object lock: whether the newest copy in a bucket outlives an intruder with the backup's key.

Asked for by the customer, read-only. Versions alone protect nothing, and object lock without
a retention on the object neither: what counts stands on the newest restore point itself.
Source: Amazon S3 API (HeadObject, GetObjectRetention), restic's repository layout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from posture_scan.checks.backup.facts import BackupJob, BackupSurvey, ObjectLock

from posture_scan.sdk import (
    Attempt,
    AttemptError,
    Bucket,
    Facts,
    NotRead,
    ObjectStore,
    collector,
    redacted_address,
    store_address,
)

Told = TypeVar("Told")

LOCK_AHEAD: Final = timedelta(days=14)
"""How far ahead the lock of the newest copy has to reach."""
COPY_WINDOW: Final = timedelta(days=7)
"""How old the newest copy in the bucket may be: the longest time a backup counts as fresh."""
LOCK_DENIES: Final = ("not_locked", "newest_not_locked")
LOCK_UNCLEAR: Final = (
    "lock_governance", "lock_legal_hold", "lock_no_copy", "lock_copy_old", "lock_list_long",
    "lock_list_closed", "lock_object_closed", "lock_retention_closed", "lock_unclear",
)  # fmt: skip
"""What ``standing`` says instead of a date: the copy can be deleted, or nobody knows."""
_ANSWERED: Final = frozenset({Attempt.PERMISSION_DENIED})
"""How a first question may end while the bucket can still be asked others."""


@collector(on=Bucket())
def object_lock(store: ObjectStore) -> ObjectLock:
    """Ask for the bucket's lock, for its versioning and for the lock of the newest copy."""
    closed: list[NotRead] = []
    try:
        rule = store.lock_rule()
    except AttemptError as error:
        if error.attempt not in _ANSWERED:
            raise
        rule = None
        closed.append(_closed("lock_rule", error))
    seen = ObjectLock(
        destination=redacted_address(str(store.address)),
        lock_enabled=rule.enabled if rule else None,
        default_mode=rule.mode if rule else "",
        default_days=rule.days if rule else 0,
        versioning=_told(store.versioning, "versioning", closed) or "",
    )
    return replace(_with_newest(store, seen, closed), not_read=tuple(closed))


def _with_newest(store: ObjectStore, seen: ObjectLock, closed: list[NotRead]) -> ObjectLock:
    base = f"{store.address.prefix}/" if store.address.prefix else ""
    points = _told(lambda: store.listed(f"{base}snapshots/"), "listing", closed)
    if points is None:
        return seen
    layout = "restic" if points.objects else "objects"
    if not points.objects:
        points = _told(lambda: store.listed(base), "listing", closed)
        if points is None:
            return seen
        if any(item.key.startswith(f"{base}keys/") for item in points.objects):
            return replace(seen, layout="restic", listing_whole=points.whole)  # nothing saved yet
    seen = replace(
        seen, layout=layout, objects_seen=len(points.objects), listing_whole=points.whole
    )
    if not points.whole or not points.objects:
        return seen  # the newest may be among those that were not listed
    newest = max(points.objects, key=lambda item: item.modified)
    seen = replace(seen, newest_at=newest.modified)
    lock = _told(lambda: store.retention(newest.key), "newest", closed)
    if lock is None:
        return seen
    return replace(
        seen, newest_mode=lock.mode, newest_until=lock.until, legal_hold=lock.legal_hold,
        newest_seen=True,
    )  # fmt: skip


def _told(ask: Callable[[], Told], what: str, closed: list[NotRead]) -> Told | None:
    try:
        return ask()
    except AttemptError as error:
        closed.append(_closed(what, error))
        return None


def _closed(what: str, error: AttemptError) -> NotRead:
    denied = error.attempt is Attempt.PERMISSION_DENIED
    lift = error.detail if denied and error.detail.startswith("s3:") else "again"
    return NotRead(what, error.attempt.value, "credentials" if denied and lift == "again" else lift)


def with_locks(seen: BackupSurvey, beside: tuple[Facts, ...], now: datetime) -> BackupSurvey:
    """Return the survey with what buckets said written to the jobs that save there."""
    locks = [item for item in beside if isinstance(item, ObjectLock)]
    if not locks:
        return seen
    jobs = tuple(_with_lock(job, locks, now) for job in seen.jobs)
    return seen if jobs == seen.jobs else replace(seen, jobs=jobs)


def _with_lock(job: BackupJob, locks: list[ObjectLock], now: datetime) -> BackupJob:
    """A job never looks better than the least that any look at its bucket found."""
    address = store_address(job.destination)
    if address is None:
        return job
    for lock in locks:
        there = store_address(lock.destination)
        if there is None or there.place != address.place:
            continue
        until, trap = standing(lock, now)
        if trap:
            job = replace(job, traps=(*job.traps, trap))
        if until is not None:
            until = min(until, job.locked_until or until)
            job = replace(job, locked_until=until)
    return job


def standing(lock: ObjectLock, now: datetime) -> tuple[datetime | None, str]:
    """Judge one bucket: until when its newest copy is locked, or why that does not count.

    A copy that is no longer fresh is not the newest any more, or newer ones never arrived.
    GOVERNANCE can be taken off by whoever has ``s3:BypassGovernanceRetention``; whether the key
    on this computer has it cannot be seen. Where the time is short, that alone decides.
    """
    if lock.lock_enabled is False:
        return None, "not_locked"
    if lock.newest_at is None:
        return None, _unlisted(lock)
    if now - lock.newest_at > COPY_WINDOW:
        return None, "lock_copy_old"
    if not lock.newest_seen:
        return None, _unread(lock)
    if lock.newest_mode in {"COMPLIANCE", "GOVERNANCE"} and lock.newest_until is not None:
        short = lock.newest_until - now < LOCK_AHEAD
        counts = short or lock.newest_mode == "COMPLIANCE"
        return (lock.newest_until, "") if counts else (None, "lock_governance")
    if lock.legal_hold:
        return None, "lock_legal_hold"
    return None, "lock_unclear" if lock.newest_mode else "newest_not_locked"


def _unlisted(lock: ObjectLock) -> str:
    if any(item.what == "listing" for item in lock.not_read):
        return _unread(lock)
    return "lock_no_copy" if lock.listing_whole else "lock_list_long"


_RIGHTS: Final = {
    "s3:ListBucket": "lock_list_closed", "s3:GetObject": "lock_object_closed",
    "s3:GetObjectRetention": "lock_retention_closed",
}  # fmt: skip


def _unread(lock: ObjectLock) -> str:
    for item in lock.not_read:
        if item.what in {"listing", "newest"}:
            return _RIGHTS.get(item.lift, "lock_unclear")
    return "lock_unclear"
