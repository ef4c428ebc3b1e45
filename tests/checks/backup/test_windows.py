"""Windows, from answers put together after public recordings: numbers and ids, never sentences.

Server Backup's fields follow a public recording of a real server (catalogue times in UTC beside
local ones, labels in the language of the system); the others follow the vendors' documentation.
No real computer was recorded for this file, so every tape here says ``constructed``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from posture_scan.checks.backup.facts import Kind, Place
from posture_scan.checks.backup.windows_places import Disk, Drives, place_of
from posture_scan.checks.backup.windows_script import COMMAND
from posture_scan.checks.backup.windows_server import version_moment

from posture_scan.collect.programs import is_permitted
from posture_scan.sdk import filetime, moment
from tests.checks.backup.scene import survey, tape, told
from tests.checks.backup.windows_scene import NO_LOG, NOTHING, iso, seen, value
from tests.checks.computer import DAY, HOUR, NOW


def server_backup(**more: Any) -> dict[str, Any]:
    sets = [
        {"version": (NOW - 9 * HOUR - n * DAY).strftime("%m/%d/%Y-%H:%M"), "at": None,
         "target": f"\\\\?\\Volume{{usb}}|ローカル ディスク{n % 2}"}
        for n in range(20)
    ]  # fmt: skip
    return NOTHING | {"wsb": {
        "policy": True, "last_success": iso(NOW - 9 * HOUR), "hr": 0, "next": iso(NOW + 9 * HOUR),
        "target": "\\\\?\\Volume{usb}", "versions": 20, "sets": sets,
    } | more}  # fmt: skip


def test_the_question_only_reads() -> None:
    assert is_permitted(COMMAND)


def test_nothing_found_on_a_computer_that_answered_everything() -> None:
    found = seen(NOTHING)
    assert found.not_read == ()
    assert told(found, "none") == ("fail", "nothing_found")


def test_server_backup_on_disks_that_take_turns_is_separated() -> None:
    found = seen(server_backup())
    (job,) = found.jobs
    assert (found.role, job.versioned, job.rotated_media) == ("server", True, True)
    assert job.destination_class is Place.REMOVABLE
    assert told(found, "stale") == ("pass", "fresh")
    assert told(found, "not_separate") == ("pass", "separated")
    assert told(found, "not_protected") == ("unknown", "integrity_unseen")


def test_server_backup_always_on_one_disk_shows_no_rotation() -> None:
    answer = server_backup()
    for item in answer["wsb"]["sets"]:
        item["target"] = "\\\\?\\Volume{usb}|バックアップ"
    assert told(seen(answer), "not_separate") == ("unknown", "rotation_unseen")


@pytest.mark.parametrize("untold", [None, "", "|"])
def test_a_restore_point_whose_disk_is_not_told_shows_no_second_disk(untold: str | None) -> None:
    answer = server_backup()
    for number, item in enumerate(answer["wsb"]["sets"]):
        item["target"] = "\\\\?\\Volume{usb}|バックアップ" if number % 2 else untold
    assert told(seen(answer), "not_separate") == ("unknown", "rotation_unseen")


def test_server_backup_on_the_disk_of_the_system() -> None:
    found = seen(server_backup(target="\\\\?\\Volume{c}"))
    assert told(found, "not_separate") == ("fail", "same_disk")


def test_a_catalogue_in_utc_wins_over_a_summary_that_is_nine_hours_ahead() -> None:
    """A local time taken for UTC lies in the future of Japan's clock or hides a missed night."""
    answer = server_backup(last_success=iso(NOW))
    (job,) = seen(answer).jobs
    assert [proof.at for proof in job.proofs] == [NOW - 9 * HOUR]


def test_restore_points_are_named_in_utc_month_first() -> None:
    assert version_moment("03/15/2024-15:16") == datetime(2024, 3, 15, 15, 16, tzinfo=UTC)
    for bad in ("15/03/2024-15:16", "2024/03/15-15:16", "", None, "03/15/2024 15:16"):
        assert version_moment(bad) is None


def test_server_backup_that_fails_after_a_success() -> None:
    assert told(seen(server_backup(hr=-2147024784)), "stale") == ("fail", "last_run_failed")
    events = [{"id": 4, "at": iso(NOW - 30 * HOUR)}, {"id": 5, "at": iso(NOW - HOUR), "level": 2}]
    found = seen(server_backup() | {"wsb_events": events})
    assert told(found, "stale") == ("fail", "last_run_failed")


