"""File History and what synchronises, from constructed files and registry values.

The element names of File History's configuration follow two public recordings of real computers.
"""

from __future__ import annotations

from typing import Any

import pytest
from posture_scan.checks.backup.facts import BackupSurvey, Kind, Place

from tests.checks.backup.scene import judge, told
from tests.checks.backup.windows_scene import HOME, NOTHING, file, listed, seen, value
from tests.checks.computer import DAY, HOUR, NOW

FOLDER = f"{HOME}\\AppData\\Local\\Microsoft\\Windows\\FileHistory\\Configuration"
HISTORY = "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\FileHistory"
ACCOUNTS = "HKCU\\Software\\Microsoft\\OneDrive\\Accounts"
SHELL = "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\User Shell Folders"
CONFIG = """<?xml version="1.0" encoding="UTF-8"?><DataProtectionUserConfig SchemaVersion="1">
<UserName>佐藤</UserName><UserFolder>C:\\Users\\佐藤\\Documents</UserFolder>
<RetentionPolicies><RetentionPolicyType>NO LIMIT</RetentionPolicyType></RetentionPolicies>
<DPFrequency>3600</DPFrequency><DPStatus>{on}</DPStatus><Target><TargetName>{target}</TargetName>
<TargetUrl>{target}</TargetUrl><TargetDriveType>{kind}</TargetDriveType></Target>
</DataProtectionUserConfig>"""


def history(
    *more: dict[str, Any], target: str = "E:\\", on: str = "ENABLED", kind: str = "REMOVABLE",
    encoding: str = "utf-8",
) -> BackupSurvey:  # fmt: skip
    text = CONFIG.format(target=target, on=on, kind=kind).encode(encoding)
    return seen(NOTHING, files=[
        listed(f"{FOLDER}\\Config*.xml", (f"{FOLDER}\\Config1.xml", NOW - DAY),
               (f"{FOLDER}\\Config2.xml", NOW)),
        file(f"{FOLDER}\\Config2.xml", text), *more,
    ])  # fmt: skip


def catalogue(age: int) -> dict[str, Any]:
    return listed(f"{FOLDER}\\Catalog*.edb", (f"{FOLDER}\\Catalog1.edb", NOW - age * HOUR))


def until(age: int) -> dict[str, Any]:
    ticks = (int((NOW - age * HOUR).timestamp()) + 11_644_473_600) * 10_000_000
    return value(HISTORY, "ProtectedUpToTime", ticks if age else 0)


@pytest.mark.parametrize(
    ("files", "age"),
    [([catalogue(5), until(0)], 5), ([catalogue(5), until(2)], 2), ([until(3)], 3),
     ([catalogue(1), until(9)], 1), ([], None)],
)  # fmt: skip
def test_file_history_takes_the_newer_trace_that_is_not_zero(
    files: list[dict[str, Any]], age: int | None
) -> None:
    found = history(*files)
    (job,) = found.jobs
    assert [proof.at for proof in job.proofs] == ([] if age is None else [NOW - age * HOUR])
    assert job.destination_class is Place.REMOVABLE
    expected = "starts_only" if age is None else "one_trace_only"
    assert told(found, "none") == ("pass", "configured")
    assert told(found, "stale") == ("unknown", expected)


def test_two_words_of_one_engine_are_one_trace() -> None:
    assert told(history(catalogue(1), until(1)), "stale") == ("unknown", "one_trace_only")


def test_file_history_switched_off() -> None:
    assert told(history(on="DISABLED"), "none") == ("fail", "disabled")
    assert told(history(on="有効"), "none") == ("unknown", "schedule_unseen")


@pytest.mark.parametrize(
    ("target", "kind", "place"),
    [
        ("\\\\nas\\共有\\", "REMOTE", Place.NETWORK_SHARE), ("E:\\", "FIXED", Place.REMOVABLE),
        ("D:\\", "FIXED", Place.OTHER_DISK), ("X:\\", "REMOVABLE", Place.REMOVABLE),
        ("X:\\", "FIXED", Place.UNKNOWN), ("Z:\\bk\\", "REMOTE", Place.MOUNTED_SHARE),
        ("E:相対", "FIXED", Place.REMOVABLE),
    ],
)  # fmt: skip
def test_targets(target: str, kind: str, place: Place) -> None:
    (job,) = history(target=target, kind=kind).jobs
    assert (job.destination, job.destination_class) == (target, place)


