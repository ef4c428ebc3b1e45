"""Timers: what looks like a run and is none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from posture_scan.checks.backup.systemd import calendar_seconds, parse_time

from posture_scan.sdk import Attempt
from tests.checks.backup.scene import survey, told
from tests.checks.backup.units import RESTIC, RUNNING, Unit, job_done, journal, seen
from tests.checks.computer import HOUR, NOW, FakeHost, out

BORGMATIC = "systemd-inhibit --who=borgmatic --why=x /usr/bin/borgmatic --verbosity -1"


def test_the_unconfigured_borgmatic_that_looks_perfect_is_no_backup() -> None:
    run = "a" * 32
    unit = Unit("borgmatic", BORGMATIC, condition="no")
    found = seen(unit, journal(job_done("borgmatic.service", run, NOW - HOUR)))
    assert told(found, "none") == ("fail", "unconfigured")
    assert told(found, "stale") == ("fail", "no_backup")
    assert told(found, "not_separate") == ("fail", "no_backup")
    assert told(found, "not_protected") == ("fail", "no_backup")
    assert told(found, "restore_untested") == ("unknown", "no_restore_record")


def test_a_persistent_timer_read_back_after_a_reboot_is_no_run() -> None:
    found = seen(Unit("restic", RESTIC, exited=None, condition="yes", condition_at=None))
    assert told(found, "none") == ("pass", "configured")
    assert told(found, "stale") == ("unknown", "starts_only")


def test_result_success_of_a_unit_that_never_ran_is_no_success() -> None:
    never = Unit("restic", RESTIC, result="success", exited=None, condition="no", condition_at=None)
    found = seen(never)
    assert found.jobs[0].proofs == ()
    assert found.jobs[0].traps == ()
    assert told(found, "stale") == ("unknown", "starts_only")


def test_a_skipped_unit_without_any_trace_is_not_configured() -> None:
    found = seen(Unit("restic", RESTIC, condition="no"))
    assert told(found, "none") == ("fail", "skipped")


def test_errors_that_are_swallowed_prove_nothing() -> None:
    found = seen(Unit("restic", RESTIC, exited=NOW - HOUR, ignore_errors="yes"))
    assert found.jobs[0].proofs == ()
    assert "errors_ignored" in found.jobs[0].traps


def test_an_exit_with_everything_right_is_one_trace() -> None:
    found = seen(Unit("restic", RESTIC, exited=NOW - HOUR))
    assert [proof.artefact for proof in found.jobs[0].proofs] == ["unit_exit"]
    assert told(found, "stale") == ("unknown", "one_trace_only")


def test_a_disabled_or_masked_timer_is_no_backup() -> None:
    for unit in (
        Unit("restic", RESTIC, timer_state="disabled"),
        Unit("restic", RESTIC, active="inactive"),
    ):
        assert told(seen(unit), "none") == ("fail", "disabled")


def test_the_word_backup_in_a_name_is_no_backup() -> None:
    unit = Unit("dpkg-db-backup", "/usr/libexec/dpkg/dpkg-db-backup")
    script = (
        "#!/bin/sh\ncd /var/backups && tar -cf alternatives.tar -C /var/lib/dpkg alternatives\n"
    )
    found = seen(unit, files={"/usr/libexec/dpkg/dpkg-db-backup": script})
    assert found.jobs == ()
    assert told(found, "none") == ("fail", "nothing_found")


def test_a_computer_not_booted_with_systemd_is_unknown() -> None:
    text = b"System has not been booted with systemd as init system (PID 1). Can't operate."
    host = FakeHost(RUNNING, {"systemctl list-timers": out("", 1, text)})
    assert told(survey(host), "none") == ("unknown", "closed_systemd")


def test_another_init_system_has_no_timers_to_miss() -> None:
    assert told(survey(FakeHost()), "none") == ("fail", "nothing_found")


@pytest.mark.parametrize("text", ["", "not json", "[1]", '{"a": 1}', '[{"next": 1}]', "[" * 9999])
def test_output_that_cannot_be_read_is_unknown(text: str) -> None:
    host = FakeHost(RUNNING, {"systemctl list-timers": out(text)})
    assert told(survey(host), "none")[0] == "unknown"


def test_a_hanging_systemctl_is_unknown() -> None:
    host = FakeHost(RUNNING, {"systemctl list-timers": Attempt.TIMEOUT})
    assert told(survey(host), "none") == ("unknown", "closed_other")


def test_only_the_repository_is_kept_of_a_units_environment() -> None:
    unit = Unit(
        "restic", "/usr/bin/restic backup /home",
        environment="RESTIC_PASSWORD=hunter2 RESTIC_REPOSITORY=sftp:yuki@nas:/r",
    )  # fmt: skip
    found = seen(unit)
    assert found.jobs[0].destination == "sftp:nas:/r"
    assert "hunter2" not in repr(found)
    assert "yuki" not in repr(found)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("*-*-* 02:00:00", 86_400), ("daily", 86_400), ("*-*-* *:00:00", 3600),
        ("Sun *-*-* 03:00:00", 604_800), ("*-*-01 00:00:00", 31 * 86_400), ("hourly", 3600),
        ("*-*-* *:0/15", 0), ("nonsense", 0),
    ],
)  # fmt: skip
def test_periods_of_calendar_expressions(text: str, seconds: int) -> None:
    assert calendar_seconds(text) == seconds


def test_times_are_utc_or_nothing() -> None:
    moment = datetime(2026, 11, 22, 2, 40, 1, tzinfo=UTC)
    assert parse_time("Sun 2026-11-22 02:40:01 UTC") == moment
    assert parse_time(f"@{int(moment.timestamp())}") == moment
    for text in (
        "",
        "n/a",
        "Sun 2026-11-22 02:40:01 JST",
        "Sun 2026-13-99 02:40:01 UTC",
        "@" + "9" * 12,
    ):
        assert parse_time(text) is None
