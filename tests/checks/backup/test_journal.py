"""The journal: which run was the last, how it ended, and whose lines are whose."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

from tests.checks.backup.scene import told
from tests.checks.backup.units import (
    RESTIC,
    Unit,
    ended,
    job_done,
    journal,
    printed_by,
    seen,
)
from tests.checks.computer import DAY, HOUR, NOW, out

SAVED = "snapshot 619802ad saved"


def nameless(moment: datetime, text: str, **more: object) -> dict[str, object]:
    """A line that journald read when its process was gone: it has the service's name alone."""
    entry = printed_by("restic.service", "", moment, text) | more
    del entry["_SYSTEMD_INVOCATION_ID"]
    return entry


def of_last_run(*entries: dict[str, object]) -> list[str]:
    """The proofs of a job whose unit has no memory of its own."""
    (job,) = seen(Unit("restic", RESTIC), journal(*entries)).jobs
    return [proof.artefact for proof in job.proofs]


def test_the_journal_says_succeeded_of_a_failure_that_was_swallowed() -> None:
    """As systemd 252 writes it: "Deactivated successfully" after ``ExecStart=-`` failed."""
    unit = Unit("restic", "/usr/bin/rsync -a /home nas:/b", ignore_errors="yes")
    run = "c" * 32
    found = seen(unit, journal(ended("restic.service", run, NOW - HOUR)))
    assert found.jobs[0].proofs == ()
    assert found.jobs[0].last_run_failed is None
    own = dataclasses.replace(unit, command=RESTIC)
    words = journal(
        printed_by("restic.service", run, NOW - HOUR, "snapshot 619802ad saved"),
        ended("restic.service", run, NOW - HOUR),
    )
    assert [proof.artefact for proof in seen(own, words).jobs[0].proofs] == ["engine_message"]


def test_a_skip_that_only_the_journal_remembers_is_no_plan_that_works() -> None:
    """After a reboot ``systemctl`` has forgotten it; the journal entry names no invocation."""
    forgotten = Unit("restic", RESTIC, condition="no", condition_at=None)
    skip = job_done("restic.service", "", NOW - HOUR)
    assert told(seen(forgotten, journal(skip)), "none") == ("fail", "skipped")
    ran = (
        printed_by("restic.service", "d" * 32, NOW - 2 * HOUR, "snapshot 619802ad saved"),
        ended("restic.service", "d" * 32, NOW - 2 * HOUR),
    )
    earlier = seen(forgotten, journal(*ran, skip))
    assert earlier.jobs[0].traps == ("skipped",)
    assert told(earlier, "stale") == ("pass", "fresh")
    later = seen(forgotten, journal(dict(skip, __REALTIME_TIMESTAMP="1700000000000000"), *ran))
    assert later.jobs[0].traps == ()


def test_the_engines_own_word_in_the_journal_is_proof() -> None:
    run = "b" * 32
    words = journal(
        printed_by("restic.service", run, NOW - HOUR, "snapshot 619802ad saved"),
        ended("restic.service", run, NOW - HOUR),
    )
    found = seen(Unit("restic", RESTIC), words)
    assert told(found, "stale") == ("pass", "fresh")
    assert told(found, "not_separate") == ("unknown", "versions_unseen")


def test_a_line_without_its_run_is_the_run_of_its_stream() -> None:
    first = printed_by("restic.service", "b" * 32, NOW - 5 * HOUR, "open repository")
    end = ended("restic.service", "b" * 32, NOW - HOUR)
    other = printed_by("restic.service", "c" * 32, NOW - 3 * HOUR, "open repository")
    mine, theirs = {"_STREAM_ID": "1" * 32}, {"_STREAM_ID": "2" * 32}
    entries = (first | mine, other | theirs, end)
    both = ["unit_exit", "engine_message"]
    assert of_last_run(*entries, nameless(NOW - HOUR, SAVED, **mine)) == both
    assert of_last_run(*entries, nameless(NOW - 2 * HOUR, SAVED, **theirs)) == ["unit_exit"]


def test_a_line_without_run_and_stream_is_the_only_run_of_its_time() -> None:
    began = job_done("restic.service", "b" * 32, NOW - 2 * HOUR)
    end = ended("restic.service", "b" * 32, NOW - HOUR)
    near, far = timedelta(seconds=5), timedelta(seconds=6)
    within = (NOW - 2 * HOUR - near, NOW - 1.5 * HOUR, NOW - HOUR + near)
    for moment in within:
        assert "engine_message" in of_last_run(began, end, nameless(moment, SAVED))
    for moment in (NOW - 2 * HOUR - far, NOW - HOUR + far):
        assert of_last_run(began, end, nameless(moment, SAVED)) == ["unit_exit"]
    stranger = nameless(NOW - HOUR, SAVED, _SYSTEMD_UNIT="other.service")
    assert of_last_run(began, end, stranger) == ["unit_exit"]


def test_a_line_that_may_be_of_two_runs_is_of_none() -> None:
    """A unit that is tried again at once: whose "saved" it was cannot be told."""
    failed = ended("restic.service", "b" * 32, NOW - HOUR, ok=False)
    again = ended("restic.service", "c" * 32, NOW - HOUR + timedelta(seconds=3))
    line = nameless(NOW - HOUR + timedelta(seconds=1), SAVED)
    assert of_last_run(failed, again, line) == ["unit_exit"]


def test_a_failed_run_after_a_good_one_fails() -> None:
    words = journal(
        printed_by("restic.service", "1" * 32, NOW - 2 * DAY, "snapshot 619802ad saved"),
        ended("restic.service", "1" * 32, NOW - 2 * DAY),
        printed_by("restic.service", "2" * 32, NOW - HOUR, "Fatal: unable to open repository"),
        ended("restic.service", "2" * 32, NOW - HOUR, ok=False),
    )
    found = seen(Unit("restic", RESTIC, result="exit-code", status="1"), words)
    assert told(found, "stale") == ("fail", "last_run_failed")


def test_job_result_done_alone_is_no_run() -> None:
    words = journal(job_done("restic.service", "3" * 32, NOW - HOUR))
    assert seen(Unit("restic", RESTIC), words).jobs[0].proofs == ()


def test_a_closed_journal_is_noted() -> None:
    hint = b"No journal files were opened due to insufficient permissions."
    found = seen(Unit("restic", RESTIC), out("", 1, hint))
    assert [note.lift for note in found.not_read] == ["journal_group"]
    assert told(found, "stale")[0] == "unknown"
