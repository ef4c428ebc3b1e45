"""What a restore drill adds to a survey: proof, failure, or the reason why it proves nothing."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import posture_scan.checks.backup.backup as subject
import pytest
from posture_scan.checks.backup.facts import (
    BackupSurvey,
    NotRead,
    Outcome,
    Place,
    RestoredFile,
    RestoreDrill,
)

from posture_scan.model.codec import decode, encode
from posture_scan.sdk import Method, Status, Verdict
from tests.checks.backup.scene import job, judge, seen_with
from tests.checks.computer import DAY, HOUR, NOW

REPOSITORY = "s3:s3.example/bucket"
SOUND = seen_with(job(locked_until=NOW + 400 * DAY, integrity_at=NOW - DAY))
FILE = RestoredFile(
    "/data/帳簿", "posture-scan-drill-aaaaaaaa.txt", Outcome.PROVEN, True,  # noqa: FBT003
    "38e3822f7609f4e33603", NOW - 10 * HOUR, 4096, 1,
)  # fmt: skip
OTHER = replace(FILE, folder="/data/書類")


def drill(*files: RestoredFile, **more: Any) -> RestoreDrill:
    base: dict[str, Any] = {
        "engine": "restic", "engine_version": "0.14.0", "evidence_class": "A",
        "sealed_at": NOW - DAY, "verified_at": NOW - HOUR, "destination": REPOSITORY,
        "files": files or (FILE, OTHER),
    }  # fmt: skip
    return RestoreDrill(**(base | more))


def verdict(seen: BackupSurvey, *drills: RestoreDrill, now: Any = NOW) -> Verdict:
    return judge(seen, "restore_untested", now, drills)


def bad(outcome: Outcome) -> RestoreDrill:
    return drill(FILE, replace(OTHER, outcome=outcome, sha256_ok=False))


def test_a_proven_drill_reaches_level_5() -> None:
    told = verdict(SOUND, drill())
    assert (told.status, told.reason, told.actual[:2]) == (Status.PASS, "restored", "5A")
    assert told.method is Method.VERIFIED_ACTION
    assert verdict(SOUND).reason == "no_restore_record"


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Outcome.MISMATCH, "restore_mismatch"), (Outcome.CHANGED, "restore_changed"),
        (Outcome.DAMAGED, "restore_damaged"),
    ],
)  # fmt: skip
def test_a_failed_drill_is_a_fail_whatever_the_level(outcome: Outcome, reason: str) -> None:
    for seen in (SOUND, seen_with(job(enabled=False)), seen_with()):
        told = verdict(seen, bad(outcome))
        assert (told.status, told.reason) == (Status.FAIL, reason)
        assert told.method is Method.VERIFIED_ACTION
        assert dict(told.values)["folder"] == "/data/書類"


def test_a_claim_of_success_with_wrong_bytes_is_a_failure() -> None:
    told = verdict(SOUND, drill(replace(FILE, sha256_ok=False)))
    assert (told.status, told.reason) == (Status.FAIL, "restore_mismatch")


def test_the_newest_drill_counts() -> None:
    older = replace(bad(Outcome.MISMATCH), verified_at=NOW - 2 * HOUR)
    assert verdict(SOUND, older, drill()).status is Status.PASS
    newer = replace(bad(Outcome.MISMATCH), verified_at=NOW - HOUR / 2)
    assert verdict(SOUND, newer, drill()).status is Status.FAIL


BY_HAND: dict[str, Any] = {"evidence_class": "B", "engine": "by_hand", "destination": ""}


def test_a_restore_by_hand_makes_good_only_what_went_wrong_by_hand() -> None:
    shown = drill(**BY_HAND)
    wrong = replace(shown, files=bad(Outcome.MISMATCH).files)
    earlier = {"verified_at": NOW - 2 * HOUR}
    told = verdict(SOUND, wrong)
    assert (told.status, told.method) == (Status.FAIL, Method.ANALYSIS)
    assert verdict(SOUND, replace(wrong, **earlier), shown).reason == "restored_by_hand"
    assert verdict(SOUND, replace(wrong, **earlier), drill()).reason == "restored"
    for drills in ((replace(bad(Outcome.DAMAGED), **earlier), shown),
                   (shown, replace(bad(Outcome.DAMAGED), **earlier))):  # fmt: skip
        told = verdict(SOUND, *drills)
        assert (told.reason, told.method) == ("restore_damaged", Method.VERIFIED_ACTION)
    assert verdict(SOUND, replace(drill(), **earlier), wrong).status is Status.FAIL
    assert verdict(SOUND, replace(drill(), **earlier), shown).reason == "restored"


def test_a_restore_after_a_failed_drill_counts() -> None:
    later = seen_with(replace(SOUND.jobs[0], restore_proven_at=NOW - HOUR / 2))
    assert verdict(later, bad(Outcome.MISMATCH)).reason == "restored"


@pytest.mark.parametrize(("role", "days"), [("server", 180), ("computer", 365), ("", 180)])
def test_a_drill_is_good_for_half_a_year_on_a_server_and_a_year_on_a_pc(
    role: str, days: int
) -> None:
    def told(age: timedelta, done: RestoreDrill) -> str:
        now = done.verified_at + age
        fresh = replace(
            SOUND.jobs[0], integrity_at=now, locked_until=now + 60 * DAY,
            proofs=(replace(SOUND.jobs[0].proofs[0], at=now),),
        )  # fmt: skip
        return verdict(replace(SOUND, role=role, jobs=(fresh,)), done, now=now).reason

    assert told(days * DAY, drill()) == "restored"
    assert told(days * DAY + HOUR, drill()) == "restore_too_old"
    assert told(days * DAY, bad(Outcome.DAMAGED)) == "restore_damaged"
    assert told(days * DAY + HOUR, bad(Outcome.DAMAGED)) != "restore_damaged"


def test_a_lower_level_that_is_open_is_told_even_where_places_are_closed() -> None:
    closed = NotRead("/root", "permission_denied", "administrator")
    for seen in (
        seen_with(job()), seen_with(job(last_run_failed=True)),
        seen_with(job(last_run_failed=True), not_read=(closed,)),
    ):  # fmt: skip
        told = verdict(seen, drill())
        assert (told.status, told.reason) == (Status.UNKNOWN, "lower_level_open")


@pytest.mark.parametrize(
    ("done", "reason"),
    [
        (drill(evidence_class="B", engine="by_hand", destination=""), "restored_by_hand"),
        (drill(FILE, replace(OTHER, outcome=Outcome.MISSING, sha256_ok=False)), "restore_partial"),
        (drill(not_sealed=("/data/x",)), "restore_partial"),
        (replace(drill(), files=()), "restore_partial"),
        (drill(destination="/mnt/usb/repo"), "restored_elsewhere"),
        (drill(engine="borg"), "restored_elsewhere"),
        (drill(verified_at=NOW + DAY), "drill_times_wrong"),
        (drill(replace(FILE, point_at=NOW - 2 * DAY)), "drill_times_wrong"),
        (drill(replace(FILE, point_at=NOW)), "drill_times_wrong"),
    ],
)
def test_what_proves_no_restore_of_this_backup_is_unknown(done: RestoreDrill, reason: str) -> None:
    told = verdict(SOUND, done)
    assert (told.status, told.reason) == (Status.UNKNOWN, reason)


def test_only_the_backup_that_was_restored_from_is_lifted() -> None:
    weak = job(destination="/mnt/usb/repo", destination_class=Place.SAME_DISK)
    both = replace(SOUND, jobs=(*SOUND.jobs, weak))
    assert verdict(both, drill()).status is Status.PASS
    assert verdict(both, drill(destination="/mnt/usb/repo/")).reason == "lower_level_open"
    assert verdict(both, drill(destination="")).reason == "restored_elsewhere"
    assert verdict(SOUND, drill(destination="")).reason == "restored"


@pytest.mark.parametrize(
    ("planned", "given"),
    [
        ("ssh://nas.example/./repo", "ssh://nas.example/./repo"),
        ("/srv/borg", "file:///srv/borg/"), ("", "/srv/borg"),
    ],
)  # fmt: skip
def test_borgmatic_is_restored_with_borg(planned: str, given: str) -> None:
    seen = seen_with(replace(SOUND.jobs[0], engine="borgmatic", destination=planned))
    assert verdict(seen, drill(engine="borg", destination=given)).status is Status.PASS


def test_a_restore_that_the_survey_itself_proves_is_not_lost() -> None:
    proven = seen_with(replace(SOUND.jobs[0], restore_proven_at=NOW - 3 * DAY))
    by_hand = drill(evidence_class="B", engine="by_hand", destination="")
    assert verdict(proven, by_hand).reason == "restored"


def test_facts_survive_being_stored() -> None:
    assert decode(RestoreDrill, encode(drill())) == drill()


def test_every_answer_can_be_said_with_its_values() -> None:
    words = tomllib.loads(Path(str(subject.__file__)).with_suffix(".toml").read_text("utf-8"))
    drills = [bad(outcome) for outcome in (Outcome.MISMATCH, Outcome.CHANGED, Outcome.DAMAGED)]
    drills += [
        drill(), drill(evidence_class="B"), drill(not_sealed=("/x",)), replace(drill(), files=()),
        drill(destination="/y"), drill(verified_at=NOW + DAY), replace(drill(), engine="new"),
    ]  # fmt: skip
    for one in drills:
        for seen in (SOUND, seen_with(job()), seen_with()):
            told = verdict(seen, one)
            for language in ("ja", "en"):
                sentence = words["restore_untested"][language]["reasons"][told.reason]
                assert "{" not in sentence.format_map(dict(told.values))
