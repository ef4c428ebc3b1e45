"""A recording plays back what was recorded, says where it came from, and admits its gaps."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from posture_scan.checks.backup.collect import backup_survey

from posture_scan.collect.host import LocalHost
from posture_scan.collect.recording import RecordingHost
from posture_scan.collect.tape import TapeHost, digest, parse_tape
from posture_scan.errors import UsageError
from posture_scan.model.look import GAP
from posture_scan.sdk import Attempt, AttemptError
from posture_scan.text.catalog import Catalog
from tests.checks.computer import FakeHost

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def document(*entries: dict[str, Any], **more: Any) -> bytes:
    table = {
        "schema": 1, "provenance": "constructed", "platform": "windows", "locale": "ja-JP",
        "codepage": 932, "captured_at": "2026-11-22T12:00:00Z", "privilege": "user",
        "tool": "test", "homes": ["C:\\Users\\yuki"], "entries": list(entries), **more,
    }  # fmt: skip
    return json.dumps(table).encode()


def tape(*entries: dict[str, Any], **more: Any) -> TapeHost:
    return TapeHost(parse_tape(document(*entries, **more), "test"))


JAPANESE = "日本".encode("cp932")
FILE = {"path": "/a", "size": 3, "mode": 420, "mtime": "2026-11-22T09:00:00+09:00"}


def test_every_kind_of_entry_plays_back() -> None:
    host = tape(
        {
            "kind": "cmd",
            "argv": ["lsblk", "-J"],
            "rc": 3,
            "stdout_b64": b64(JAPANESE),
        },
        {"kind": "file", "path": "/a", "b64": b64(b"abc")},
        {"kind": "stat", **FILE},
        {"kind": "glob", "pattern": "/*", "matches": [FILE]},
        {"kind": "reg", "key": "HKLM\\X", "name": "Y", "b64": b64(b"\1\0\0\0")},
        {"kind": "reg", "key": "HKLM\\X", "name": "N", "value": 4},
        {"kind": "reg", "key": "HKLM\\X", "name": "M", "value": ["a", "b"]},
        {"kind": "keys", "key": "HKLM\\X", "names": ["S-1"]},
        {"kind": "system", "question": "service", "subject": "W", "rows": [{"state": 4}]},
    )
    result = host.run(("lsblk", "-J"))
    assert (result.code, result.stdout.decode("cp932")) == (3, "日本")
    assert host.read("/a") == b"abc"
    assert host.stat("/a").modified == datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
    assert [info.path for info in host.glob("/*")] == ["/a"]
    assert host.registry("HKLM\\X", "Y") == b"\1\0\0\0"
    assert host.registry("HKLM\\X", "N") == 4
    assert host.registry("HKLM\\X", "M") == ("a", "b")
    assert host.registry_keys("HKLM\\X") == ("S-1",)
    assert host.system("service", "W") == ({"state": 4},)
    assert (host.platform, host.elevated, host.provenance) == ("windows", False, "constructed")
    assert (host.homes(), host.now) == (("C:\\Users\\yuki",), NOW)


def test_a_gap_is_named_and_never_empty() -> None:
    host = tape()
    for ask in (
        lambda: host.run(("lsblk", "-J")),
        lambda: host.read("/a"),
        lambda: host.stat("/a"),
        lambda: host.glob("/*"),
        lambda: host.registry("K", "V"),
        lambda: host.registry_keys("K"),
        lambda: host.system("accounts"),
    ):
        with pytest.raises(AttemptError) as error:
            ask()
        assert error.value.attempt is Attempt.TOOL_MISSING
        assert GAP in error.value.detail


def test_recorded_refusals_are_refused_again() -> None:
    host = tape({"kind": "file", "path": "/a", "attempt": "permission_denied", "detail": "/a"})
    with pytest.raises(AttemptError) as error:
        host.read("/a")
    assert error.value.attempt is Attempt.PERMISSION_DENIED


def test_limits_hold_on_a_tape_too() -> None:
    host = tape(
        {"kind": "file", "path": "/a", "b64": b64(b"abc")},
        {"kind": "glob", "pattern": "/*", "matches": [FILE, FILE]},
    )
    for ask in (lambda: host.read("/a", limit=2), lambda: host.glob("/*", limit=1)):
        with pytest.raises(AttemptError) as error:
            ask()
        assert error.value.attempt is Attempt.LIMIT_REACHED


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "tape.malformed"),
        (b"[]", "tape.malformed"),
        (b'{"schema": 1, "schema": 1}', "tape.malformed"),
        (b'{"schema": 1.0}', "tape.malformed"),
        (b"[" * 100_000, "tape.malformed"),
        (document(schema=2), "tape.schema"),
        (document(provenance="trust me"), "tape.malformed"),
        (document(captured_at="2026-11-22T12:00:00"), "tape.malformed"),
        (document(homes=[1]), "tape.malformed"),
        (document({"kind": "shell"}), "tape.malformed"),
        (document({"kind": "cmd", "argv": ["a"], "rc": 0, "stdout_b64": "?"}), "tape.malformed"),
        (document({"kind": "stat", "path": "/a"}), "tape.malformed"),
        (document({"kind": "file", "path": "/a", "attempt": "ok"}), "tape.malformed"),
        (document({"kind": "file", "path": "/a", "b64": ""}, sha256="0" * 64), "tape.altered"),
    ],
)
def test_bad_tapes_are_refused_with_words(data: bytes, code: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_tape(data, "x.json")
    assert error.value.code == code
    for language in ("ja", "en"):
        words = Catalog(language)(f"error.{code}", **error.value.values)
        assert "{" not in words.replace("{}", "")
        assert "x.json" in words


def test_a_survey_plays_back_the_same_from_its_own_recording(tmp_path: Path) -> None:
    cron = tmp_path / "etc/cron.d"
    cron.mkdir(parents=True)
    (cron / "job").write_text(
        "0 3 * * * root RESTIC_PASSWORD=hunter2 restic -r sftp:u@nas:/r backup /nowhere\n", "utf-8"
    )
    recorder = RecordingHost(LocalHost(NOW, root=str(tmp_path), homes=(), elevated=True))
    seen = backup_survey.function(recorder)
    assert len(seen.jobs) == 1
    data, removed = recorder.tape("recorded-real", tool="test")
    path = tmp_path / "tape.json"
    path.write_bytes(data)
    played = TapeHost.load(path)
    assert played.provenance == "recorded-real"
    again = backup_survey.function(played)
    assert again == seen
    files = [base64.b64decode(entry.get("b64", "")) for entry in json.loads(data)["entries"]]
    assert any(b"restic -r" in text for text in files)
    assert not any(b"hunter2" in text for text in files)
    assert json.loads(data)["redactions"][0]["count"] == removed >= 1


def test_a_persons_whole_database_of_settings_stays_off_the_tape(tmp_path: Path) -> None:
    path = "/home/a/.config/dconf/user"
    (tmp_path / path.lstrip("/")).parent.mkdir(parents=True)
    (tmp_path / path.lstrip("/")).write_bytes(b"GVariant yuki@example.jp")
    recorder = RecordingHost(LocalHost(NOW, root=str(tmp_path), homes=(), elevated=True))
    assert recorder.read(path).startswith(b"GVariant")
    made, _ = recorder.tape("recorded-real", tool="test")
    assert json.loads(made)["entries"] == []
    with pytest.raises(AttemptError) as error:
        TapeHost(parse_tape(made, "t")).read(path)
    assert GAP in error.value.detail


def test_secrets_in_the_registry_and_in_rows_stay_off_the_tape() -> None:
    key = "HKLM\\SOFTWARE\\X"
    computer = FakeHost(
        platform="windows",
        values={
            f"{key}\\Repository": "sftp://yuki:geheim@nas/backup", f"{key}\\Days": 7,
            f"{key}\\Jobs": ("daily", "--password=geheim"),
        },
        answers={"jobs": ({"name": "a", "argument": "api_key=geheim", "count": 2},)},
        tables={"/db": ({"url": "https://geheim@example.jp/"},)},
    )  # fmt: skip
    recorder = RecordingHost(computer)
    for name in ("Repository", "Days", "Jobs"):
        recorder.registry(key, name)
    recorder.system("jobs")
    recorder.select("/db", "SELECT url FROM t")
    made, removed = recorder.tape("recorded-real", tool="test")
    assert b"geheim" not in made
    assert removed >= 4
    again = TapeHost(parse_tape(made, "t"))
    assert again.registry(key, "Repository") == "sftp://[removed]@nas/backup"
    assert again.registry(key, "Days") == 7
    assert again.registry(key, "Jobs") == ("daily", "--password=[removed]")
    assert again.system("jobs") == ({"name": "a", "argument": "api_key=[removed]", "count": 2},)


def test_the_checksum_covers_the_entries() -> None:
    entries = [{"kind": "file", "path": "/a", "b64": "", "size": 0}]
    assert parse_tape(document(*entries, sha256=digest(entries)), "x")["entries"] == entries


def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        TapeHost.load(tmp_path / "none.json")
    assert error.value.code == "tape.unreadable"
