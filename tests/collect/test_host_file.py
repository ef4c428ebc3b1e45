"""The host-evidence file: written whole, read with suspicion."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from posture_scan.checks.backup.facts import BackupJob, BackupSurvey, Proof

from posture_scan.collect.host_file import SCHEMA, read_host_evidence, write_host_evidence
from posture_scan.errors import UsageError
from posture_scan.model.codec import decode
from posture_scan.model.confidence import Method
from posture_scan.model.evidence import Asset, Attempt, Evidence, Vantage
from posture_scan.text.catalog import Catalog

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ASSET = Asset(id="host:pc-1", kind="host", names=("経理PC",), role="computer")
FACTS = BackupSurvey(
    "linux", elevated=True, role="computer", clock_synchronised=None,
    jobs=(BackupJob("restic", "x", proofs=(Proof("log", "B", NOW),)),), collected_at=NOW,
)  # fmt: skip
RECORD = Evidence(
    id="e1", kind="backup.BackupSurvey", asset=ASSET.id, vantage=Vantage.HOST,
    collector="backup_survey", collector_version=1, observed_at=NOW, attempt=Attempt.OK,
    method=Method.REGISTRY_OR_PACKAGE, facts=FACTS,
)  # fmt: skip
DENIED = replace(RECORD, id="e2", attempt=Attempt.PERMISSION_DENIED, facts=None)
TOOL = {"name": "posture-scan", "version": "0.1.0"}


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "pc.json"
    write_host_evidence(path, ASSET, [RECORD, DENIED], TOOL)
    asset, records = read_host_evidence(path)
    assert asset == ASSET
    assert decode(BackupSurvey, records[0]["facts"]) == FACTS
    assert records[1]["facts"] is None
    assert path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [path]


def test_records_about_something_else_are_not_written(tmp_path: Path) -> None:
    for foreign in (replace(RECORD, asset="x"), replace(RECORD, vantage=Vantage.LAN)):
        with pytest.raises(UsageError) as error:
            write_host_evidence(tmp_path / "a", ASSET, [foreign], TOOL)
        assert error.value.code == "host_file.foreign"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        write_host_evidence(tmp_path / "no" / "a", ASSET, [RECORD], TOOL)
    assert error.value.code == "host_file.unwritable"
    with pytest.raises(UsageError) as error:
        read_host_evidence(tmp_path / "no")
    assert error.value.code == "host_file.unreadable"


def altered(tmp_path: Path, change: dict[str, Any], record: dict[str, Any]) -> Path:
    path = tmp_path / "pc.json"
    write_host_evidence(path, ASSET, [RECORD], TOOL)
    table = json.loads(path.read_text("utf-8"))
    table |= change
    if record:
        table["evidence"][0] |= record
    path.write_text(json.dumps(table), "utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "record", "code"),
    [
        ({"schema": "posture-scan/host-evidence/9"}, {}, "host_file.schema"),
        ({"asset": None}, {}, "host_file.malformed"),
        ({"asset": {"id": "x", "kind": "address"}}, {}, "host_file.malformed"),
        ({"evidence": {}}, {}, "host_file.malformed"),
        ({"evidence": [1]}, {}, "host_file.malformed"),
        ({}, {"asset": "another"}, "host_file.foreign"),
        ({}, {"vantage": "external"}, "host_file.foreign"),
        ({}, {"observed_at": "2026-11-22T12:00:00"}, "host_file.malformed"),
        ({}, {"observed_at": "yesterday"}, "host_file.malformed"),
        ({}, {"attempt": "great"}, "host_file.malformed"),
        ({}, {"method": "sure"}, "host_file.malformed"),
        ({}, {"collector_version": "1"}, "host_file.malformed"),
        ({}, {"facts": None}, "host_file.malformed"),
        ({}, {"attempt": "timeout"}, "host_file.malformed"),
        ({}, {"id": ""}, "host_file.malformed"),
        ({}, {"collector_version": 1.5}, "host_file.malformed"),
    ],
)
def test_files_that_are_wrong_are_refused_with_words(
    tmp_path: Path, change: dict[str, Any], record: dict[str, Any], code: str
) -> None:
    with pytest.raises(UsageError) as error:
        read_host_evidence(altered(tmp_path, change, record))
    assert error.value.code == code
    for language in ("ja", "en"):
        words = Catalog(language)(f"error.{code}", **error.value.values)
        assert "{" not in words
        assert "pc.json" in words


def test_two_records_with_one_id_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "pc.json"
    write_host_evidence(path, ASSET, [RECORD, RECORD], TOOL)
    with pytest.raises(UsageError) as error:
        read_host_evidence(path)
    assert error.value.code == "host_file.malformed"


@pytest.mark.parametrize("data", [b"", b"\xff", b"{", b"[" * 90_000, b'{"schema": NaN}', b"1"])
def test_what_is_no_json_object_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    with pytest.raises(UsageError) as error:
        read_host_evidence(path)
    assert error.value.code == "host_file.malformed"


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pc.json"
    write_host_evidence(path, ASSET, [RECORD], TOOL)
    with pytest.raises(UsageError):
        read_host_evidence(path, limit=100)
    assert json.loads(path.read_text("utf-8"))["schema"] == SCHEMA
