"""A recording of a computer plays back to the same evidence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from posture_scan.assess.machine import survey_with
from posture_scan.assess.record import recorded, write
from posture_scan.collect.host import LocalHost
from posture_scan.collect.tape import TapeHost, parse_tape
from posture_scan.engine.packs import load_packs
from posture_scan.errors import UsageError
from tests.checks.computer import NOW


def test_a_recording_plays_back_to_the_same_evidence(tmp_path: Path) -> None:
    packs = load_packs()
    for name, text in {
        "etc/os-release": 'ID=debian\nVERSION_ID="12"\n',
        "etc/machine-id": "0f1e2d3c4b5a69788796a5b4c3d2e1f0\n",
        "etc/cron.d/save": "0 3 * * * root restic -r /srv/r --password=geheim backup /data\n",
        "usr/sbin/cron": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    host = LocalHost(NOW, root=str(tmp_path), homes=("/root",), elevated=True, folders=())
    surveyed, tape, removed = recorded(host, "pc-1", "server", packs)
    assert removed >= 1
    assert b"geheim" not in tape
    again = survey_with(TapeHost(parse_tape(tape, "t")), "pc-1", "server", packs)
    assert again.asset == surveyed.asset
    assert again.evidence == surveyed.evidence
    head = json.loads(tape)
    assert (head["provenance"], head["build"], head["platform"]) == (
        "recorded-real", "debian 12", "linux",
    )  # fmt: skip


def test_a_recording_never_replaces_a_file(tmp_path: Path) -> None:
    write(tmp_path / "t.json", b"{}")
    assert (tmp_path / "t.json").stat().st_mode & 0o777 == 0o600
    with pytest.raises(UsageError) as error:
        write(tmp_path / "t.json", b"{}")
    assert error.value.code == "tape.unwritable"
