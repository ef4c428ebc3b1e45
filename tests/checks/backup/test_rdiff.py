"""rdiff-backup: one mark, no errors; two marks are a run that was cut off."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from posture_scan.checks.backup.facts import Proof
from posture_scan.checks.backup.rdiff import parse_moment

from posture_scan.sdk import Attempt
from tests.checks.backup.scene import survey, told
from tests.checks.computer import FakeHost

DATA = "/mnt/b/rdiff-backup-data"
PLAN = {
    "/usr/sbin/cron": "", "/home/a": "",
    "/etc/cron.d/r": "0 3 * * * root rdiff-backup backup /home /mnt/b\n",
}  # fmt: skip
AT = "2026-11-22T11:40:00+09:00"
MOMENT = datetime(2026, 11, 22, 2, 40, tzinfo=UTC)
STATISTICS = "StartTime 1.00 (x)\nSourceFiles 20\nSourceFileSize {size} (x)\nErrors {errors}\n"


def session(at: str = AT, size: int = 1000, errors: int = 0) -> dict[str, str]:
    return {f"{DATA}/session_statistics.{at}.data": STATISTICS.format(size=size, errors=errors)}


def mark(at: str = AT) -> dict[str, str]:
    return {f"{DATA}/current_mirror.{at}.data": "PID 1\n"}


def test_a_session_without_errors_is_the_engines_own_word() -> None:
    seen = survey(FakeHost(PLAN | mark() | session()))
    assert seen.jobs[0].proofs == (Proof("session_statistics", "A", MOMENT),)
    assert told(seen, "stale") == ("pass", "fresh")


def test_errors_and_a_run_that_was_cut_off_are_failures() -> None:
    seen = survey(FakeHost(PLAN | mark() | session(errors=3)))
    assert told(seen, "stale") == ("fail", "last_run_failed")
    cut_off = mark() | mark("2026-11-21T11:40:00+09:00") | session()
    seen = survey(FakeHost(PLAN | cut_off))
    assert told(seen, "stale") == ("fail", "last_run_failed")
    assert "interrupted" in seen.jobs[0].traps


def test_a_mark_alone_is_one_trace() -> None:
    assert told(survey(FakeHost(PLAN | mark())), "stale") == ("unknown", "one_trace_only")
    assert told(survey(FakeHost(PLAN)), "stale") == ("unknown", "starts_only")


def test_a_source_that_has_nearly_vanished() -> None:
    before = session("2026-11-21T11:40:00+09:00", 10_000)
    assert told(survey(FakeHost(PLAN | mark() | session() | before)), "stale") == ("fail", "shrunk")


def test_sessions_of_two_weeks_are_versions() -> None:
    many: dict[str, str] = {}
    for day in range(8, 23):
        many |= session(f"2026-11-{day:02}T03:00:00Z")
    seen = survey(FakeHost(PLAN | many | mark("2026-11-22T03:00:00Z")))
    assert seen.jobs[0].versioned is True


def test_a_closed_target_is_unknown() -> None:
    host = FakeHost(PLAN, closed=(f"{DATA}/current_mirror.*", f"{DATA}/session_statistics.*"))
    seen = survey(host)
    assert told(seen, "stale") == ("unknown", "starts_only")
    assert {item.attempt for item in seen.not_read} >= {Attempt.PERMISSION_DENIED.value}


def test_another_computers_mirror_is_known_by_the_log_alone() -> None:
    line = "0 3 * * * root rdiff-backup backup /home yuki@nas::/srv/b >> /var/log/r.log 2>&1\n"
    files = PLAN | {"/etc/cron.d/r": line, "/var/log/r.log": "SourceFileSize 9\nErrors 0\n"}
    seen = survey(FakeHost(files))
    assert [proof.artefact for proof in seen.jobs[0].proofs] == ["log"]
    assert seen.jobs[0].destination_class.value == "other_host"


@pytest.mark.parametrize("text", ["2026-11-22T11:40:00", "soon", "2026-99-22T11:40:00Z"])
def test_times_without_a_zone_or_sense_are_none(text: str) -> None:
    assert parse_moment(text) is None


def test_times_of_other_file_systems() -> None:
    assert parse_moment("2026-11-22T11;05840;05800+09;05800") == MOMENT
