"""A backup that a real restic made just before the report, between two reports of the firm."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from posture_scan.assess.drift.compare import Options, compare
from posture_scan.assess.machine import survey_with
from tests.assess.drift.scene import FIRST, PACKS, SCOPE, report
from tests.lab.daemon import need
from tests.lab.test_backup import Computer, host_of, plan_restic, restic

pytestmark = pytest.mark.lab


def test_a_repository_that_is_as_young_as_the_report_is_asked_about(tmp_path: Path) -> None:
    need("restic")
    computer = Computer(tmp_path / "tree")
    plan_restic(computer, destination="sftp:backup@nas:/repo")
    assert restic(computer, "init") == 0
    assert restic(computer, "backup", str(computer.path("/data")), log="/var/log/restic.log") == 0
    today = (datetime.now(UTC) - FIRST).days
    machine = survey_with(host_of(computer), "pc-1", "computer", PACKS)
    new = report(today + 1, scope=SCOPE, machines=[machine])
    standing = {item["id"]: item["status"] for item in new["criteria"]}
    assert standing["BKP-JOB"] in {"met", "partial"}
    found = compare([report(today - 60), new], Options())
    (signal,) = [item for item in found["signals"] if item["id"] == "backup_young"]
    assert (signal["values"]["host"], signal["values"]["engine"]) == ("pc-1", "restic")
