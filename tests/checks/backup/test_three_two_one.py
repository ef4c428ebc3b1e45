"""Copies, places, off-site, offline, errors: counted from what ran well of late."""

from __future__ import annotations

from posture_scan.checks.backup.facts import BackupJob, Place
from posture_scan.checks.backup.levels import frame_of
from posture_scan.checks.backup.steps import Answer
from posture_scan.checks.backup.three_two_one import ThreeTwoOne, three_two_one

from posture_scan.sdk import NotRead
from tests.checks.backup.scene import job, judge, seen_with
from tests.checks.computer import DAY, NOW

FRAME = frame_of(seen_with(), NOW)
NAS = job(destination="ssh://nas/./a", destination_class=Place.OTHER_HOST)
DISK = job(destination="/mnt/usb", destination_class=Place.REMOVABLE)
SAME = job(destination="/srv/b", destination_class=Place.SAME_DISK)
CLOUD = job(destination="s3:s3.example/b", locked_until=NOW + 30 * DAY)


def count(*jobs: BackupJob) -> ThreeTwoOne:
    counted: ThreeTwoOne = three_two_one(jobs, FRAME)
    return counted


def test_the_live_data_alone() -> None:
    assert count() == ThreeTwoOne(1, 1, Answer.NO, Answer.NO, 0)


def test_a_copy_on_the_same_disk_is_a_copy_and_no_place() -> None:
    assert count(SAME) == ThreeTwoOne(2, 1, Answer.NO, Answer.NO, 0)


def test_another_host_may_stand_beside_this_one() -> None:
    assert count(NAS) == ThreeTwoOne(2, 2, Answer.UNKNOWN, Answer.UNKNOWN, 0)


def test_all_of_the_rule() -> None:
    assert count(NAS, CLOUD) == ThreeTwoOne(3, 3, Answer.YES, Answer.YES, 0)


def test_two_jobs_to_one_place_and_two_folders_of_one_host() -> None:
    assert count(NAS, NAS).copies == 2
    other = job(destination="ssh://nas/./b", destination_class=Place.OTHER_HOST)
    assert (count(NAS, other).copies, count(NAS, other).domains) == (3, 2)


def test_what_did_not_run_well_is_no_copy_but_an_error() -> None:
    failed = job(destination="/mnt/usb", last_run_failed=True)
    assert count(NAS, failed) == ThreeTwoOne(2, 2, Answer.UNKNOWN, Answer.UNKNOWN, 1)
    assert count(job(proofs=())).copies == 1
    assert count(job(enabled=False)).copies == 1


def test_media_that_take_turns_are_offline() -> None:
    assert count(DISK).offline is Answer.UNKNOWN
    turns = job(destination="/mnt/usb", destination_class=Place.REMOVABLE, rotated_media=True)
    assert count(turns).offline is Answer.YES


def test_what_was_not_seen_is_not_denied() -> None:
    closed = NotRead("/root", "permission_denied", "administrator")
    values = dict(judge(seen_with(SAME, not_read=(closed,)), "not_separate").values)
    assert (values["copies"], values["off_site"], values["offline"]) == (2, "unknown", "unknown")


def test_the_figures_stand_in_the_verdicts() -> None:
    values = dict(judge(seen_with(NAS, CLOUD), "not_separate").values)
    assert (values["copies"], values["domains"], values["off_site"]) == (3, 3, "yes")
    assert dict(judge(seen_with(), "not_protected").values)["copies"] == 1