@pytest.mark.parametrize(
    ("result", "expected"),
    [("0x0", ("unknown", "schedule_unseen")), ("0x80070005", ("unknown", "schedule_unseen"))],
)
def test_events_alone_show_no_schedule(result: str, expected: tuple[str, str]) -> None:
    xml = f"<Event><EventData><Data Name='HRESULT'>{result}</Data></EventData></Event>"
    answer = NOTHING | {"wsb_events": {"id": 14, "at": iso(NOW - HOUR), "xml": xml}}
    found = seen(answer)
    (job,) = found.jobs
    assert bool(job.proofs) is (result == "0x0")
    assert job.last_run_failed is (None if result == "0x0" else True)
    assert told(found, "none") == expected


def test_an_end_without_its_result_proves_nothing() -> None:
    found = seen(NOTHING | {"wsb_events": [{"id": 14, "at": iso(NOW - HOUR), "xml": "<Event/>"}]})
    assert found.jobs[0].proofs == ()


def test_server_backup_stale_and_switched_off() -> None:
    old = server_backup(last_success=iso(NOW - 5 * DAY), sets=[])
    assert told(seen(old), "stale") == ("fail", "stale")
    assert told(seen(server_backup(policy=False)), "none") == ("fail", "disabled")


def test_a_disk_that_may_not_be_seen_hides_no_newer_run() -> None:
    refused = {"error": "PermissionDenied", "id": "HRESULT 0x80041003"}
    old = server_backup(last_success=iso(NOW - 5 * DAY), sets=[]) | {"partitions": refused}
    assert told(seen(old), "stale") == ("fail", "stale")
    found = seen(server_backup() | {"partitions": refused})
    assert told(found, "not_separate") == ("unknown", "destination_unseen")


def test_a_refusal_is_unknown() -> None:
    refused = {"error": "PermissionDenied", "id": "WBAccessDenied"}
    found = seen(NOTHING | {"wsb": refused})
    assert told(found, "none") == ("unknown", "closed_administrator")


@pytest.mark.parametrize("text", ["", " ", "[]", "null", '{"os":', '{"a": NaN', "\x00" * 20])
def test_exit_0_without_an_answer_is_unknown(text: str) -> None:
    found = seen(text)
    assert found.jobs == ()
    assert told(found, "none") == ("unknown", "closed_other")


def test_what_needs_no_powershell_is_seen_without_it() -> None:
    services = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\MMS"
    found = seen("", files=[value(services, "Start", 2)])
    assert [job.engine for job in found.jobs] == ["acronis"]
    assert told(found, "none")[0] == "unknown"


def test_a_block_that_is_missing_is_unknown() -> None:
    assert told(seen({"wsb": {}}), "none")[0] == "unknown"


def test_a_recording_without_the_answer_is_unknown() -> None:
    assert told(survey(tape("windows", [])), "none") == ("unknown", "closed_recording")


def veeam(number: int, result: int | None, age: int, **more: Any) -> dict[str, Any]:
    named = "" if result is None else f"<Data Name='JobResult'>{result}</Data>"
    xml = f"<Event><EventData>{named}<Data>完了しました</Data></EventData></Event>"
    return {"id": number, "at": iso(NOW - age * HOUR), "level": 4, "xml": xml} | more


def test_veeam_agent_by_the_number_of_its_result() -> None:
    good = NOTHING | {"veeam_agent": [veeam(190, 0, 9), veeam(190, 0, 33)]}
    assert told(seen(good), "stale") == ("pass", "fresh")
    bad = NOTHING | {"veeam_agent": [veeam(190, 2, 3), veeam(190, 0, 9)]}
    assert told(seen(bad), "stale") == ("fail", "last_run_failed")


def test_veeam_agent_by_the_level_of_its_event_where_no_result_is_named() -> None:
    good = NOTHING | {"veeam_agent": [veeam(190, None, 9)]}
    assert told(seen(good), "stale") == ("pass", "fresh")
    bad = NOTHING | {"veeam_agent": [veeam(190, None, 9, level=2)]}
    assert told(seen(bad), "stale") == ("fail", "last_run_failed")
    warned = NOTHING | {"veeam_agent": [veeam(190, None, 9, level=3)]}
    assert told(seen(warned), "stale") == ("unknown", "starts_only")


def test_events_that_are_not_understood_are_no_absence() -> None:
    found = seen(NOTHING | {"veeam_agent": [veeam(190, None, 9, level=5)]})
    assert told(found, "none") == ("unknown", "closed_other")


