"""What engines say of a check, recorded from restic 0.14, borg 1.2 and rdiff-backup 2.2."""

from __future__ import annotations

from datetime import datetime

import pytest
from posture_scan.checks.backup.facts import BackupJob
from posture_scan.checks.backup.messages import check_grade, shrunk, source_sizes

from tests.checks.backup.scene import survey
from tests.checks.backup.units import RUNNING, Unit, ended, journal, printed_by, systemctl
from tests.checks.computer import DAY, HOUR, NOW, FakeHost

RESTIC = ["load indexes", "check all packs", "[0:00] 100.00%  1 / 1 snapshots", ""]
GOOD = [*RESTIC, "no errors were found"]
BORG = [
    "Starting repository check", "Finished full repository check, no problems found.",
    "Starting archive consistency check...",
    "Archive consistency check complete, no problems found.",
]  # fmt: skip
VERIFIED = (
    "Finished cryptographic data integrity verification, verified 6 chunks with 0 integrity errors."
)


@pytest.mark.parametrize(
    ("engine", "lines", "grade"),
    [
        ("restic", GOOD, "structure"),
        ("restic", [*RESTIC, "read all data", "no errors were found"], "data"),
        ("restic", [*RESTIC, "read 50.0% of data packs", "no errors were found"], "data"),
        ("restic", [*RESTIC, "read group #1 of 2 data packs (out of total 2 packs in 2 groups)",
                    "no errors were found"], "data"),
        ("restic", [*RESTIC, "read all data", "Fatal: repository contains errors"], ""),
        ("restic", [*GOOD, "error for tree 15a18bc9:"], ""),
        ("restic", [*RESTIC, "read all data", "no errors were found", *GOOD], "structure"),
        ("restic", [*GOOD, "snapshot 619802ad saved"], ""),
        ("restic", ["snapshot 619802ad saved", *GOOD, "1 snapshots removed"], "structure"),
        ("borg", BORG, "structure"),
        ("borg", [*BORG[:3], VERIFIED, BORG[3]], "data"),
        ("borg", [*BORG, "terminating with error status, rc 1"], ""),
        ("rdiff-backup", ["NOTE: All files verified successfully"], "data"),
        ("rdiff-backup", ["WARNING: Computed SHA1 digest of a doesn't match recorded digest"], ""),
        ("rsync", GOOD, ""), ("restic", [], ""),
    ],
)  # fmt: skip
def test_how_deep_a_check_went(engine: str, lines: list[str], grade: str) -> None:
    assert check_grade(engine, lines) == grade


CRON = {"/usr/sbin/cron": "", "/home/a": ""}
BACKUP = "0 3 * * * root restic -r s3:x/b backup /home >> /var/log/b.log 2>&1\n"
CHECK = "0 5 * * 0 root restic -r s3:x/b check >> /var/log/c.log 2>&1\n"


def checked(files: dict[str, str]) -> BackupJob:
    (job,) = survey(
        FakeHost(CRON | files, times={"/var/log/c.log": NOW - 3 * DAY, "/var/log/b.log": NOW})
    ).jobs
    return job


def test_a_check_planned_by_itself_counts_for_its_repository() -> None:
    files = {"/etc/cron.d/b": BACKUP, "/etc/cron.d/c": CHECK, "/var/log/c.log": "\n".join(GOOD)}
    job = checked(files)
    assert (job.integrity_at, job.integrity_grade) == (NOW - 3 * DAY, "structure")
    assert checked(files | {"/etc/cron.d/c": CHECK.replace("x/b", "x/other")}).integrity_at is None
    assert checked(files | {"/var/log/c.log": "Fatal: x"}).integrity_at is None


def test_a_check_in_the_same_script_counts_while_it_is_the_logs_last_word() -> None:
    log = "\n".join(["snapshot 619802ad saved", *GOOD])
    files = {"/etc/cron.d/b": BACKUP, "/var/log/b.log": log}
    assert checked(files).integrity_at == NOW
    assert (
        checked(files | {"/var/log/b.log": log + "\nsnapshot 619802ae saved"}).integrity_at is None
    )


@pytest.mark.parametrize(("ok", "at"), [(True, NOW - HOUR), (False, None)])
def test_a_check_by_a_timer_counts_if_its_run_ended_well(*, ok: bool, at: datetime | None) -> None:
    files = CRON | RUNNING | {"/etc/cron.d/b": BACKUP}
    units = systemctl(Unit("check", "/usr/bin/restic -r s3:x/b check", exited=NOW))
    run = "c" * 32
    words = journal(
        printed_by("check.service", run, NOW - HOUR, "no errors were found"),
        ended("check.service", run, NOW - HOUR, ok=ok),
    )
    (job,) = survey(FakeHost(files, units | {"journalctl": words})).jobs
    assert job.integrity_at == at
    (job,) = survey(FakeHost(files, units)).jobs
    assert job.integrity_at is None  # the exit alone does not say what was printed


def test_sizes_of_the_source() -> None:
    lines = ["SourceFiles 3", "SourceFileSize 1000 (x)", "SourceFileSize 199 (x)"]
    assert source_sizes(lines) == [1000, 199]
    assert shrunk([1000, 199])
    assert not shrunk([1000, 200])
    assert not shrunk([1000])
    assert not shrunk([])