def test_a_configuration_in_utf_16() -> None:
    (job,) = history(target="D:\\控え\\", encoding="utf-16").jobs
    assert job.destination == "D:\\控え\\"


def test_a_configuration_that_is_broken_shows_no_schedule() -> None:
    found = seen(NOTHING, files=[
        listed(f"{FOLDER}\\Config*.xml", (f"{FOLDER}\\Config1.xml", NOW)),
        file(f"{FOLDER}\\Config1.xml", b"\xff\xfe\x00"),
    ])  # fmt: skip
    assert told(found, "none") == ("unknown", "schedule_unseen")


def onedrive(documents: str) -> list[dict[str, Any]]:
    return [
        {"kind": "keys", "key": ACCOUNTS, "names": ["Business1", "Personal"]},
        value(f"{ACCOUNTS}\\Business1", "UserFolder", f"{HOME}\\OneDrive - 例商店"),
        value(f"{ACCOUNTS}\\Personal", "UserFolder", ""),
        value(SHELL, "Personal", documents),
        value(SHELL, "Desktop", "%USERPROFILE%\\Desktop"),
    ]


@pytest.mark.parametrize(
    ("documents", "inside"),
    [
        ("%USERPROFILE%\\OneDrive - 例商店\\ドキュメント", ("Documents",)),
        (f"{HOME}\\OneDrive - 例商店\\Documents", ("Documents",)),
        ("c:\\users\\佐藤\\onedrive - 例商店", ("Documents",)),
        ("%USERPROFILE%\\Documents", ()), ("%USERPROFILE%\\OneDrive - 例商店2\\x", ()),
        ("D:\\書類", ()),
    ],
)  # fmt: skip
def test_onedrive_is_no_backup_wherever_the_documents_lie(
    documents: str, inside: tuple[str, ...]
) -> None:
    found = seen(NOTHING, files=onedrive(documents))
    (job,) = found.jobs
    assert (job.engine, job.kind, job.source_paths) == ("onedrive", Kind.SYNC, inside)
    assert told(found, "none") == ("fail", "only_sync")
    assert judge(found, "none").actual == "0"
    assert "佐藤" not in repr(found)


def test_file_history_leaves_out_what_lies_in_onedrive() -> None:
    found = history(catalogue(1), *onedrive("%USERPROFILE%\\OneDrive - 例商店\\ドキュメント"))
    assert told(found, "stale") == ("unknown", "synced_left_out")
    assert told(found, "not_separate") == ("unknown", "fresh_unclear")


@pytest.mark.parametrize(
    ("tail", "engine"),
    [("\\AppData\\Local\\Google\\DriveFS\\*", "google_drive"), ("\\iCloudDrive", "icloud"),
     ("\\AppData\\Local\\Dropbox\\info.json", "dropbox"), ("\\AppData\\Local\\Box\\Box", "box")],
)  # fmt: skip
def test_other_services_that_synchronise(tail: str, engine: str) -> None:
    found = seen(NOTHING, files=[listed(HOME + tail, (HOME + tail, NOW))])
    assert [job.engine for job in found.jobs] == [engine]
    assert told(found, "none") == ("fail", "only_sync")


def test_a_closed_list_of_accounts_hides_no_backup() -> None:
    closed = {"kind": "keys", "key": ACCOUNTS, "attempt": "permission_denied", "detail": "x"}
    found = seen(NOTHING, files=[closed])
    assert [note.hides for note in found.not_read] == ["sync"]
    assert told(found, "none") == ("fail", "nothing_found")


def test_a_closed_profile_may_hide_file_history() -> None:
    closed = {"kind": "glob", "pattern": f"{FOLDER}\\Config*.xml", "attempt": "permission_denied",
              "detail": "x"}  # fmt: skip
    assert told(seen(NOTHING, files=[closed]), "none") == ("unknown", "closed_administrator")