def test_each_job_of_veeam_is_judged_by_itself() -> None:
    def of(name: str, result: int, age: int) -> dict[str, Any]:
        xml = f"<Data Name='JobID'>{name}</Data><Data Name='JobResult'>{result}</Data>"
        return veeam(190, result, age, xml=xml)

    events = [of("aaaa", 0, 9), of("bbbb", 2, 3), veeam(290, 0, 50)]
    found = seen(NOTHING | {"veeam_server": events})
    assert [job.last_run_failed for job in found.jobs] == [False, True]
    assert [job.restore_proven_at for job in found.jobs] == [None, None]
    assert told(found, "stale") == ("pass", "fresh")


@pytest.mark.parametrize("number", [290, 40290])
def test_veeams_restores_are_proof_of_a_restore(number: int) -> None:
    xml = '<Data Name="Result">0</Data>'
    answer = NOTHING | {"veeam_server": [veeam(190, 0, 9), veeam(number, 0, 50, xml=xml)]}
    found = seen(answer)
    assert found.jobs[0].restore_proven_at == NOW - 50 * HOUR
    assert told(found, "restore_untested") == ("unknown", "lower_level_open")


def test_shadow_copies_are_no_backup_and_hide_none() -> None:
    found = seen(NOTHING | {"shadows": [{"at": iso(NOW)}]})
    assert [job.kind for job in found.jobs] == [Kind.SNAPSHOT]
    assert told(found, "none") == ("fail", "only_snapshots")


def test_a_plain_user_does_not_see_the_tasks_of_others() -> None:
    assert told(seen(NOTHING, privilege="user"), "none") == ("unknown", "closed_administrator")
    assert told(seen(server_backup(), privilege="user"), "none")[0] == "pass"


def test_a_clock_that_nobody_sets() -> None:
    found = seen(server_backup(), clock="NoSync")
    assert told(found, "stale") == ("unknown", "clock_not_synchronised")


def test_a_log_that_is_not_there_is_an_answer() -> None:
    assert seen(NOTHING | {"veeam_agent": NO_LOG}).not_read == ()


@pytest.mark.parametrize(
    ("target", "place"),
    [
        ("C:\\bk", Place.SAME_DISK), ("D:\\共有", Place.OTHER_DISK), ("e:\\bk", Place.REMOVABLE),
        ("F:\\バックアップ", Place.REMOVABLE), ("Z:\\bk", Place.MOUNTED_SHARE),
        ("\\\\nas\\共有", Place.NETWORK_SHARE), ("\\\\localhost\\d$\\bk", Place.SAME_HOST),
        ("\\\\Keiri-PC\\bk", Place.SAME_HOST), ("\\\\?\\Volume{iscsi}", Place.MOUNTED_SHARE),
        ("\\\\?\\Volume{other}", Place.UNKNOWN), ("", Place.UNKNOWN), ("X:\\", Place.UNKNOWN),
    ],
)  # fmt: skip
def test_places(target: str, place: Place) -> None:
    drives = Drives(
        {item["id"]: item["type"] for item in NOTHING["drives"]},
        {"C:": Disk(0, 17), "D:": Disk(1, 11), "F:": Disk(2, 7),
         "\\\\?\\volume{iscsi}": Disk(4, 9)}, "keiri-pc",
    )  # fmt: skip
    assert place_of(target, drives) is place


def test_without_a_view_of_the_disks_a_letter_says_little() -> None:
    drives = Drives({"C:": 3, "D:": 3})
    assert place_of("D:\\bk", drives) is Place.UNKNOWN
    assert place_of("C:\\bk", drives) is Place.SAME_DISK
    hidden = Drives({"C:": 3, "D:": 3}, {"C:": Disk(0, 17), "D:": Disk(1, 16)})
    assert place_of("D:\\bk", hidden) is Place.UNKNOWN


def test_times() -> None:
    noon = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    assert moment("2026-11-22T12:00:00+09:00") == noon
    assert moment("2026-11-22T03:00:00.0000000Z") == noon
    assert moment(f"/Date({int(noon.timestamp()) * 1000})/") == noon
    for bad in ("2026-11-22T12:00:00", "2026/11/22 12:00", "", None, 5, "1999-11-30T00:00:00Z",
                "/Date(999999999999999)/"):  # fmt: skip
        assert moment(bad) is None
    ticks = (int(noon.timestamp()) + 11_644_473_600) * 10_000_000
    assert filetime(str(ticks)) == noon
    for zero in ("0", "", None, "x", "9" * 30):
        assert filetime(zero) is None
    assert filetime(ticks) == noon
