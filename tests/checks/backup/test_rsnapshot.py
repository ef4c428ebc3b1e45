"""rsnapshot: the log's last word, in the computer's own time; folders prove nothing."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from posture_scan.checks.backup.facts import BackupSurvey
from posture_scan.checks.backup.rsnapshot import last_outcome

from tests.checks.backup.scene import survey, told
from tests.checks.computer import NOW, FakeHost

PLAN = "0 3 * * * root /usr/bin/rsnapshot daily\n0 5 * * 1 root /usr/bin/rsnapshot weekly\n"
CONF = (
    "config_version\t1.2\nsnapshot_root\t/mnt/usb/\nlogfile\t/var/log/rsnapshot\n"
    "retain\tdaily\t14\nretain\tweekly\t4\nbackup\t/home/\tlocalhost/\n"
)
RUN = "[{time}] /usr/bin/rsnapshot daily: {words}\n"
OK, BAD = (
    "completed successfully",
    "ERROR: /usr/bin/rsnapshot daily: completed, but with some errors",
)


def seen(log: str, **more: str | bytes) -> BackupSurvey:
    files: dict[str, str | bytes] = {
        "/usr/sbin/cron": "", "/etc/cron.d/rsnapshot": PLAN, "/etc/rsnapshot.conf": CONF,
        "/home/yuki/a": "", "/var/log/rsnapshot": log,
        "/mnt/usb/daily.0/x": "", "/mnt/usb/daily.1/x": "", **more,
    }  # fmt: skip
    return survey(FakeHost(files, times={"/mnt/usb/daily.0": NOW, "/mnt/usb/daily.1": NOW}))


def test_a_good_last_line_is_proof() -> None:
    found = seen(RUN.format(time="2026-11-22T03:00:09", words=OK))
    (job,) = found.jobs
    assert (job.schedule_seconds, job.versioned) == (86_400, True)
    assert told(found, "stale") == ("pass", "fresh")
    assert told(found, "not_separate") == ("unknown", "destination_unseen")


def test_fresh_folders_after_failed_runs_prove_nothing() -> None:
    good, bad = (
        RUN.format(time="2026-11-21T03:00:09", words=OK),
        RUN.format(time="2026-11-22T03:00:09", words=BAD),
    )
    assert told(seen(good + bad), "stale") == ("fail", "last_run_failed")
    assert told(seen(bad), "stale") == ("fail", "last_run_failed")


def test_without_a_log_only_the_plan_is_known() -> None:
    conf = CONF.replace("logfile\t/var/log/rsnapshot\n", "")
    found = seen("", **{"/etc/rsnapshot.conf": conf})
    assert "no_log" in found.jobs[0].traps
    assert told(found, "stale") == ("unknown", "starts_only")


def test_a_configuration_without_a_source_is_no_backup() -> None:
    found = seen("", **{"/etc/rsnapshot.conf": "config_version\t1.2\n"})
    assert told(found, "none") == ("fail", "unconfigured")


def test_other_intervals_do_not_speak_for_this_one() -> None:
    log = RUN.format(time="2026-11-22T03:00:09", words=OK).replace("daily", "weekly")
    assert told(seen(log), "stale") == ("unknown", "starts_only")


def test_times_are_local_and_nine_hours_matter() -> None:
    zone = timezone(timedelta(hours=9))
    outcome = last_outcome(RUN.format(time="2026-11-22T03:00:09", words=OK), "daily", zone)
    assert outcome is not None
    assert outcome.at == datetime(2026, 11, 21, 18, 0, 9, tzinfo=UTC)


@pytest.mark.skipif("Asia/Tokyo" not in zoneinfo.available_timezones(), reason="needs tzdata")
def test_the_computers_own_zone_is_used() -> None:
    data = next(
        path.read_bytes()
        for folder in zoneinfo.TZPATH
        if (path := Path(folder, "Asia/Tokyo")).is_file()
    )
    found = seen(RUN.format(time="2026-11-21T15:00:00", words=OK), **{"/etc/localtime": data})
    assert found.jobs[0].proofs[0].at == datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("time", "zone"), [("2026-99-99T03:00:09", b""), ("0001-01-01T00:00:00", b"TZif"),
                       ("2026-11-22T03:00:09", b"TZif2 cut off")],
)  # fmt: skip
def test_a_run_that_cannot_be_placed_in_time_proves_nothing(time: str, zone: bytes) -> None:
    log = RUN.format(time="2026-11-22T03:00:09", words=OK) + RUN.format(time=time, words=OK)
    found = seen(log, **({"/etc/localtime": zone} if zone else {}))
    assert told(found, "stale") == ("unknown", "starts_only")
