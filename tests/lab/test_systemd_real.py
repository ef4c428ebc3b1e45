"""systemd as process 1 runs real timers, and is believed exactly as far as it is right."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from posture_scan.checks.backup.facts import BackupJob, BackupSurvey

from tests.checks.backup.scene import told
from tests.lab.booted import SECRET, Box, Tree, booted, survey, tree
from tests.lab.daemon import need

pytestmark = [pytest.mark.lab, pytest.mark.slow]

SERVICE = f"""[Unit]
{{unit}}
[Service]
Type=oneshot
Environment=RESTIC_PASSWORD={SECRET} XDG_CACHE_HOME=/var/cache/lab
ExecStart={{command}}
"""
NIGHTLY = """[Timer]
OnCalendar=*-*-* 02:00:00
Persistent=true
{more}
[Install]
WantedBy=timers.target
"""
NOW_TOO = "OnActiveSec=500ms\nAccuracySec=50ms"
RESTIC = "/usr/bin/restic --no-cache -r /srv/{repo} backup {source}"
UNITS = {
    "good": RESTIC.format(repo="repo", source="/data"),
    "failed": RESTIC.format(repo="gone", source="/data"),
    "swallowed": "-" + RESTIC.format(repo="gone", source="/data"),
    "missing": RESTIC.format(repo="repo", source="/data /mnt/disk"),
    "never": RESTIC.format(repo="repo", source="/data"),
    "skipped": RESTIC.format(repo="repo", source="/data"),
}
STARTED = tuple(name for name in UNITS if name != "never")


def furnish(made: Tree, *, journal: str) -> None:
    """Write units and timers as an administrator does; all but one run at once, by their timer."""
    made.write("/data/letter.txt", "大事な書類")
    made.path("/srv").mkdir()
    subprocess.run(
        ["restic", "--no-cache", "-r", str(made.path("/srv/repo")), "init"], check=True,
        capture_output=True, timeout=60, env={**os.environ, "RESTIC_PASSWORD": SECRET},
    )  # fmt: skip
    made.write("/etc/systemd/journald.conf.d/lab.conf", f"[Journal]\nStorage={journal}\n")
    for name, command in UNITS.items():
        condition = "ConditionPathExists=/etc/not-there" if name == "skipped" else ""
        text = SERVICE.format(unit=condition, command=command)
        made.write(f"/etc/systemd/system/lab-{name}.service", text)
        plan(made, f"lab-{name}", at_once=name in STARTED)
    # What Debian's package switches on by itself, without a random delay of up to three hours.
    link(made, "borgmatic", "/lib/systemd/system/borgmatic.timer")
    made.write(
        "/etc/systemd/system/borgmatic.timer.d/lab.conf",
        f"[Timer]\n{NOW_TOO}\nRandomizedDelaySec=0\n",
    )


def plan(made: Tree, name: str, *, at_once: bool) -> None:
    timer = f"/etc/systemd/system/{name}.timer"
    made.write(timer, NIGHTLY.format(more=NOW_TOO if at_once else ""))
    link(made, name, timer)


def link(made: Tree, name: str, timer: str) -> None:
    """Do what ``systemctl enable`` does."""
    wanted = made.path(f"/etc/systemd/system/timers.target.wants/{name}.timer")
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if not wanted.is_symlink():
        wanted.symlink_to(timer)


def let_run(box: Box) -> None:
    """Wait until every timer that was to start something at once has done so."""
    services = [*(f"lab-{name}.service" for name in STARTED), "borgmatic.service"]
    until = time.monotonic() + 60
    while True:
        shown = [properties(box, one, "ActiveState", "ConditionTimestamp") for one in services]
        if all(
            one["ConditionTimestamp"] and one["ActiveState"] in {"inactive", "failed"}
            for one in shown
        ):
            break
        assert time.monotonic() < until, dict(zip(services, shown, strict=True))
        time.sleep(0.2)
    box.run("journalctl", "--sync")


def job_of(seen: BackupSurvey, name: str) -> BackupJob:
    (job,) = [item for item in seen.jobs if item.job == f"{name}.timer"]
    return job


def verdict(seen: BackupSurvey, name: str, check: str) -> tuple[str, str]:
    """Judge one job as if it were the computer's only backup."""
    alone = dataclasses.replace(seen, jobs=(job_of(seen, name),))
    return told(alone, check, datetime.now(UTC))


def properties(box: Box, unit: str, *names: str) -> dict[str, str]:
    shown = box.run("systemctl", "show", unit, f"--property={','.join(names)}").stdout
    return dict(line.split("=", 1) for line in shown.splitlines())


def last(box: Box, timer: str) -> int:
    listed = json.loads(box.run("systemctl", "list-timers", "--all", "--output=json").stdout)
    return next(int(item["last"] or 0) for item in listed if item["unit"] == timer)


@dataclasses.dataclass
class Story:
    """What was seen before the reboot and after it."""

    before: BackupSurvey
    after: BackupSurvey
    shown: dict[str, Any]


def tell(journal: str) -> Story:
    need("restic", "borgmatic")
    with tree() as made:
        furnish(made, journal=journal)
        shown: dict[str, Any] = {}
        with booted(made) as box:
            let_run(box)
            before = survey(box)
            for unit in ("good", "failed", "swallowed", "never", "skipped"):
                shown[unit] = properties(
                    box, f"lab-{unit}.service", "Result", "ExecMainExitTimestamp", "ConditionResult"
                )
            shown["borgmatic"] = properties(box, "borgmatic.service", "Result", "ConditionResult")
            shown["borgmatic_last"] = last(box, "borgmatic.timer")
            shown["never_last"] = last(box, "lab-never.timer")
        for name in UNITS:
            plan(made, f"lab-{name}", at_once=False)
        made.path("/etc/systemd/system/borgmatic.timer.d/lab.conf").unlink()
        with booted(made) as box:
            shown["never_last_after"] = last(box, "lab-never.timer")
            shown["good_after"] = properties(
                box, "lab-good.service", "Result", "ExecMainExitTimestamp"
            )
            after = survey(box)
        return Story(before, after, shown)


