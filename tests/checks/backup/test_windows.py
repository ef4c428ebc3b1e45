"""Windows, from answers put together after public recordings: numbers and ids, never sentences.

Server Backup's fields follow a public recording of a real server (catalogue times in UTC beside
local ones, labels in the language of the system); the others follow the vendors' documentation.
No real computer was recorded for this file, so every tape here says ``constructed``.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from posture_scan.checks.backup.facts import BackupSurvey, Kind, Place
from posture_scan.checks.backup.windows_script import COMMAND

from posture_scan.collect.programs import is_permitted
from posture_scan.sdk import filetime, moment
from tests.checks.backup.scene import judge, printed, survey, tape, told
from tests.checks.computer import DAY, HOUR, NOW

ABSENT = {"error": "ObjectNotFound", "id": "CommandNotFoundException"}
NO_LOG = {"error": "ObjectNotFound", "id": "NoMatchingLogsFound,Microsoft.PowerShell"}
NO_PATH = {"error": "ObjectNotFound", "id": "PathNotFound,Microsoft.PowerShell"}
NOTHING: dict[str, Any] = {
    "os": {"installation": "Server", "build": "20348"}, "clock": {"type": "NTP"},
    "drives": [{"id": "C:", "type": 3}, {"id": "E:", "type": 2}, {"id": "Z:", "type": 4}],
    "wsb": ABSENT, "wsb_events": NO_LOG, "veeam_agent": NO_LOG, "veeam_endpoint": NO_LOG,
    "veeam_server": NO_LOG, "tasks": [], "file_history": NO_PATH, "onedrive": NO_PATH,
    "services": [],
}  # fmt: skip


def iso(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")


def seen(answer: Any, *, code: int = 0, err: bytes = b"", files: Any = ()) -> BackupSurvey:
    text = answer if isinstance(answer, str | bytes) else json.dumps(answer, ensure_ascii=False)
    return survey(tape("windows", [printed(COMMAND, text, code, err), *files]))


def server_backup(**more: Any) -> dict[str, Any]:
    sets = [{"at": iso(NOW - n * DAY), "target": f"|ローカル ディスク{n % 2}"} for n in range(20)]
    return NOTHING | {"wsb": {
        "policy": True, "last_success": iso(NOW - 9 * HOUR), "hr": 0, "next": iso(NOW + 9 * HOUR),
        "target": "\\\\?\\Volume{1}", "versions": 20, "sets": sets,
    } | more}  # fmt: skip


def test_the_question_only_reads() -> None:
    assert is_permitted(COMMAND)


def test_nothing_found_on_a_computer_that_answered_everything() -> None:
    found = seen(NOTHING)
    assert found.not_read == ()
    assert told(found, "none") == ("fail", "nothing_found")


def test_server_backup_with_rotated_disks() -> None:
    found = seen(server_backup())
    (job,) = found.jobs
    assert (found.role, job.versioned, job.rotated_media) == ("server", True, True)
    assert told(found, "stale") == ("pass", "fresh")
    assert told(found, "not_separate") == ("unknown", "destination_unseen")


def test_server_backup_that_fails_after_a_success() -> None:
    assert told(seen(server_backup(hr=-2147024784)), "stale") == ("fail", "last_run_failed")
    answer = server_backup() | {
        "wsb_events": [
            {"id": 4, "at": iso(NOW - 30 * HOUR)},
            {"id": 5, "at": iso(NOW - HOUR), "level": 2},
        ]
    }
    assert told(seen(answer), "stale") == ("fail", "last_run_failed")


def test_server_backup_stale_and_switched_off() -> None:
    old = server_backup(last_success=iso(NOW - 5 * DAY))
    assert told(seen(old), "stale") == ("fail", "stale")
    assert told(seen(server_backup(policy=False)), "none") == ("fail", "disabled")


def test_a_refusal_is_unknown() -> None:
    refused = {"error": "PermissionDenied", "id": "WBAccessDenied"}
    found = seen(NOTHING | {"wsb": refused})
    assert told(found, "none") == ("unknown", "closed_administrator")


@pytest.mark.parametrize("text", ["", " ", "[]", "null", '{"os":', '{"a": NaN', "\x00" * 20])
def test_exit_0_without_an_answer_is_unknown(text: str) -> None:
    found = seen(text)
    assert found.jobs == ()
    assert told(found, "none") == ("unknown", "closed_other")


def test_a_block_that_is_missing_is_unknown() -> None:
    assert told(seen({"os": {}}), "none")[0] == "unknown"


def test_a_recording_without_the_answer_is_unknown() -> None:
    assert told(survey(tape("windows", [])), "none") == ("unknown", "closed_recording")


def task(run: str, arguments: str = "", **more: Any) -> dict[str, Any]:
    one = {
        "path": "\\夜間コピー", "state": 3, "last": iso(NOW - 9 * HOUR), "result": 0,
        "user": "SYSTEM", "actions": [{"run": run, "with": arguments}],
        "triggers": [{"days": 1, "weeks": None, "on": True}],
    }  # fmt: skip
    return NOTHING | {"tasks": [one | more]}


def test_a_task_that_mirrors() -> None:
    found = seen(task("C:\\Windows\\System32\\Robocopy.exe", "D:\\data Z:\\bk /MIR", result=3))
    (job,) = found.jobs
    assert (job.kind, job.destination_class) == (Kind.MIRROR, Place.MOUNTED_SHARE)
    assert (job.schedule_seconds, job.last_run_failed) == (86_400, False)
    assert told(found, "none") == ("pass", "configured")
    assert told(found, "stale") == ("unknown", "one_trace_only")
    assert told(found, "not_separate") == ("fail", "mounted_share")


@pytest.mark.parametrize(
    ("result", "failed"),
    [(8, True), (16, True), (1, False), (0x41301, None), (-2147024894, True), ("x", None)],
)
def test_results_of_robocopy(result: object, failed: bool | None) -> None:  # noqa: FBT001
    found = seen(task("robocopy.exe", "D:\\a E:\\b", result=result))
    assert found.jobs[0].last_run_failed is failed


def test_a_task_that_never_ran() -> None:
    found = seen(task("wbadmin.exe", "start backup", result=0x41303, last="1999-11-30T00:00:00Z"))
    assert "never_run" in found.jobs[0].traps
    assert told(found, "stale") == ("unknown", "starts_only")


def test_a_batch_file_is_read_and_its_result_only_proves_the_batch_file() -> None:
    text = "@echo off\r\nrem robocopy old\r\nrobocopy D:\\データ E:\\bk /E\r\n".encode("cp932")
    file = {"kind": "file", "path": "C:\\tools\\bk.bat", "b64": ""}
    import base64

    file["b64"] = base64.b64encode(text).decode()
    found = seen(task("cmd.exe", '/c "C:\\tools\\bk.bat"'), files=[file])
    (job,) = found.jobs
    assert (job.engine, job.destination_class) == ("robocopy", Place.REMOVABLE)
    assert [proof.evidence_class for proof in job.proofs] == ["C"]
    assert told(found, "stale") == ("unknown", "starts_only")


def test_tasks_of_windows_itself_are_no_backups() -> None:
    own = task("wbadmin.exe", path="\\Microsoft\\Windows\\Registry\\RegIdleBackup")
    assert told(seen(own), "none") == ("fail", "nothing_found")


def test_a_single_task_written_as_an_object_is_read() -> None:
    answer = task("wbadmin.exe", "start backup -backupTarget:E:")
    answer["tasks"] = answer["tasks"][0]
    assert len(seen(answer).jobs) == 1


def veeam(number: int, result: int, age: int, **more: Any) -> dict[str, Any]:
    xml = f"<Event><EventData><Data Name='JobResult'>{result}</Data></EventData></Event>"
    return {"id": number, "at": iso(NOW - age * HOUR), "level": 4, "xml": xml} | more


def test_veeam_agent_by_the_number_of_its_result() -> None:
    good = NOTHING | {"veeam_agent": [veeam(190, 0, 9), veeam(190, 0, 33)]}
    assert told(seen(good), "stale") == ("pass", "fresh")
    bad = NOTHING | {"veeam_agent": [veeam(190, 2, 3), veeam(190, 0, 9)]}
    assert told(seen(bad), "stale") == ("fail", "last_run_failed")


def test_veeams_restores_are_proof_of_a_restore() -> None:
    xml = '<Data Name="Result">0</Data>'
    answer = NOTHING | {"veeam_server": [veeam(190, 0, 9), veeam(290, 0, 50, xml=xml)]}
    found = seen(answer)
    assert found.jobs[0].restore_proven_at == NOW - 50 * HOUR
    assert told(found, "restore_untested") == ("unknown", "lower_level_open")


def test_file_history_takes_the_newest_trace_that_is_not_zero() -> None:
    history = {
        "until": "0",
        "files": [{"name": "Config1.xml", "at": iso(NOW)},
                  {"name": "Catalog1.edb", "at": iso(NOW - 5 * HOUR)}],
        "config": "<DataProtectionUserConfig><TargetUrl>E:\\</TargetUrl></…>",
    }  # fmt: skip
    found = seen(NOTHING | {"file_history": history})
    (job,) = found.jobs
    assert [proof.artefact for proof in job.proofs] == ["catalogue"]
    assert job.destination_class is Place.REMOVABLE
    assert told(found, "stale") == ("unknown", "one_trace_only")


def test_onedrive_is_no_backup() -> None:
    found = seen(NOTHING | {"onedrive": [{"folder": "C:\\Users\\yuki\\OneDrive"}]})
    assert told(found, "none") == ("fail", "only_sync")
    assert judge(found, "none").actual == "0"
    assert "yuki" not in repr(found)


def test_a_service_that_is_merely_installed_is_unknown() -> None:
    found = seen(NOTHING | {"services": [{"name": "MMS", "state": 4}]})
    assert told(found, "none") == ("unknown", "schedule_unseen")


def test_a_plain_user_does_not_see_the_tasks_of_others() -> None:
    host = tape("windows", [printed(COMMAND, json.dumps(NOTHING))], privilege="user")
    assert told(survey(host), "none") == ("unknown", "closed_administrator")
    both = printed(COMMAND, json.dumps(server_backup()))
    assert told(survey(tape("windows", [both], privilege="user")), "none")[0] == "pass"


def test_a_clock_that_nobody_sets() -> None:
    found = seen(server_backup() | {"clock": {"type": "NoSync"}})
    assert told(found, "stale") == ("unknown", "clock_not_synchronised")


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
