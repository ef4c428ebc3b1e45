"""Products that are recognised, and the history of Arcserve UDP; constructed throughout.

Of Arcserve's files the element ``BackupStatus`` and its words are documented in public; the other
names here are assumed, and nothing hangs on them but the destination and what is left out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from posture_scan.checks.backup.facts import Place
from posture_scan.checks.backup.windows_arcserve import INSTALLED, PLACES, parse
from posture_scan.checks.backup.windows_products import (
    PROGRAMS,
    SERVICES,
    SERVICES_KEY,
    UNINSTALL,
    WINDOWS_7,
)

from tests.checks.backup.scene import told
from tests.checks.backup.windows_scene import NOTHING, file, listed, seen, value
from tests.checks.computer import DAY, HOUR, NOW

BASE = "C:\\Program Files\\Arcserve\\Unified Data Protection\\Engine"


def service(name: str, start: int = 2) -> dict[str, Any]:
    return value(f"{SERVICES_KEY}\\{name}", "Start", start)


@pytest.mark.parametrize(("name", "engine"), SERVICES.items())
def test_a_service_that_is_merely_installed_is_unknown(name: str, engine: str) -> None:
    found = seen(NOTHING, files=[service(name)])
    assert [job.engine for job in found.jobs] == [engine]
    assert told(found, "none") == ("unknown", "schedule_unseen")


def test_a_service_that_nobody_may_start_saves_nothing() -> None:
    found = seen(NOTHING, files=[service("OBEngine", 4)])
    assert told(found, "none") == ("fail", "disabled")
    both = seen(NOTHING, files=[service("MMS", 4), service("aakore", 3)])
    assert told(both, "none") == ("unknown", "schedule_unseen")


def test_a_program_without_a_service() -> None:
    ((engine, path),) = PROGRAMS
    entry = {"kind": "stat", "path": path, "size": 1, "mtime": NOW.isoformat()}
    assert [job.engine for job in seen(NOTHING, files=[entry]).jobs] == [engine]


def test_a_closed_registry_is_unknown() -> None:
    key = f"{SERVICES_KEY}\\MMS"
    closed = {"kind": "reg", "key": key, "name": "Start", "attempt": "permission_denied"}
    assert told(seen(NOTHING, files=[closed]), "none") == ("unknown", "closed_administrator")


def listed_as(name: str, key: str = UNINSTALL[0]) -> list[dict[str, Any]]:
    return [
        {"kind": "keys", "key": key, "names": ["{90160000}", "x"]},
        value(f"{key}\\{{90160000}}", "DisplayName", "Microsoft Visual C++"),
        value(f"{key}\\x", "DisplayName", name),
    ]


@pytest.mark.parametrize("key", UNINSTALL)
@pytest.mark.parametrize(
    ("name", "engine"),
    [("HD革命/BackUp Next Ver.5", "hd_kakumei"), ("ActiveImage Protector", "activeimage_protector"),
     ("Veritas System Recovery 23", "system_recovery"), ("AOMEI Backupper Pro", "aomei_backupper"),
     ("Synology Active Backup for Business Agent", "synology_active_backup")],
)  # fmt: skip
def test_an_installed_product_is_not_taken_for_absent(key: str, name: str, engine: str) -> None:
    found = seen(NOTHING, files=listed_as(name, key))
    assert [job.engine for job in found.jobs] == [engine]
    assert told(found, "none") == ("unknown", "schedule_unseen")


@pytest.mark.parametrize("name", ["", "Notepad++", "Backup Reminder", "バックアップ手順書"])
def test_other_programs_are_no_trace_of_a_backup(name: str) -> None:
    assert told(seen(NOTHING, files=listed_as(name)), "none") == ("fail", "nothing_found")


def test_a_service_says_more_than_the_list_of_programs() -> None:
    found = seen(NOTHING, files=[*listed_as("Acronis Cyber Protect"), service("MMS", 4)])
    assert told(found, "none") == ("fail", "disabled")


def test_a_closed_list_of_programs_is_unknown() -> None:
    closed = {"kind": "keys", "key": UNINSTALL[0], "attempt": "permission_denied", "detail": "x"}
    assert told(seen(NOTHING, files=[closed]), "none") == ("unknown", "closed_administrator")


def test_backup_and_restore_of_windows_7() -> None:
    found = seen(NOTHING, files=[value(WINDOWS_7, "PresentableName", "F:\\")])
    (job,) = found.jobs
    assert job.destination_class is Place.REMOVABLE
    assert told(found, "none") == ("unknown", "schedule_unseen")


def run(number: int, at: datetime, status: str, more: str = "") -> tuple[str, datetime, str]:
    text = (
        f'<?xml version="1.0" encoding="utf-8"?><BackupInfo><Type BackupType="Incremental"/>'
        f'<BackupStatus Status="{status}"/>{more}</BackupInfo>'
    )
    return f"{BASE}\\BackupHistory\\000000000{number}\\BackupInfo.xml", at, text


def arcserve(*runs: tuple[str, datetime, str], key: str = INSTALLED[0]) -> list[dict[str, Any]]:
    return [
        value(key, "Path", f"{BASE}\\"),
        listed(f"{BASE}\\{PLACES[1]}", *((path, at) for path, at, _ in runs)),
        *(file(path, text) for path, _, text in runs),
        service("CASAD2DWebSvc"),
    ]


DESTINATION = '<BackupDest Path="\\\\nas01\\バックアップ"/>'


@pytest.mark.parametrize("key", INSTALLED)
def test_runs_that_finished(key: str) -> None:
    runs = [run(n, NOW - 9 * HOUR - n * DAY, "Finished", DESTINATION) for n in range(5)]
    found = seen(NOTHING, files=arcserve(*runs, key=key))
    (job,) = found.jobs
    assert (job.engine, job.schedule_seconds) == ("arcserve_udp", 86_400)
    assert (job.destination, job.destination_class) == (
        "\\\\nas01\\バックアップ", Place.NETWORK_SHARE,
    )  # fmt: skip
    assert told(found, "stale") == ("pass", "fresh")


def test_runs_every_quarter_of_an_hour_are_not_missed_overnight() -> None:
    runs = [run(n, NOW - 14 * HOUR - n * HOUR / 4, "Finished") for n in range(9)]
    runs.append(run(9, NOW - 2 * DAY, "Finished"))
    assert told(seen(NOTHING, files=arcserve(*runs)), "stale") == ("pass", "fresh")


def test_the_newest_run_failed() -> None:
    runs = [run(1, NOW - 30 * HOUR, "Finished"), run(2, NOW - HOUR, "Failed")]
    assert told(seen(NOTHING, files=arcserve(*runs)), "stale") == ("fail", "last_run_failed")


@pytest.mark.parametrize("word", ["Canceled", "Active", "完了", ""])
def test_any_other_word_proves_nothing(word: str) -> None:
    runs = [run(1, NOW - 30 * HOUR, word), run(2, NOW - HOUR, word)]
    found = seen(NOTHING, files=arcserve(*runs))
    assert told(found, "stale")[0] == "unknown"


@pytest.mark.parametrize("kind", ["Resync", "Verify"])
def test_a_run_that_only_compares_is_left_out(kind: str) -> None:
    runs = [run(1, NOW - 9 * DAY, "Finished"), run(2, NOW - 8 * DAY, "Finished"),
            run(3, NOW - HOUR, "Finished", f'<JobType Value="{kind} Backup"/>')]  # fmt: skip
    assert told(seen(NOTHING, files=arcserve(*runs)), "stale") == ("fail", "stale")


def test_a_history_that_is_not_understood_is_no_absence() -> None:
    path = f"{BASE}\\BackupHistory\\1\\BackupInfo.xml"
    found = seen(NOTHING, files=arcserve((path, NOW, "<a/>")))
    assert told(found, "none")[0] == "unknown"
    assert "Arcserve BackupHistory" in {note.what for note in found.not_read}


def test_only_named_values_are_asked_for() -> None:
    password = value(INSTALLED[0].removesuffix("\\InstallPath"), "AdminPassword", "himitsu")
    runs = [run(n, NOW - n * DAY, "Finished") for n in range(3)]
    assert "himitsu" not in repr(seen(NOTHING, files=[*arcserve(*runs), password]))


@pytest.mark.parametrize("data", [
    b"", b"<a", b"\x00" * 9, b"\xff\xfe<\x00", b"<a>" * 60_000,
    b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "<!DOCTYPE a><a/>".encode("utf-16"),
    b"<?xml version='1.0' encoding='nonsense'?><a/>",
])  # fmt: skip
def test_hostile_files_are_refused(data: bytes) -> None:
    assert parse(data) is None


def test_comments_are_no_reason_to_refuse() -> None:
    assert parse(b"<!-- x --><a/>") is not None
