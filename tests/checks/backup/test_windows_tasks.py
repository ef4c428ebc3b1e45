"""Planned tasks of Windows: engines, results as numbers, batch files in Japan's code page."""

from __future__ import annotations

from typing import Any

import pytest
from posture_scan.checks.backup.facts import Kind, Place

from tests.checks.backup.scene import told
from tests.checks.backup.windows_scene import NOTHING, file, iso, seen, value
from tests.checks.computer import HOUR, NOW

CODE_PAGE = value("HKLM\\SYSTEM\\CurrentControlSet\\Control\\Nls\\CodePage", "OEMCP", "932")


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
    [(8, True), (16, True), (1, False), (0x41301, None), (0x41306, True), (-2147024894, True),
     ("x", None), (None, None)],
)  # fmt: skip
def test_results_of_robocopy(result: object, failed: bool | None) -> None:  # noqa: FBT001
    found = seen(task("robocopy.exe", "D:\\a E:\\b", result=result))
    assert found.jobs[0].last_run_failed is failed


@pytest.mark.parametrize("result", [0x41301, 0x41300, 0x8004131F])
def test_a_task_that_runs_just_now_is_unknown(result: int) -> None:
    found = seen(task("wbadmin.exe", "start backup -backupTarget:F:", result=result))
    assert told(found, "stale") == ("unknown", "starts_only")


def test_a_task_that_never_ran() -> None:
    found = seen(task("wbadmin.exe", "start backup", result=0x41303, last="1999-11-30T00:00:00Z"))
    assert "never_run" in found.jobs[0].traps
    assert told(found, "stale") == ("unknown", "starts_only")


def test_a_task_that_is_switched_off() -> None:
    found = seen(task("wbadmin.exe", "start backup", state=1))
    assert told(found, "none") == ("fail", "disabled")


ONCE = {"kind": "MSFT_TaskTimeTrigger", "on": True, "every": ""}


@pytest.mark.parametrize(
    ("state", "triggers", "enabled"),
    [
        (2, [{"days": 1, "on": True}], True), (0, [{"days": 1, "on": True}], None),
        (None, [{"days": 1, "on": True}], None), (3, [], None), (3, None, None),
        (3, [{"days": 1, "on": False}], False), (3, [ONCE], False),
        (3, [ONCE | {"every": "PT6H"}], True), (3, [{"kind": "MSFT_TaskLogonTrigger"}], True),
        (3, [ONCE, {"days": 1, "on": True}], True), (1, [], False),
    ],
)  # fmt: skip
def test_whether_a_task_starts_by_itself_again(
    state: int | None,
    triggers: Any,
    enabled: bool | None,  # noqa: FBT001
) -> None:
    (job,) = seen(task("robocopy", "D:\\a E:\\b", state=state, triggers=triggers)).jobs
    assert job.enabled is enabled


@pytest.mark.parametrize(
    ("every", "seconds"),
    [("PT6H", 86_400), ("P1D", 86_400), ("PT30M", 86_400), ("P1DT12H", 129_600), ("P", 0), (5, 0)],
)
def test_repetitions(every: object, seconds: int) -> None:
    (job,) = seen(task("robocopy", "D:\\a E:\\b", triggers=ONCE | {"every": every})).jobs
    assert job.schedule_seconds == seconds


@pytest.mark.parametrize(
    ("run", "arguments", "engine", "kind", "place"),
    [
        ("wbadmin.exe", "start backup -backupTarget:F: -include:D:", "wbadmin",
         Kind.BACKUP, Place.REMOVABLE),
        ("C:\\tools\\restic.exe", "-r F:\\repo backup D:\\共有", "restic", Kind.BACKUP,
         Place.REMOVABLE),
        ("restic", "backup D:\\共有 --repo=s3:https://k:s@s3.example/b", "restic", Kind.BACKUP,
         Place.OBJECT_STORAGE),
        ("rclone.exe", "bisync D:\\共有 gdrive:bk", "rclone", Kind.SYNC, Place.UNKNOWN),
        ("rclone.exe", "sync D:\\共有 gdrive:bk", "rclone", Kind.MIRROR, Place.UNKNOWN),
        ('"C:\\Program Files\\FastCopy\\FastCopy.exe"',
         '/cmd=sync "D:\\共有" /to="E:\\控え\\"',
         "fastcopy", Kind.MIRROR, Place.REMOVABLE),
        ("C:\\Program Files\\Macrium\\Reflect\\ReflectBin.exe", '-e -w "D:\\毎日.xml" -inc',
         "macrium_reflect", Kind.BACKUP, Place.UNKNOWN),
        ("C:\\BunBackup\\BunBackup.exe", "/auto", "bunbackup", Kind.MIRROR, Place.UNKNOWN),
        ("RealSync.exe", "", "realsync", Kind.MIRROR, Place.UNKNOWN),
        ("FreeFileSync.exe", "D:\\x.ffs_batch", "freefilesync", Kind.MIRROR, Place.UNKNOWN),
        ("SyncBackPro.exe", "毎日", "syncbackpro", Kind.MIRROR, Place.UNKNOWN),
        ("kopia.exe", "snapshot create D:\\共有", "kopia", Kind.BACKUP, Place.UNKNOWN),
        ("Duplicati.CommandLine.exe", "backup ftp://u:p@h/x D:\\共有", "duplicati", Kind.BACKUP,
         Place.UNKNOWN),
        ("robocopy", '"D:\\経理 資料" "\\\\nas\\控え" /E', "robocopy", Kind.MIRROR,
         Place.NETWORK_SHARE),
    ],
)  # fmt: skip
def test_engines(run: str, arguments: str, engine: str, kind: Kind, place: Place) -> None:
    (job,) = seen(task(run, arguments)).jobs
    assert (job.engine, job.kind, job.destination_class) == (
        engine, kind, place,
    )  # fmt: skip
    assert "k:s@" not in repr(job)
    assert "u:p@" not in repr(job)


