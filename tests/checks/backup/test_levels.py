"""Grading: classes cap, windows close, evidence decays, and nothing unseen counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.backup.facts import BackupJob, Kind, Place, Proof
from posture_scan.checks.backup.levels import frame_of, job_level, label_of, survey_step
from posture_scan.checks.backup.steps import Answer, freshness, window

from posture_scan.sdk import NotRead
from tests.checks.backup.scene import job, seen_with
from tests.checks.computer import DAY, HOUR, NOW


def level(one: BackupJob, now: datetime = NOW, **more: Any) -> int:
    reached: int = job_level(one, frame_of(seen_with(one, **more), now))
    return reached


def test_a_proven_remote_backup_reaches_level_3_and_no_more() -> None:
    assert level(job()) == 3


def test_level_4_needs_a_lock_and_an_integrity_check() -> None:
    locked = job(locked_until=NOW + 20 * DAY)
    assert level(locked) == 3
    assert level(job(integrity_at=NOW - DAY)) == 3
    assert level(job(locked_until=NOW + 20 * DAY, integrity_at=NOW - DAY)) == 4
    assert level(job(locked_until=NOW + 13 * DAY, integrity_at=NOW - DAY)) == 3
    assert level(job(locked_until=NOW + 20 * DAY, integrity_at=NOW - 36 * DAY)) == 3
    assert level(job(rotated_media=True, integrity_at=NOW - DAY)) == 4


def test_level_5_needs_a_restore_on_top_of_everything() -> None:
    full = {"locked_until": NOW + 20 * DAY, "integrity_at": NOW - DAY}
    assert level(job(**full, restore_proven_at=NOW - 170 * DAY)) == 5
    assert level(job(**full, restore_proven_at=NOW - 190 * DAY)) == 4
    assert level(job(**full, restore_proven_at=NOW - 190 * DAY), role="computer") == 5
    assert level(job(restore_proven_at=NOW - DAY)) == 3


@pytest.mark.parametrize(
    ("number", "more"),
    [(4, {"integrity_at": NOW + HOUR}), (5, {"restore_proven_at": NOW + HOUR})],
)
def test_a_record_of_the_future_proves_nothing(number: int, more: dict[str, datetime]) -> None:
    full = {"locked_until": NOW + 20 * DAY, "integrity_at": NOW, "restore_proven_at": NOW}
    assert level(job(**full)) == 5
    assert level(job(**full | more)) == number - 1
    step = survey_step(seen_with(job(**full | more)), number, NOW)
    assert (step.answer, step.reason) == (Answer.UNKNOWN, "time_in_future")


@pytest.mark.parametrize("evidence_class", ["C", "D", "E"])
def test_a_scheduler_alone_stays_at_level_1(evidence_class: str) -> None:
    started = (Proof("task", evidence_class, NOW), Proof("stamp", evidence_class, NOW))
    assert level(job(proofs=started)) == 1


def test_one_trace_is_not_enough_and_two_are() -> None:
    cache, log = Proof("cache", "B", NOW - 2 * HOUR), Proof("log", "B", NOW - 3 * HOUR)
    assert level(job(proofs=(cache,))) == 1
    assert level(job(proofs=(cache, Proof("cache", "B", NOW - HOUR)))) == 1
    assert level(job(proofs=(cache, log))) == 3
    agreed = freshness((cache, log))
    assert agreed is not None
    assert (agreed.at, agreed.evidence_class) == (NOW - 3 * HOUR, "B")
    assert level(job(proofs=(cache, Proof("log", "B", NOW - 30 * DAY)))) == 1


def test_the_window_is_twice_the_period_at_most_48_hours_or_7_days() -> None:
    assert window(job(schedule_seconds=3600), "server") == 2 * HOUR
    assert window(job(schedule_seconds=86_400), "server") == 48 * HOUR
    assert window(job(schedule_seconds=7 * 86_400), "server") == 48 * HOUR
    assert window(job(schedule_seconds=7 * 86_400), "computer") == 7 * DAY
    assert window(job(schedule_seconds=0), "computer") == 7 * DAY


def test_the_same_facts_decay_with_the_moment_of_judging() -> None:
    one = job()
    assert level(one, NOW) == 3
    assert level(one, NOW + 45 * HOUR) == 3
    assert level(one, NOW + 47 * HOUR) == 1


def test_a_clock_known_to_be_wrong_proves_nothing() -> None:
    assert level(job(), clock_synchronised=False) == 1
    assert level(job(), clock_synchronised=None) == 3
    step = survey_step(seen_with(job(), clock_synchronised=False), 2, NOW)
    assert (step.answer, step.reason) == (Answer.UNKNOWN, "clock_not_synchronised")


def test_a_run_in_the_future_proves_nothing() -> None:
    ahead = job(proofs=(Proof("engine_message", "A", NOW + 9 * HOUR),))
    step = survey_step(seen_with(ahead), 2, NOW)
    assert (step.answer, step.reason) == (Answer.UNKNOWN, "time_in_future")
    assert level(job(proofs=(Proof("engine_message", "A", NOW + timedelta(minutes=4)),))) == 3


@pytest.mark.parametrize("kind", [Kind.SYNC, Kind.SNAPSHOT])
def test_what_is_no_backup_stays_at_level_0(kind: Kind) -> None:
    assert level(job(kind=kind)) == 0


def test_a_mirror_stays_at_level_2() -> None:
    assert level(job(kind=Kind.MIRROR, versioned=False)) == 2


@pytest.mark.parametrize(
    ("place", "answer"),
    [
        (Place.SAME_DISK, Answer.NO), (Place.OTHER_DISK, Answer.NO),
        (Place.SAME_HOST, Answer.NO), (Place.MOUNTED_SHARE, Answer.NO),
        (Place.REMOVABLE, Answer.UNKNOWN), (Place.UNKNOWN, Answer.UNKNOWN),
        (Place.OTHER_HOST, Answer.YES), (Place.REST_SERVER, Answer.YES),
        (Place.OBJECT_STORAGE, Answer.YES), (Place.NETWORK_SHARE, Answer.YES),
    ],
)  # fmt: skip
def test_where_the_copy_is_decides_level_3(place: Place, answer: Answer) -> None:
    step = survey_step(seen_with(job(destination_class=place)), 3, NOW)
    assert step.answer is answer


def test_the_best_backup_counts() -> None:
    bad, good = job(enabled=False), job()
    assert survey_step(seen_with(bad, good), 3, NOW).answer is Answer.YES
    assert survey_step(seen_with(bad), 1, NOW).answer is Answer.NO


def test_a_closed_place_may_hide_a_backup() -> None:
    closed = NotRead("/var/spool/cron/crontabs/*", "permission_denied", "administrator")
    step = survey_step(seen_with(not_read=(closed,)), 1, NOW)
    assert (step.answer, step.reason) == (Answer.UNKNOWN, "closed_administrator")
    step = survey_step(seen_with(job(enabled=False), not_read=(closed,)), 1, NOW)
    assert step.answer is Answer.UNKNOWN


def test_a_closed_journal_may_hide_a_newer_run_but_no_backup() -> None:
    closed = NotRead("journalctl", "permission_denied", "journal_group", "run")
    old = job(proofs=(Proof("cache", "B", NOW - 90 * DAY),))
    step = survey_step(seen_with(old, not_read=(closed,)), 2, NOW)
    assert (step.answer, step.reason) == (Answer.UNKNOWN, "closed_journal")
    assert survey_step(seen_with(old), 2, NOW).answer is Answer.NO
    assert survey_step(seen_with(not_read=(closed,)), 1, NOW).answer is Answer.NO


def test_an_unknown_role_is_only_a_question_between_the_two_windows() -> None:
    def answer(age: timedelta) -> Answer:
        one = job(schedule_seconds=0, proofs=(Proof("engine_message", "A", NOW - age),))
        return survey_step(seen_with(one, role=""), 2, NOW).answer

    assert answer(2 * DAY) is Answer.YES
    assert answer(3 * DAY) is Answer.UNKNOWN
    assert answer(8 * DAY) is Answer.NO


PROOFS = st.lists(
    st.builds(
        Proof, st.sampled_from(["log", "cache", "unit_exit"]), st.sampled_from("ABC"),
        st.integers(0, 2000).map(lambda hours: NOW - hours * HOUR),
    ),
    max_size=5,
).map(tuple)  # fmt: skip
JOBS = st.builds(
    job, proofs=PROOFS, enabled=st.sampled_from([True, False, None]),
    versioned=st.sampled_from([True, False, None]), destination_class=st.sampled_from(list(Place)),
    traps=st.lists(st.sampled_from(["unconfigured", "source_missing", "mail_off"])).map(tuple),
    last_run_failed=st.sampled_from([True, False, None]),
)  # fmt: skip


@given(JOBS, st.integers(1, 5))
def test_a_level_never_holds_without_the_lower_ones(one: BackupJob, number: int) -> None:
    seen = seen_with(one)
    if survey_step(seen, number, NOW).answer is Answer.YES:
        for lower in range(1, number):
            assert survey_step(seen, lower, NOW).answer is Answer.YES


@given(JOBS, st.integers(0, 3000))
def test_waiting_never_lifts_a_level(one: BackupJob, hours: int) -> None:
    assert level(one, NOW + hours * HOUR) <= level(one, NOW)


@given(JOBS, st.integers(1, 5))
def test_nothing_is_denied_while_a_place_is_closed(one: BackupJob, number: int) -> None:
    closed = NotRead("x", "permission_denied", "administrator")
    assert survey_step(seen_with(one, not_read=(closed,)), number, NOW).answer is not Answer.NO


def test_missed_runs_are_counted_from_the_schedule() -> None:
    late = job(proofs=(Proof("engine_message", "A", NOW - 80 * HOUR),))
    step = survey_step(seen_with(late), 2, NOW)
    assert (step.reason, step.values["missed"]) == ("stale", 3)
    unplanned = job(proofs=late.proofs, schedule_seconds=0)
    assert survey_step(seen_with(unplanned), 2, NOW).values["missed"] == "?"


def test_a_scheduler_that_says_ran_and_an_engine_that_says_long_ago() -> None:
    exited = Proof("unit_exit", "B", NOW - HOUR)
    said = job(proofs=(exited, Proof("manifest_and_files", "A", NOW - 30 * DAY)))
    step = survey_step(seen_with(said), 2, NOW)
    assert (step.answer, step.reason) == (Answer.UNKNOWN, "engine_disagrees")
    both_old = job(proofs=(Proof("unit_exit", "B", NOW - 9 * DAY), said.proofs[1]))
    assert survey_step(seen_with(both_old), 2, NOW).reason == "stale"


def test_a_scheduler_that_says_ran_and_an_engine_that_says_never() -> None:
    exited = (Proof("unit_exit", "B", NOW - HOUR),)
    for trap in ("listing_only", "pruned_only"):
        step = survey_step(seen_with(job(proofs=exited, traps=(trap,))), 2, NOW)
        assert (step.answer, step.reason) == (Answer.UNKNOWN, "engine_never")
    assert survey_step(seen_with(job(proofs=exited)), 2, NOW).reason == "one_trace_only"


def test_a_label_tells_what_a_level_rests_on_and_until_when() -> None:
    def label(**more: Any) -> str:
        return str(label_of(job(**more), frame_of(seen_with(), NOW)))

    assert label() == "3A 2026-11-22T10:00Z/2026-11-24T10:00Z"
    assert label(proofs=()) == "1C"
    assert label(enabled=False) == "0"
    assert str(label_of(None, frame_of(seen_with(), NOW))) == "0"
    locked = {"locked_until": NOW + 60 * DAY, "integrity_at": NOW - 34 * DAY}
    assert label(**locked) == "4A 2026-10-19T12:00Z/2026-11-23T12:00Z"
    tried = locked | {"integrity_at": NOW, "restore_proven_at": NOW - 179 * DAY}
    assert label(**tried) == "5A 2026-05-27T12:00Z/2026-11-23T12:00Z"
    soon = {"locked_until": NOW + 14 * DAY + HOUR, "integrity_at": NOW}
    assert label(**soon) == "4A 2026-11-22T10:00Z/2026-11-22T13:00Z"


@given(JOBS, st.integers(0, 400))
def test_a_label_holds_until_it_says(one: BackupJob, hours: int) -> None:
    frame = frame_of(seen_with(), NOW)
    made = label_of(one, frame)
    if made.until is None:
        return
    later = min(NOW + hours * HOUR, made.until)
    assert level(one, later) == made.level or later < NOW
