"""Sealing: told first, never over anything, and nothing is left without a record."""

from __future__ import annotations

import hashlib
import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from posture_scan.drill.canary import FIRST_LINE, SIZE, make, remove, write
from posture_scan.drill.record import read_record
from posture_scan.drill.seal import plan, seal
from posture_scan.errors import IncompleteError, UsageError
from tests.drill.samples import NOW, sealed


def test_a_canary_explains_itself_in_both_languages_and_is_random(tmp_path: Path) -> None:
    one, content = make(tmp_path, os.urandom(SIZE))
    other, _ = make(tmp_path, os.urandom(SIZE))
    first = content.decode().splitlines()[0] + "\n"
    assert first == FIRST_LINE
    assert "消してかまいません" in first
    assert "may be deleted" in first
    assert f"nonce: {one.nonce}" in content.decode()
    assert (len(content), one.size) == (SIZE, SIZE)
    assert (one.name, one.sha256) != (other.name, other.sha256)


def test_planning_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    planned = plan([tmp_path / "a", tmp_path / "a" / "..", tmp_path / "a"][:1], tmp_path / "r.json")
    assert [path.parent.name for path in planned.paths] == ["a"]
    assert [item.name for item in tmp_path.rglob("*")] == ["a"]


def test_what_was_sealed_stands_in_the_record(tmp_path: Path) -> None:
    record = sealed(tmp_path, "書類", "帳簿")
    path = tmp_path / "record.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_record(path, NOW) == record
    for canary in record.canaries:
        assert hashlib.sha256(canary.path.read_bytes()).hexdigest() == canary.sha256
        assert stat.S_IMODE(canary.path.stat().st_mode) & 0o444


def test_places_that_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "a")
    (tmp_path / "file").write_text("x")
    record = tmp_path / "record.json"
    for folder, code in (
        (tmp_path / "none", "drill.no_folder"), (tmp_path / "file", "drill.no_folder"),
        (tmp_path / "link", "drill.link"), (Path("/"), "drill.root"),
        (Path("/usr/.."), "drill.root"),
    ):  # fmt: skip
        with pytest.raises(UsageError) as caught:
            plan([tmp_path / "a", folder], record)
        assert caught.value.code == code
    for place, code in (
        (tmp_path / "a" / "b" / "r.json", "drill.record_inside"),
        (tmp_path / "file", "drill.record_exists"), (tmp_path / "no" / "r", "cli.cannot_write"),
    ):  # fmt: skip
        with pytest.raises(UsageError) as caught:
            plan([tmp_path / "a"], place)
        assert caught.value.code == code
    with pytest.raises(UsageError) as caught:
        plan([tmp_path / "a"] * 51, record)
    assert caught.value.code == "drill.too_many"


def test_nothing_is_overwritten_and_no_link_followed(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    canary, content = make(tmp_path / "a", os.urandom(SIZE))
    canary.path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        write(canary, content)
    assert not (tmp_path / "elsewhere").exists()
    assert remove(canary) == "kept" if canary.path.exists() else "gone"


def test_a_folder_that_fails_is_written_down_and_the_others_kept(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    planned = plan([tmp_path / "a", tmp_path / "b"], tmp_path / "record.json")
    (tmp_path / "b").rmdir()
    record = seal(planned, "pc-1", lambda: NOW)
    assert [Path(item.folder).name for item in record.canaries] == ["a"]
    assert record.failed == (str(tmp_path.resolve() / "b"),)
    assert read_record(tmp_path / "record.json", NOW) == record


def test_when_every_folder_fails_no_record_is_left(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    planned = plan([tmp_path / "a"], tmp_path / "record.json")
    (tmp_path / "a").rmdir()
    with pytest.raises(IncompleteError) as caught:
        seal(planned, "pc-1", lambda: NOW)
    assert caught.value.code == "drill.sealed_nothing"
    assert list(tmp_path.iterdir()) == []


def test_only_the_sealed_file_is_ever_removed(tmp_path: Path) -> None:
    one, other = sealed(tmp_path, "a", "b").canaries
    assert (remove(one), remove(one)) == ("removed", "gone")
    other.path.write_text("somebody's own")
    assert remove(other) == "kept"
    assert other.path.exists()


def test_a_record_that_others_can_change_or_did_change_is_refused(tmp_path: Path) -> None:
    sealed(tmp_path, "a")
    path = tmp_path / "record.json"
    text = path.read_text()

    def code(now: timedelta = timedelta(0)) -> str:
        with pytest.raises(UsageError) as caught:
            read_record(path, NOW + now)
        return caught.value.code

    path.chmod(0o644)
    assert code() == "drill.record_open"
    path.chmod(0o600)
    digit = '"size": 4096'
    for changed in (
        text.replace(digit, '"size": 4097'), text.replace("pc-1", "pc-2"), text[:-30], "", "[]",
        "{}", text.replace('"host"', '"size": 1.5, "host"'), "[" * 100_000,
    ):  # fmt: skip
        path.write_text(changed)
        assert code() == "drill.record_altered"
    path.write_text(text)
    assert code(-timedelta(hours=1)) == "drill.record_altered"
    path.unlink()
    assert code() == "drill.no_record"