def test_a_batch_file_is_read_and_its_result_only_proves_the_batch_file() -> None:
    text = "@echo off\r\nrem robocopy old\r\nrobocopy D:\\データ E:\\bk /E\r\n".encode("cp932")
    files = [file("C:\\tools\\bk.bat", text), CODE_PAGE]
    found = seen(task("cmd.exe", '/c "C:\\tools\\bk.bat"'), files=files)
    (job,) = found.jobs
    assert (job.engine, job.destination_class) == ("robocopy", Place.REMOVABLE)
    assert job.source_paths == ("D:\\データ",)
    assert [proof.evidence_class for proof in job.proofs] == ["C"]
    assert told(found, "stale") == ("unknown", "starts_only")


def test_letters_whose_second_byte_looks_like_a_backslash() -> None:
    text = 'robocopy "D:\\予算表ソ" "F:\\控え\\表" /MIR\r\n'.encode("cp932")
    found = seen(task("C:\\bk.cmd"), files=[file("C:\\bk.cmd", text), CODE_PAGE])
    (job,) = found.jobs
    assert job.source_paths == ("D:\\予算表ソ",)
    assert (job.destination, job.destination_class) == ("F:\\控え\\表", Place.REMOVABLE)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_batch_files_in_unicode(encoding: str) -> None:
    text = "robocopy D:\\共有 E:\\バックアップ /MIR".encode(encoding)
    (job,) = seen(task("C:\\bk.cmd"), files=[file("C:\\bk.cmd", text)]).jobs
    assert job.destination == "E:\\バックアップ"


@pytest.mark.parametrize("page", [None, "42", "zzz"])
def test_a_batch_file_in_a_code_page_that_is_not_known_is_read_as_far_as_it_goes(
    page: str | None,
) -> None:
    text = "robocopy D:\\data E:\\表 /MIR".encode("cp932")
    key = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Nls\\CodePage"
    files = [file("C:\\bk.cmd", text), *([value(key, "OEMCP", page)] if page else [])]
    (job,) = seen(task("C:\\bk.cmd"), files=files).jobs
    assert job.destination_class is Place.REMOVABLE


@pytest.mark.parametrize(("result", "failed"), [(1, None), (7, None), (8, True), (0, None)])
def test_a_batch_file_that_ends_with_robocopys_own_code(
    result: int,
    failed: bool | None,  # noqa: FBT001
) -> None:
    files = [file("C:\\bk.cmd", "robocopy D:\\data E:\\bk /MIR")]
    (job,) = seen(task("C:\\bk.cmd", result=result), files=files).jobs
    assert job.last_run_failed is failed


def test_a_batch_file_with_a_repository_and_two_engines() -> None:
    text = (
        "set RESTIC_REPOSITORY=F:\\repo\r\nset RESTIC_PASSWORD=himitsu\r\n"
        "restic backup D:\\共有\r\nrobocopy D:\\共有 Z:\\bk /MIR\r\n"
    )
    found = seen(task("C:\\bk.cmd"), files=[file("C:\\bk.cmd", text)])
    assert [(job.engine, job.destination_class) for job in found.jobs] == [
        ("restic", Place.REMOVABLE), ("robocopy", Place.MOUNTED_SHARE),
    ]  # fmt: skip
    assert "himitsu" not in repr(found)


def test_a_batch_file_that_may_not_be_read_hides_a_backup() -> None:
    closed = {"kind": "file", "path": "C:\\bk.cmd", "attempt": "permission_denied", "detail": "x"}
    found = seen(task("C:\\bk.cmd"), files=[closed])
    assert told(found, "none") == ("unknown", "closed_administrator")


@pytest.mark.parametrize(
    "path",
    [
        "Registry\\RegIdleBackup",
        "AppListBackup\\Backup",
        "FileHistory\\File History (maintenance mode)",
    ],
)
def test_tasks_of_windows_itself_are_no_backups(path: str) -> None:
    own = task("wbadmin.exe", path=f"\\Microsoft\\Windows\\{path}")
    assert told(seen(own), "none") == ("fail", "nothing_found")


def test_a_task_that_only_looks_like_one() -> None:
    assert seen(task("C:\\Program Files\\Backup Reminder\\remind.exe", "backup")).jobs == ()


def test_a_single_task_written_as_an_object_is_read() -> None:
    answer = task("wbadmin.exe", "start backup -backupTarget:E:")
    answer["tasks"] = answer["tasks"][0]
    answer["tasks"]["actions"] = answer["tasks"]["actions"][0]
    answer["tasks"]["triggers"] = answer["tasks"]["triggers"][0]
    (job,) = seen(answer).jobs
    assert job.schedule_seconds == 86_400


def test_a_net_date_is_read_in_utc() -> None:
    at = NOW - 9 * HOUR
    found = seen(task("robocopy", "D:\\a E:\\b", last=f"/Date({int(at.timestamp() * 1000)})/"))
    assert [proof.at for proof in found.jobs[0].proofs] == [at]
