from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from posture_scan.assess.document import Permission, Terms
from posture_scan.assess.machine import read, survey_with, write
from posture_scan.assess.observe import Manner
from posture_scan.assess.run import Work, assess
from posture_scan.collect.host import LocalHost
from posture_scan.engine.packs import PackSet, load_packs
from posture_scan.errors import UsageError
from posture_scan.model.scope import Scope

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def packs() -> PackSet:
    return load_packs()


def bare_machine(root: Path) -> LocalHost:
    """A computer without anything on it: no cron, no engines, no programs to ask."""
    (root / "etc").mkdir(exist_ok=True)
    return LocalHost(NOW, root=str(root), homes=(), elevated=True, folders=())


def test_a_machines_file_comes_back_as_it_was(tmp_path: Path, packs: PackSet) -> None:
    machine = survey_with(bare_machine(tmp_path), "pc-1", "computer", packs)
    assert machine.evidence
    write(tmp_path / "pc-1.json", machine)
    back = read(tmp_path / "pc-1.json", packs)
    assert (back.asset, back.evidence) == (machine.asset, machine.evidence)


def test_a_merged_machine_is_judged_with_the_scan(tmp_path: Path, packs: PackSet) -> None:
    machine = survey_with(bare_machine(tmp_path), "pc-1", "computer", packs)
    scope = Scope("例", "代表", date(2026, 11, 1), date(2026, 12, 1), ("127.60.5.9",))
    work = Work(packs, manner=Manner("builtin", "lan"), machines=(machine,))
    report = assess(
        Permission(scope), work, Terms("jp-sme"), clock=lambda: NOW, stop=threading.Event(),
        progress=lambda _event, **_values: None,
    )  # fmt: skip
    found = {f["check"]: f["status"] for f in report["findings"] if f["asset"] == "host:pc-1"}
    assert set(found) == {item.id for item in packs.checks if item.pack == "backup"}
    assert "pass" not in found.values()


def test_a_machine_that_may_not_be_read_counts_what_rights_would_lift(
    tmp_path: Path, packs: PackSet
) -> None:
    seen = survey_with(bare_machine(tmp_path), "pc-1", "computer", packs)
    assert seen.liftable == 0


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"schema": "posture-scan/host-evidence/9"}'])
def test_a_file_that_is_none_is_one_typed_error(tmp_path: Path, packs: PackSet, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(UsageError):
        read(path, packs)
