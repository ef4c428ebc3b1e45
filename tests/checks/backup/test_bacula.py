"""Bacula and Bareos: plans of this computer, samples, and what the catalogue says of runs."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from posture_scan.checks.backup.bacula import period_of
from posture_scan.checks.backup.bacula_conf import Resource, parse
from posture_scan.checks.backup.facts import BackupSurvey, Place

from posture_scan.sdk import Attempt, SystemRow
from tests.checks.backup.scene import survey, told
from tests.checks.computer import DAY, HOUR, NOW, FakeHost

DIRECTOR = """
Director { Name = d; WorkingDirectory = "/var/lib/bacula"; Password = "pa{ss}" }  # kept out
JobDefs { Name = defaults; Type = Backup; Client = firm-fd; FileSet = Papers
  Schedule = Nightly; Storage = Shelf; Pool = Shelf }
Job { Name = Papers; JobDefs = defaults }
Job { Name = "Other's"; JobDefs = defaults; Client = other-fd }
FileSet { Name = Papers; Include { Options { signature = MD5 }
  File = "/srv/papers" }
  Exclude { File = /srv/none } }
Schedule { Name = Nightly
  Run = Full 1st sun at 23:05
  Run = Incremental mon-sat at 23:05 }
Client { Name = firm-fd; Address = firm.example; Password = x }
Client { Name = other-fd; Address = other.example; Password = x }
Storage { Name = Shelf; Address = nas.example; Device = Shelf; Media Type = File }
Catalog { Name = c; dbname = "bacula"; dbpassword = "y" }
"""
CLIENT = 'FileDaemon { Name = firm-fd }\nDirector { Name = d; Password = "x" }\n'
FILES: dict[str, str | bytes | Attempt] = {
    "/etc/bacula/bacula-dir.conf": DIRECTOR, "/etc/bacula/bacula-fd.conf": CLIENT,
    "/var/lib/bacula/bacula.db": "", "/srv/papers/a": "",
    "/etc/localtime": Path("/usr/share/zoneinfo/Asia/Tokyo").read_bytes(),
}  # fmt: skip
CATALOGUE = "/var/lib/bacula/bacula.db"


def run(age: timedelta = 2 * HOUR, **more: Any) -> SystemRow:
    """A row as Bacula writes it: local time of Tokyo, and seconds since 1970."""
    at = NOW - age
    base: dict[str, int | str] = {
        "name": "Papers", "client": "firm-fd", "type": "B", "level": "F", "status": "T",
        "ended": (at + 9 * HOUR).strftime("%Y-%m-%d %H:%M:%S"), "epoch": int(at.timestamp()),
        "errors": 0, "files": 20, "bytes": 9000,
    }  # fmt: skip
    return base | more


def seen(*rows: SystemRow, **more: Any) -> BackupSurvey:
    return survey(FakeHost(FILES | more, tables={CATALOGUE: rows}))


def test_a_good_run_of_this_computers_plan() -> None:
    found = seen(run())
    (job,) = found.jobs
    assert (job.job, job.schedule_seconds) == ("/etc/bacula/bacula-dir.conf Papers", 86_400)
    assert (job.source_paths, job.destination_class) == (("/srv/papers",), Place.OTHER_HOST)
    assert job.proofs[0].at == NOW - 2 * HOUR
    assert told(found, "stale") == ("pass", "fresh")
    assert "pa{ss}" not in repr(found)


@pytest.mark.parametrize(
    "row",
    [
        run(status="E"), run(status="e"), run(status="f"), run(status="A"), run(status="I"),
        run(status="W"), run(errors=1), run(files=0), run(level="I", errors=1, files=0),
    ],
)  # fmt: skip
def test_a_run_that_ended_badly(row: SystemRow) -> None:
    assert told(seen(run(30 * HOUR), row), "stale") == ("fail", "last_run_failed")


def test_a_run_that_goes_on_says_nothing_yet() -> None:
    assert told(seen(run(30 * HOUR), run(HOUR, status="R")), "stale") == ("pass", "fresh")


def test_an_increment_without_news_stands_on_a_full_run() -> None:
    empty = run(level="I", files=0)
    assert told(seen(run(6 * DAY), empty), "stale") == ("pass", "fresh")
    assert told(seen(empty), "stale") == ("unknown", "starts_only")


def test_nobody_elses_run_counts() -> None:
    other = run(name="Other's", client="other-fd")
    assert told(seen(other), "stale") == ("unknown", "starts_only")


def test_checks_and_restores_are_records() -> None:
    check: dict[str, Any] = {"type": "V", "name": "Check", "level": "O"}
    (job,) = seen(run(), run(**check), run(3 * DAY, type="R", name="R")).jobs
    assert (job.integrity_at, job.integrity_grade) == (NOW - 2 * HOUR, "structure")
    assert job.restore_proven_at == NOW - 3 * DAY
    (job,) = seen(run(), run(**check | {"level": "A"})).jobs
    assert job.integrity_grade == "data"
    for bad in ({"files": 0}, {"status": "f"}, {"client": "other-fd"}):
        (job,) = seen(run(), run(type="R", **bad), run(**check | bad)).jobs
        assert (job.integrity_at, job.restore_proven_at) == (None, None)


@pytest.mark.parametrize("level", ["V", "C", "d", ""])
def test_a_look_at_the_disk_that_was_saved_is_no_check_of_the_copy(level: str) -> None:
    (job,) = seen(run(), run(type="V", name="Tripwire", level=level)).jobs
    assert job.integrity_at is None


def test_with_two_plans_a_check_is_that_of_the_plan_it_names_and_a_restore_of_neither() -> None:
    two = DIRECTOR + (
        "Job { Name = Books; JobDefs = defaults }\n"
        'Job { Name = Check; Type = Verify; JobDefs = defaults; Verify Job = "Books" }\n'
    )
    rows = (run(), run(name="Books"), run(type="V", name="Check", level="O"), run(type="R"))
    papers, books = seen(*rows, **{"/etc/bacula/bacula-dir.conf": two}).jobs
    assert (papers.integrity_at, books.integrity_at) == (None, NOW - 2 * HOUR)
    assert (papers.restore_proven_at, books.restore_proven_at) == (None, None)


@pytest.mark.parametrize(
    ("words", "grade"),
    [("VolumeToCatalog", "structure"), ("Verify Volume to Catalog", "structure"),
     ("Verify Data", "data"), ("Verify Init Catalog", ""), ("Disk to Catalog", "")],
)  # fmt: skip
def test_the_level_of_a_check_in_the_log(words: str, grade: str) -> None:
    files = {name: text for name, text in FILES.items() if name != CATALOGUE}
    log = (
        "  Job:                    Check.2026-11-22_14.04.56_04\n"
        f"  Verify Level:           {words}\n  Client:                 firm-fd\n"
        "  End time:               22-Nov-2026 14:04:59\n"
        "  Files Examined:         12\n  Termination:            Verify OK\n"
    )
    (job,) = survey(FakeHost(files | {"/var/log/bacula/bacula.log": log})).jobs
    assert job.integrity_grade == grade


def test_a_30_hours_old_run_in_japan_is_30_hours_old() -> None:
    without_seconds = run(30 * HOUR, epoch=0)
    assert seen(without_seconds).jobs[0].proofs[0].at == NOW - 30 * HOUR
    nonsense = run(30 * HOUR, epoch=1)
    assert seen(nonsense).jobs[0].proofs[0].at == NOW - 30 * HOUR
    assert told(seen(run(49 * HOUR)), "stale") == ("fail", "stale")


def test_two_weeks_of_runs_are_versions_and_a_shrunk_full_run_is_none() -> None:
    many = [run(day * DAY + HOUR, level="I") for day in range(15)] + [run(16 * DAY)]
    assert seen(*many).jobs[0].versioned is True
    assert told(seen(run(30 * HOUR), run(bytes=100)), "stale") == ("fail", "shrunk")


def test_what_is_switched_off_or_never_scheduled() -> None:
    off = DIRECTOR.replace("Name = Papers; JobDefs", "Name = Papers; Enabled = no; JobDefs")
    found = seen(run(), **{"/etc/bacula/bacula-dir.conf": off})
    assert told(found, "none") == ("fail", "disabled")
    by_hand = DIRECTOR.replace("Schedule = Nightly;", "")
    found = seen(run(), **{"/etc/bacula/bacula-dir.conf": by_hand})
    assert told(found, "none") == ("unknown", "schedule_unseen")


def test_the_shipped_sample_and_the_catalogue_itself_are_no_data() -> None:
    for path in ("/usr/sbin", "/var/lib/bacula/bacula.sql"):
        text = DIRECTOR.replace("/srv/papers", path)
        found = survey(FakeHost(FILES | {"/etc/bacula/bacula-dir.conf": text, f"{path}/x": ""}))
        assert told(found, "none") == ("fail", "unconfigured")


def test_a_source_that_is_not_there() -> None:
    files = {name: text for name, text in FILES.items() if name != "/srv/papers/a"}
    found = survey(FakeHost(files, tables={CATALOGUE: (run(),)}))
    assert told(found, "stale") == ("fail", "source_missing")


@pytest.mark.parametrize("attempt", [Attempt.TIMEOUT, Attempt.PROTOCOL_MISMATCH,
                                     Attempt.PERMISSION_DENIED])  # fmt: skip
def test_a_catalogue_that_cannot_be_read(attempt: Attempt) -> None:
    found = survey(FakeHost(FILES, tables={CATALOGUE: attempt}))
    assert told(found, "stale") == ("unknown", "starts_only")
    assert [item.attempt for item in found.not_read] == [attempt.value]


def test_a_catalogue_on_a_database_server_is_noted_and_the_log_is_one_trace() -> None:
    files = {name: text for name, text in FILES.items() if name != CATALOGUE}
    found = survey(FakeHost(files))
    assert told(found, "stale") == ("unknown", "starts_only")
    assert [item.what for item in found.not_read] == ["bacula: bacula"]
    log = (
        "  Job:                    Papers.2026-11-22_14.04.56_04\n"
        '  Client:                 "firm-fd" 9.6.7\n'
        "  End time:               22-Nov-2026 14:04:59\n"
        "  FD Files Written:       1,200\n  Termination:            {}\n"
    )
    found = survey(FakeHost(files | {"/var/log/bacula/bacula.log": log.format("Backup OK")}))
    assert found.jobs[0].proofs[0].at == datetime(2026, 11, 22, 5, 4, 59, tzinfo=UTC)
    assert told(found, "stale") == ("unknown", "one_trace_only")
    for said in ("Backup OK -- with warnings", "*** Backup Error ***", "Backup Canceled"):
        found = survey(FakeHost(files | {"/var/log/bacula/bacula.log": log.format(said)}))
        assert told(found, "stale")[0] != "pass"


def test_a_file_left_over_from_before_a_database_server_is_not_asked() -> None:
    served = DIRECTOR.replace('dbpassword = "y"', 'dbuser = "bacula"; dbpassword = "y"')
    found = seen(run(90 * DAY), **{"/etc/bacula/bacula-dir.conf": served})
    assert told(found, "stale") == ("unknown", "starts_only")


def test_a_closed_director_may_hide_a_plan() -> None:
    closed = {"/etc/bacula/bacula-dir.conf": Attempt.PERMISSION_DENIED}
    found = survey(FakeHost(FILES | closed, elevated=False))
    assert told(found, "none")[0] == "unknown"


def test_bareos_keeps_one_file_per_resource() -> None:
    base = "/etc/bareos/bareos-dir.d"
    texts = re.split(r"\n(?=[A-Z])", DIRECTOR)[1:]
    parts = {f"{base}/{parse(text)[0].kind}/{n}.conf": text for n, text in enumerate(texts)}
    client = {"/etc/bareos/bareos-fd.d/client/me.conf": "Client { Name = firm-fd }"}
    found = survey(FakeHost(parts | client | {"/srv/papers/a": ""}))
    assert [job.engine for job in found.jobs] == ["bareos"]
    assert told(found, "none") == ("pass", "configured")


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("Full 1st sun at 23:05", 31), ("Differential 2nd-5th sun at 23:05", 31),
        ("Incremental mon-sat at 23:05", 1), ("Full sun-sat at 23:10", 1), ("Full sun at 1:00", 7),
        ("Level=Full daily at 2:00", 1), ("Full monthly", 31), ("Full at 2:00", 1),
    ],
)  # fmt: skip
def test_periods(line: str, days: int) -> None:
    assert period_of(line) == days * 86_400
    assert period_of("Incremental hourly at 0:15") == 3600


def test_the_parser_keeps_only_what_it_knows_and_survives_nonsense() -> None:
    (storage,) = parse('Storage { Media Type = "a;b{c}"; Password = secret\n SDPort = 1 }')
    assert storage.values == {"mediatype": ["a;b{c}"]}
    assert parse("") == []
    for text in ("{" * 10_000, "}" * 10_000, '"' * 9999, "a={b" * 5000, "Job {", "= = ="):
        assert all(isinstance(item, Resource) for item in parse(text))
