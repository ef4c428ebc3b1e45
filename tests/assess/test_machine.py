from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from posture_scan.assess.document import Permission, Terms, own_limits
from posture_scan.assess.machine import (
    Surveyed,
    identity,
    merged,
    read,
    read_all,
    survey_with,
    write,
)
from posture_scan.assess.observe import Manner
from posture_scan.assess.run import Work, assess
from posture_scan.collect.host import LocalHost
from posture_scan.engine.pack_set import PackSet
from posture_scan.engine.packs import load_packs
from posture_scan.engine.records import with_id
from posture_scan.errors import UsageError
from posture_scan.help.support import expected
from posture_scan.model.confidence import Method
from posture_scan.model.evidence import Asset, Attempt, Evidence, Vantage
from posture_scan.model.product import NO_DATA
from posture_scan.model.scope import Scope
from posture_scan.text.catalog import Catalog

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
    assert set(found) == set(expected(packs))
    assert "pass" not in found.values()


def test_a_computers_identity_is_its_own_and_does_not_tell_what_it_is_made_from(
    tmp_path: Path,
) -> None:
    assert identity(bare_machine(tmp_path)) == ""
    (tmp_path / "etc/machine-id").write_text("0f1e2d3c4b5a69788796a5b4c3d2e1f0\n")
    mine = identity(bare_machine(tmp_path))
    assert len(mine) == 32
    assert "0f1e" not in mine
    (tmp_path / "etc/machine-id").write_text("1f1e2d3c4b5a69788796a5b4c3d2e1f0\n")
    assert identity(bare_machine(tmp_path)) != mine


def surveyed(root: Path, packs: PackSet, name: str, computer: str, day: int) -> Surveyed:
    root.mkdir(exist_ok=True)
    (root / "etc").mkdir(exist_ok=True)
    (root / "etc/machine-id").write_text(computer)
    at = NOW.replace(day=day)
    host = LocalHost(at, root=str(root), homes=(), elevated=True, folders=())
    return survey_with(host, name, "computer", packs)


def test_two_files_of_one_computer_join_and_the_newer_look_counts(
    tmp_path: Path, packs: PackSet
) -> None:
    old, new = (surveyed(tmp_path / "a", packs, "pc-1", "1", day) for day in (20, 22))
    for order in ((old, new), (new, old)):
        (one,) = merged(order)
        assert {record.observed_at for record in one.evidence} == {NOW}
        assert len(one.evidence) == len(new.evidence)


def test_every_bucket_of_a_computer_stays_when_its_files_are_joined(
    tmp_path: Path, packs: PackSet
) -> None:
    machine = surveyed(tmp_path / "a", packs, "pc-1", "1", 22)
    asked = [
        with_id(
            Evidence(
                "", "backup.ObjectLock", machine.asset.id, Vantage.HOST, "backup.object_lock", 1,
                NOW, Attempt.TIMEOUT, Method.REGISTRY_OR_PACKAGE, names=(bucket,),
            )
        )
        for bucket in ("s3:one", "s3:two")
    ]  # fmt: skip
    with_buckets = replace(machine, evidence=(*machine.evidence, *asked))
    (one,) = merged((with_buckets, machine))
    assert set(asked) <= set(one.evidence)
    assert len(one.evidence) == len(machine.evidence) + 2


def test_one_computer_under_two_names_is_told_as_a_limit() -> None:
    def limits(*numbers: str) -> tuple[str, ...]:
        assets = [Asset(f"host:{n}", "host", identity=id_) for n, id_ in enumerate(numbers)]
        return own_limits((), assets, NO_DATA)

    assert limits("1", "2", "", "") == ()
    assert limits("1", "2", "1") == ("same_computer",)
    for language in ("ja", "en"):
        assert "report.limit.same_computer" in Catalog(language)


def test_two_computers_of_one_name_are_not_taken_for_one(tmp_path: Path, packs: PackSet) -> None:
    one = surveyed(tmp_path / "a", packs, "pc-1", "1", 22)
    other = surveyed(tmp_path / "b", packs, "pc-1", "2", 22)
    with pytest.raises(UsageError) as error:
        merged((one, other))
    assert error.value.code == "host_file.two_computers"


def test_thirty_files_in_a_folder_are_thirty_computers(tmp_path: Path, packs: PackSet) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "notes.txt").write_text("x")
    with pytest.raises(UsageError) as error:
        read_all((folder,), packs)
    assert error.value.code == "host_file.none_in_folder"
    for number in range(30):
        machine = surveyed(tmp_path / "a", packs, f"pc-{number}", str(number), 22)
        write(folder / f"x_pc-{number}.host.json", machine)
    assert len(read_all((folder,), packs)) == 30


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"schema": "posture-scan/host-evidence/9"}'])
def test_a_file_that_is_none_is_one_typed_error(tmp_path: Path, packs: PackSet, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(UsageError):
        read(path, packs)
