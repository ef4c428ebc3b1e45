"""Debian's own cron and anacron start failing backups, which is no proof of anything else."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from posture_scan.checks.backup.facts import BackupSurvey

from tests.checks.backup.scene import told
from tests.lab.booted import SECRET, Tree, booted, survey, tree
from tests.lab.daemon import need

pytestmark = [pytest.mark.lab, pytest.mark.slow]

TABLE = f"""SHELL=/bin/sh
RESTIC_PASSWORD={SECRET}
* * * * * root /usr/bin/restic -r /srv/repo backup /data >> /var/log/good.log 2>&1
* * * * * root /usr/bin/restic -r /srv/gone backup /data >> /var/log/failing.log 2>&1
* * * * * root /usr/bin/restic -r /srv/gone backup /data > /dev/null 2>&1
"""
MINUTE = 75
"""Seconds until cron has surely started what it starts each minute, and restic has ended."""


@pytest.fixture
def made() -> Iterator[Tree]:
    need("restic", "cron", "anacron")
    with tree() as found:
        found.write("/data/letter.txt", "大事な書類")
        found.path("/srv").mkdir()
        subprocess.run(
            ["restic", "--no-cache", "-r", str(found.path("/srv/repo")), "init"], check=True,
            capture_output=True, timeout=60, env={**os.environ, "RESTIC_PASSWORD": SECRET},
        )  # fmt: skip
        yield found


def verdict(seen: BackupSurvey, where: str, check: str) -> tuple[str, str]:
    """Judge one job as if it were the computer's only backup."""
    alone = tuple(job for job in seen.jobs if job.job == where)
    assert len(alone) == 1
    return told(dataclasses.replace(seen, jobs=alone), check, datetime.now(UTC))


def test_cron_starts_each_minute_what_fails_each_minute(made: Tree) -> None:
    made.write("/etc/cron.d/lab", TABLE)
    good, failing = made.path("/var/log/good.log"), made.path("/var/log/failing.log")
    with booted(made) as box:
        box.run("systemctl", "start", "cron.service")
        until = time.monotonic() + MINUTE
        while not (good.exists() and " saved" in good.read_text() and failing.exists()
                   and "Fatal" in failing.read_text()):  # fmt: skip
            assert time.monotonic() < until, "cron started nothing"
            time.sleep(0.5)
        box.run("journalctl", "--sync")
        said = box.run("journalctl", "--no-pager", "--unit=cron.service").stdout
        seen = survey(box)
    # What cron writes of the failing job is what it writes of the good one: that it was started.
    assert "(root) CMD (/usr/bin/restic -r /srv/repo" in said
    assert "(root) CMD (/usr/bin/restic -r /srv/gone" in said
    assert "exit status" not in said
    for line in (3, 4, 5):
        assert verdict(seen, f"/etc/cron.d/lab:{line}", "none") == ("pass", "configured")
    assert verdict(seen, "/etc/cron.d/lab:3", "stale") == ("pass", "fresh")
    assert verdict(seen, "/etc/cron.d/lab:4", "stale") == ("fail", "last_run_failed")
    assert verdict(seen, "/etc/cron.d/lab:5", "stale") == ("unknown", "starts_only")


def test_anacron_writes_its_stamp_after_a_job_that_failed(made: Tree) -> None:
    script = (
        "#!/bin/sh\necho tried >> /var/log/tried\n"
        f"RESTIC_PASSWORD={SECRET} exec /usr/bin/restic --no-cache -r /srv/gone backup /data\n"
    )
    made.write("/etc/cron.daily/backup", script, 0o755)
    with booted(made) as box:
        assert box.run("run-parts", "/etc/cron.daily", check=False).returncode == 1
        box.run("anacron", "-f", "-n", "-s", "-d", "cron.daily")
        seen = survey(box)
    assert made.path("/var/log/tried").read_text() == "tried\ntried\n"
    stamp = made.path("/var/spool/anacron/cron.daily").read_text().strip()
    assert len(stamp) == len("20261122")
    assert stamp.isdigit()
    where = "/etc/cron.daily/backup"
    assert verdict(seen, where, "none") == ("pass", "configured")
    assert verdict(seen, where, "stale") == ("unknown", "starts_only")
