"""Object lock: only a newest copy that nobody can delete for two weeks counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from posture_scan.checks.backup.backup import not_protected, restore_untested
from posture_scan.checks.backup.facts import BackupSurvey, ObjectLock, Proof
from posture_scan.checks.backup.object_lock import LOCK_DENIES, LOCK_UNCLEAR, object_lock, standing

from posture_scan.engine.judge import judge
from posture_scan.engine.packs import load_packs
from posture_scan.engine.records import with_id
from posture_scan.model.codec import decode, encode
from posture_scan.model.evidence import Asset, Evidence
from posture_scan.model.finding import Finding
from posture_scan.model.store import Listing, LockRule, Retention, StoreAddress, StoredObject
from posture_scan.sdk import Attempt, AttemptError, Check, Context, Method, Service, Status, Vantage
from tests.checks.backup.scene import job, seen_with
from tests.checks.computer import DAY, HOUR, NOW

Failing = AttemptError
"""What a fake raises in place of an answer."""


@dataclass
class FakeStore:
    """A bucket with keys and their locks; an error instead of a value is raised."""

    rule: LockRule | Failing = field(default_factory=lambda: LockRule(enabled=True))
    locks: Mapping[str, Retention | Failing] = field(default_factory=dict)
    listing: Failing | None = None
    whole: bool = True
    address: StoreAddress = field(
        default_factory=lambda: StoreAddress("https://s3.example", "bucket")
    )
    asked: list[str] = field(default_factory=list)

    def lock_rule(self) -> LockRule:
        if isinstance(self.rule, AttemptError):
            raise self.rule
        return self.rule

    def versioning(self) -> str:
        return "Enabled"

    def listed(self, prefix: str) -> Listing:
        if self.listing:
            raise self.listing
        found = [
            StoredObject(key, NOW - number * HOUR)
            for number, key in enumerate(self.locks)
            if key.startswith(prefix)
        ]
        return Listing(tuple(found), self.whole)

    def retention(self, key: str) -> Retention:
        self.asked.append(key)
        found = self.locks[key]
        if isinstance(found, AttemptError):
            raise found
        return found


def until(days: float, mode: str = "COMPLIANCE") -> Retention:
    return Retention(mode, NOW + timedelta(days=days))


def denied(right: str) -> AttemptError:
    return AttemptError(Attempt.PERMISSION_DENIED, right)


def look(store: FakeStore) -> ObjectLock:
    seen = object_lock.function(store)
    assert isinstance(seen, ObjectLock)
    return seen


def restic(newest: Retention | Failing, **more: Any) -> ObjectLock:
    locks = {"snapshots/new": newest, "snapshots/old": until(300), "locks/x": Retention()}
    return look(FakeStore(locks=locks, **more))


GOOD = restic(until(30))
FULL = seen_with(job(integrity_at=NOW - DAY))


def judged(
    seen: BackupSurvey, *locks: ObjectLock, item: Check = not_protected, now: datetime = NOW
) -> tuple[str, str]:
    verdict = item.judge(seen, Context(now, now, Service(), Vantage.HOST, locks))
    return verdict.status.value, verdict.reason


def test_the_newest_snapshot_is_what_counts() -> None:
    store = FakeStore(locks={"snapshots/new": until(30), "snapshots/old": Retention()})
    seen = look(store)
    assert store.asked == ["snapshots/new"]
    assert (seen.layout, seen.objects_seen, seen.newest_at) == ("restic", 2, NOW)
    assert (seen.newest_mode, seen.newest_until) == ("COMPLIANCE", NOW + 30 * DAY)
    assert decode(ObjectLock, encode(seen)) == seen


def test_the_folder_of_the_repository_is_respected() -> None:
    address = StoreAddress("https://s3.example", "bucket", "pc1")
    locks = {"pc2/snapshots/x": until(90), "pc1/snapshots/y": Retention()}
    store = FakeStore(locks=locks, address=address)
    assert look(store).newest_mode == ""
    assert store.asked == ["pc1/snapshots/y"]


def test_without_resticas_folders_the_newest_object_counts() -> None:
    store = FakeStore(locks={"duplicity-full.manifest": until(20), "older": until(1)})
    assert look(store).layout == "objects"
    assert store.asked == ["duplicity-full.manifest"]


def test_a_locked_copy_with_a_check_is_protected_and_decays() -> None:
    assert judged(FULL) == ("unknown", "protection_unseen")
    assert judged(FULL, GOOD) == ("pass", "protected")
    fresh = Proof("engine_message", "A", NOW + 9 * DAY)
    later = seen_with(job(integrity_at=NOW, proofs=(fresh,)))
    assert judged(later, GOOD, now=NOW + 9 * DAY) == ("unknown", "lock_copy_old")
    assert judged(FULL, restic(until(13))) == ("fail", "lock_too_short")
    assert judged(seen_with(job()), GOOD) == ("unknown", "integrity_unseen")


def test_the_pass_relies_on_the_bucket() -> None:
    context = Context(NOW, NOW, Service(), Vantage.HOST, (GOOD,))
    assert not_protected.judge(FULL, context).method is Method.PROTOCOL_HANDSHAKE
    assert not_protected.judge(FULL, replace(context, beside=())).method is None


def test_a_proven_restore_builds_on_the_locked_copy() -> None:
    seen = seen_with(job(integrity_at=NOW, restore_proven_at=NOW))
    assert judged(seen, item=restore_untested) == ("unknown", "lower_level_open")
    assert judged(seen, GOOD, item=restore_untested) == ("pass", "restored")


CASES = {
    "not_locked": look(FakeStore(LockRule(enabled=False), {"snapshots/a": Retention()})),
    "newest_not_locked": restic(Retention()),
    "lock_governance": restic(until(30, "GOVERNANCE")),
    "lock_legal_hold": restic(Retention(legal_hold=True)),
    "lock_no_copy": look(FakeStore(locks={"keys/k": until(9), "config": until(9)})),
    "lock_copy_old": replace(GOOD, newest_at=NOW - 8 * DAY),
    "lock_list_long": restic(until(30), whole=False),
    "lock_list_closed": restic(until(30), listing=denied("s3:ListBucket")),
    "lock_object_closed": restic(denied("s3:GetObject")),
    "lock_retention_closed": restic(denied("s3:GetObjectRetention")),
    "lock_unclear": restic(AttemptError(Attempt.PROTOCOL_MISMATCH, "get_object_retention 500")),
}


@pytest.mark.parametrize("reason", CASES)
def test_everything_else_does_not_count(reason: str) -> None:
    status = "fail" if reason in LOCK_DENIES else "unknown"
    assert judged(FULL, CASES[reason]) == (status, reason)


def test_every_reason_has_its_case() -> None:
    assert set(CASES) == {*LOCK_DENIES, *LOCK_UNCLEAR}


def test_a_short_governance_lock_is_too_short_whoever_may_lift_it() -> None:
    assert judged(FULL, restic(until(3, "GOVERNANCE"))) == ("fail", "lock_too_short")


def test_an_unknown_mode_and_a_mode_without_an_end_are_unclear() -> None:
    for lock in (until(90, "FOREVER"), Retention("COMPLIANCE")):
        assert standing(restic(lock), NOW) == (None, "lock_unclear")


def test_a_closed_configuration_hides_nothing_that_the_object_says() -> None:
    closed = denied("s3:GetBucketObjectLockConfiguration")
    seen = restic(until(30), rule=closed)
    assert seen.lock_enabled is None
    assert [item.lift for item in seen.not_read] == ["s3:GetBucketObjectLockConfiguration"]
    assert judged(FULL, seen) == ("pass", "protected")
    assert judged(FULL, restic(Retention(), rule=closed)) == ("fail", "newest_not_locked")


@pytest.mark.parametrize(
    "error",
    [AttemptError(Attempt.REFUSED), AttemptError(Attempt.TOOL_MISSING, "boto3"),
     AttemptError(Attempt.OUT_OF_SCOPE, "redirect"), AttemptError(Attempt.TIMEOUT)],
)  # fmt: skip
def test_a_bucket_that_does_not_answer_is_a_failed_attempt(error: AttemptError) -> None:
    with pytest.raises(AttemptError) as caught:
        look(FakeStore(rule=error))
    assert caught.value is error


def test_a_wrong_key_is_named_as_that() -> None:
    wrong = denied("InvalidAccessKeyId")
    seen = look(FakeStore(rule=wrong, listing=wrong))
    assert {item.lift for item in seen.not_read} == {"credentials"}
    assert judged(FULL, seen) == ("unknown", "lock_unclear")


def test_another_bucket_says_nothing_of_this_backup() -> None:
    other = replace(GOOD, destination="s3:https://s3.example/other")
    assert judged(FULL, other) == ("unknown", "protection_unseen")
    nas = seen_with(job(integrity_at=NOW, destination="sftp:nas:/backup"))
    assert judged(nas, GOOD) == ("unknown", "protection_unseen")


def test_of_two_looks_at_a_bucket_the_worse_one_counts() -> None:
    assert judged(FULL, GOOD, restic(until(3))) == ("fail", "lock_too_short")
    assert judged(FULL, restic(until(3)), GOOD) == ("fail", "lock_too_short")
    assert judged(FULL, GOOD, CASES["lock_governance"]) == ("unknown", "lock_governance")


def test_rotated_media_need_no_object_lock() -> None:
    seen = seen_with(job(integrity_at=NOW, rotated_media=True))
    assert judged(seen, CASES["not_locked"]) == ("pass", "protected")


def test_the_finding_names_the_look_at_the_bucket_too() -> None:
    """Through the engine, as a scan judges the file of a computer."""
    asset = Asset("host:pc", "host", reached=True)
    survey, lock = (
        with_id(
            Evidence(
                "", f"backup.{type(facts).__name__}", asset.id, Vantage.HOST, "backup.test", 1,
                NOW, Attempt.OK, facts.method, facts,
            )
        )
        for facts in (FULL, GOOD)
    )  # fmt: skip

    def found(*evidence: Evidence) -> Finding:
        findings = judge(load_packs(), evidence, [asset], now=NOW)
        return next(item for item in findings if item.check == "backup.not_protected")

    assert found(survey).reason == "protection_unseen"
    whole = found(survey, lock)
    assert (whole.status, whole.reason) == (Status.PASS, "protected")
    assert set(whole.evidence) == {survey.id, lock.id}
