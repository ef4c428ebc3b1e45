"""The five checks: weak, sound and unknown, and a sentence for every answer."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import posture_scan.checks.backup.backup as subject
import pytest
from posture_scan.checks.backup.facts import BackupSurvey, Kind, Place, Proof
from posture_scan.checks.backup.levels import _CLOSED
from posture_scan.checks.backup.object_lock import LOCK_DENIES, LOCK_UNCLEAR

from posture_scan.model.codec import decode, encode
from posture_scan.sdk import Check, Method, NotRead, Status
from tests.checks.backup.scene import job, judge, seen_with, told
from tests.checks.computer import DAY, NOW

FULL = job(locked_until=NOW + 60 * DAY, integrity_at=NOW - DAY, restore_proven_at=NOW - 30 * DAY)
CLOSED = NotRead("/root", "permission_denied", "administrator")
CHECKS = [item for item in vars(subject).values() if isinstance(item, Check)]


@pytest.mark.parametrize(
    ("name", "weak", "sound", "unknown"),
    [
        ("none", seen_with(), seen_with(job()), seen_with(not_read=(CLOSED,))),
        ("stale", seen_with(job(last_run_failed=True)), seen_with(job()),
         seen_with(job(proofs=()))),
        ("not_separate", seen_with(job(destination_class=Place.SAME_DISK)), seen_with(job()),
         seen_with(job(destination_class=Place.UNKNOWN))),
        ("not_protected", seen_with(job(integrity_at=NOW - 40 * DAY)), seen_with(FULL),
         seen_with(job())),
    ],
)  # fmt: skip
def test_weak_sound_and_unknown(
    name: str, weak: BackupSurvey, sound: BackupSurvey, unknown: BackupSurvey
) -> None:
    assert judge(weak, name).status is Status.FAIL
    assert judge(sound, name).status is Status.PASS
    assert judge(unknown, name).status is Status.UNKNOWN


def test_a_restore_passes_with_proof_and_never_fails_without() -> None:
    assert told(seen_with(FULL), "restore_untested") == ("pass", "restored")
    for seen in (seen_with(), seen_with(job()), seen_with(job(enabled=False))):
        assert told(seen, "restore_untested") == ("unknown", "no_restore_record")
    old = job(locked_until=NOW + 60 * DAY, integrity_at=NOW, restore_proven_at=NOW - 400 * DAY)
    assert told(seen_with(old), "restore_untested") == ("unknown", "restore_too_old")


def test_two_traces_are_less_sure_than_the_engines_word() -> None:
    traces = (Proof("log", "B", NOW), Proof("cache", "B", NOW))
    assert judge(seen_with(job(proofs=traces)), "stale").method is Method.ANALYSIS
    assert judge(seen_with(job()), "stale").method is None


def test_the_level_stands_in_the_verdict() -> None:
    verdict = judge(seen_with(job()), "stale")
    assert (verdict.actual, verdict.expected) == ("3A 2026-11-22T10:00Z/2026-11-24T10:00Z", ">= 2")
    assert dict(verdict.values)["expires"] == "2026-11-24T10:00Z"


def test_facts_survive_being_stored() -> None:
    seen = seen_with(FULL, not_read=(CLOSED,))
    assert decode(BackupSurvey, encode(seen)) == seen


def words() -> dict[str, dict[str, dict[str, dict[str, str]]]]:
    path = Path(str(subject.__file__)).with_suffix(".toml")
    return tomllib.loads(path.read_text("utf-8"))


STEP_REASONS = {
    "none": {
        "configured", "nothing_found", "only_sync", "only_snapshots", "unconfigured", "skipped",
        "disabled", "no_cron_daemon", "abandoned", "configuration_closed",
        "configuration_unclear", "schedule_unseen",
    },
    "stale": {
        "fresh", "stale", "last_run_failed", "source_missing", "listing_only", "starts_only",
        "synced_left_out", "one_trace_only", "engine_disagrees", "engine_never", "shrunk",
        "source_empty", "role_unknown", "clock_not_synchronised", "time_in_future", "no_backup",
        "backup_unclear",
    },
    "not_separate": {
        "separated", "same_disk", "same_computer", "mounted_share", "no_versions",
        "same_credentials", "destination_unseen", "rotation_unseen", "versions_unseen",
        "credentials_unseen", "no_backup", "backup_unclear", "not_fresh", "fresh_unclear",
    },
    "not_protected": {
        "protected", "lock_too_short", "integrity_old", "protection_unseen", "integrity_unseen",
        "time_in_future",
        "no_backup", "backup_unclear", "not_fresh", "fresh_unclear", "not_separated",
        "separated_unclear", *LOCK_DENIES, *LOCK_UNCLEAR,
    },
    "restore_untested": {
        "restored", "no_restore_record", "restore_too_old", "lower_level_open", "time_in_future",
        "restore_mismatch", "restore_changed", "restore_damaged", "restored_by_hand",
        "restore_partial", "restored_elsewhere", "drill_times_wrong",
    },
}  # fmt: skip


@pytest.mark.parametrize("item", CHECKS, ids=lambda item: str(item.name))
def test_every_reason_has_its_sentence_in_both_languages(item: Check) -> None:
    table = words()[item.name]
    expected = STEP_REASONS[item.name] | set(_CLOSED.values()) | {"closed_other"}
    for language in ("ja", "en"):
        assert set(table[language]["reasons"]) == expected


def test_both_languages_use_the_same_values() -> None:
    for table in words().values():
        japanese, english = (table[language]["reasons"] for language in ("ja", "en"))
        for reason, sentence in japanese.items():
            found = set(re.findall(r"\{\w+\}", sentence))
            assert found == set(re.findall(r"\{\w+\}", english[reason])), reason


SURVEYS = [
    seen_with(), seen_with(not_read=(CLOSED,)), seen_with(FULL), seen_with(job()),
    *(seen_with(job(kind=kind)) for kind in (Kind.SYNC, Kind.SNAPSHOT)),
    *(seen_with(job(enabled=enabled)) for enabled in (False, None)),
    *(seen_with(job(traps=(trap,))) for trap in ("unconfigured", "source_missing",
                                                 "synced_left_out", "configuration_closed")),
    seen_with(job(traps=("skipped",), proofs=())), seen_with(job(last_run_failed=True)),
    seen_with(job(enabled=False, traps=("no_cron_daemon",))),
    seen_with(job(enabled=None, proofs=(Proof("x", "A", NOW - 90 * DAY),))),
    seen_with(job(proofs=())), seen_with(job(proofs=(), traps=("listing_only",))),
    seen_with(job(proofs=(), traps=("dates_closed",))),
    seen_with(job(proofs=(Proof("log", "B", NOW),))),
    seen_with(job(proofs=(Proof("x", "A", NOW + DAY),))),
    seen_with(job(proofs=(Proof("x", "A", NOW - 90 * DAY),))),
    seen_with(job(proofs=(Proof("x", "A", NOW - 90 * DAY),), schedule_seconds=0)),
    seen_with(job(proofs=(Proof("x", "A", NOW - 90 * DAY), Proof("unit_exit", "B", NOW)))),
    seen_with(job(proofs=(Proof("unit_exit", "B", NOW),), traps=("listing_only",))),
    *(seen_with(job(traps=(trap,))) for trap in ("shrunk", "source_empty")),
    seen_with(job(proofs=(Proof("x", "A", NOW - 4 * DAY),), schedule_seconds=0), role=""),
    seen_with(job(), clock_synchronised=False),
    *(seen_with(job(destination_class=place)) for place in Place),
    *(seen_with(job(versioned=known)) for known in (False, None)),
    *(seen_with(job(separate_credentials=known)) for known in (False, None)),
    seen_with(job(locked_until=NOW)), seen_with(job(integrity_at=NOW - 40 * DAY)),
    *(seen_with(job(traps=(trap,))) for trap in (*LOCK_DENIES, *LOCK_UNCLEAR)),
    seen_with(job(locked_until=NOW + 60 * DAY)), seen_with(job(restore_proven_at=NOW)),
    seen_with(replace(FULL, integrity_at=NOW + DAY)),
    seen_with(replace(FULL, restore_proven_at=NOW + DAY)),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(SURVEYS)))
def test_every_answer_can_be_said_with_its_values(number: int) -> None:
    table = words()
    for item in CHECKS:
        verdict = judge(SURVEYS[number], item.name)
        for language in ("ja", "en"):
            reasons = table[item.name][language]["reasons"]
            sentence = reasons[verdict.reason].format_map(dict(verdict.values))
            assert "{" not in sentence
