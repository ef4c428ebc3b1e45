"""Backups are judged on the computers that hold declared data; one that stays silent is unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from posture_scan.model.evidence import Vantage
from posture_scan.model.finding import Finding, Status
from posture_scan.rating.criteria import decide
from posture_scan.rating.status import CriterionStatus, State
from tests.rating.samples import NOW, SME, finding, host, scope


def backup(name: str, status: Status) -> list[Finding]:
    return [
        finding(check, status, name, vantage=Vantage.HOST)
        for check in ("backup.none", "backup.stale")
    ]


def decided(findings: list[Finding], names: tuple[str, ...], data_on: tuple[str, ...]) -> State:
    found: tuple[CriterionStatus, ...] = decide(
        SME, findings=findings, assets=[replace(host(name), names=(name,)) for name in names],
        scope=scope(data_on=data_on), answers=None, now=NOW,
    )  # fmt: skip
    return next(status.status for status in found if status.id == "BKP-JOB")


SERVER, DESK = "FS01", "pc-1"
BOTH = backup(SERVER, Status.PASS) + backup(DESK, Status.FAIL)


def test_without_a_declaration_every_computer_counts() -> None:
    assert decided(BOTH, (SERVER, DESK), ()) is State.NOT_MET


@pytest.mark.parametrize("spelt", ["FS01", "fs01"])
def test_with_one_only_the_computers_with_data_count(spelt: str) -> None:
    assert decided(BOTH, (SERVER, DESK), (spelt,)) is State.MET
    assert decided(BOTH, (SERVER, DESK), (DESK.upper(),)) is State.NOT_MET


def test_a_declared_computer_without_evidence_is_unknown_beside_a_good_one() -> None:
    assert decided(backup(SERVER, Status.PASS), (SERVER,), (SERVER, "FS02")) is State.UNKNOWN
    assert decided([], (), (SERVER,)) is State.UNKNOWN


def test_a_declared_computer_that_fails_counts_although_another_is_silent() -> None:
    assert decided(backup(SERVER, Status.FAIL), (SERVER,), (SERVER, "FS02")) is State.NOT_MET