@pytest.fixture(scope="module")
def persistent() -> Story:
    return tell("persistent")


@pytest.fixture(scope="module")
def volatile() -> Story:
    return tell("volatile")


EXPECTED = {
    "good": {"none": ("pass", "configured"), "stale": ("pass", "fresh")},
    "failed": {"none": ("pass", "configured"), "stale": ("fail", "last_run_failed")},
    "swallowed": {"none": ("pass", "configured"), "stale": ("fail", "last_run_failed")},
    "missing": {"none": ("pass", "configured"), "stale": ("fail", "source_missing")},
    "never": {"none": ("pass", "configured"), "stale": ("unknown", "starts_only")},
    "skipped": {"none": ("fail", "skipped"), "stale": ("fail", "no_backup")},
}
"""By the properties and the journal of the boot in which everything happened, and by the journal
alone after the next one."""


@pytest.mark.parametrize("name", UNITS)
def test_each_job_is_judged_by_what_really_happened(persistent: Story, name: str) -> None:
    for check, expected in EXPECTED[name].items():
        assert verdict(persistent.before, f"lab-{name}", check) == expected
        assert verdict(persistent.after, f"lab-{name}", check) == expected


def test_a_journal_that_comes_too_late_still_tells_whose_lines_they_were() -> None:
    """As on a busy computer: when journald asks a process for its run, the process is gone."""
    need("restic")
    with tree() as made:
        furnish(made, journal="persistent")
        for name in UNITS:
            plan(made, f"lab-{name}", at_once=False)
        with booted(made) as box:
            pid = properties(box, "systemd-journald", "MainPID")["MainPID"]
            box.run("kill", "-STOP", pid)
            try:
                for name in STARTED:
                    box.run("systemctl", "start", f"lab-{name}", check=False)
            finally:
                box.run("kill", "-CONT", pid)
            box.run("journalctl", "--sync")
            lines = box.run("journalctl", "--unit=lab-good", "--identifier=restic", "--output=json")
            seen = survey(box)
    entries = [json.loads(line) for line in lines.stdout.splitlines()]
    assert entries
    assert not any("_SYSTEMD_INVOCATION_ID" in entry for entry in entries)
    for name in STARTED:
        assert verdict(seen, f"lab-{name}", "stale") == EXPECTED[name]["stale"]


def test_a_good_run_is_proven_by_the_engines_own_word(persistent: Story) -> None:
    for seen in (persistent.before, persistent.after):
        proofs = job_of(seen, "lab-good").proofs
        assert {proof.artefact for proof in proofs} == {"unit_exit", "engine_message"}


def test_a_swallowed_failure_is_no_proof_though_systemd_says_success(persistent: Story) -> None:
    assert persistent.shown["swallowed"]["Result"] == "success"
    for seen in (persistent.before, persistent.after):
        assert job_of(seen, "lab-swallowed").proofs == ()
        assert "errors_ignored" in job_of(seen, "lab-swallowed").traps


def test_debians_unconfigured_borgmatic_looks_perfect_and_is_none(persistent: Story) -> None:
    assert persistent.shown["borgmatic"] == {"Result": "success", "ConditionResult": "no"}
    assert persistent.shown["borgmatic_last"] > 0
    for seen in (persistent.before, persistent.after):
        assert verdict(seen, "borgmatic", "none") == ("fail", "unconfigured")
        assert verdict(seen, "borgmatic", "stale") == ("fail", "no_backup")


def test_result_success_is_what_a_unit_says_that_never_ran(persistent: Story) -> None:
    never = {"Result": "success", "ExecMainExitTimestamp": "", "ConditionResult": "no"}
    assert persistent.shown["never"] == never


def test_a_reboot_turns_a_plan_into_a_last_run_that_never_was(persistent: Story) -> None:
    assert persistent.shown["never_last"] == 0
    assert persistent.shown["never_last_after"] > 0
    assert job_of(persistent.after, "lab-never").proofs == ()


def test_without_a_kept_journal_a_reboot_leaves_nothing_proven(volatile: Story) -> None:
    assert verdict(volatile.before, "lab-good", "stale") == ("pass", "fresh")
    assert volatile.shown["good_after"] == {"Result": "success", "ExecMainExitTimestamp": ""}
    for name in ("good", "failed", "swallowed", "never"):
        assert verdict(volatile.after, f"lab-{name}", "stale") == ("unknown", "starts_only")
    assert verdict(volatile.after, "borgmatic", "none") == ("fail", "unconfigured")


def test_the_box_has_no_right_over_the_machine() -> None:
    """Clock, modules, reboot, raw devices: nothing inside could touch them by mistake."""
    with tree() as made, booted(made) as box:
        for process in ("self", "1"):
            text = box.run("cat", f"/proc/{process}/status").stdout
            rights = int(dict(line.split(":\t") for line in text.splitlines())["CapBnd"], 16)
            for number in (12, 16, 17, 22, 25, 27, 34):  # capability.h, as in booted.LOST
                assert not rights >> number & 1
        refused = box.run("sh", "-c", "echo 4 >/proc/sys/kernel/printk", check=False)
        assert "Read-only" in refused.stderr
        folder, group = made.folder, box.process
    assert not folder.exists()
    assert not Path(f"/proc/{group}").exists()
