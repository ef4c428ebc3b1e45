"""Another program's SQLite file: read without a lock, within bounds, and never half."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from posture_scan.collect.host import LocalHost
from posture_scan.collect.recording import RecordingHost
from posture_scan.collect.tape import TapeHost, parse_tape
from posture_scan.sdk import Attempt, AttemptError

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ALL = "SELECT name, size FROM job ORDER BY size"


@pytest.fixture
def host(tmp_path: Path) -> LocalHost:
    connection = sqlite3.connect(tmp_path / "c.db")
    connection.executescript(
        "CREATE TABLE job (name TEXT, size INTEGER, data BLOB);"
        "INSERT INTO job VALUES ('書類', 7, x'00'), (NULL, 8, NULL);"
    )
    connection.close()
    return LocalHost(NOW, root=str(tmp_path), homes=())


def refused(host: LocalHost, statement: str, limit: int = 10) -> Attempt:
    with pytest.raises(AttemptError) as error:
        host.select("/c.db", statement, limit=limit)
    return error.value.attempt


def test_rows_of_numbers_and_texts(host: LocalHost) -> None:
    assert host.select("/c.db", ALL) == ({"name": "書類", "size": 7}, {"size": 8})
    assert host.select("/c.db", "SELECT data FROM job WHERE size = 7") == ({},)


def test_reading_leaves_nothing_behind_and_works_beside_a_lock(
    host: LocalHost, tmp_path: Path
) -> None:
    before = sorted(tmp_path.iterdir())
    owner = sqlite3.connect(tmp_path / "c.db", isolation_level=None)
    owner.execute("BEGIN EXCLUSIVE")
    assert len(host.select("/c.db", ALL)) == 2
    owner.close()
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM job", "CREATE TABLE x (y)", "PRAGMA journal_mode = wal",
        "ATTACH 'x.db' AS x", "SELECT * FROM nothing", "nonsense", "SELECT 1; SELECT 2",
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r",
    ],
)  # fmt: skip
def test_only_plain_questions_are_answered(host: LocalHost, statement: str) -> None:
    assert refused(host, statement) is Attempt.PROTOCOL_MISMATCH
    assert len(host.select("/c.db", ALL)) == 2


def test_more_rows_than_the_limit_are_an_error(host: LocalHost) -> None:
    assert refused(host, ALL, 1) is Attempt.LIMIT_REACHED


def test_an_endless_question_is_ended(host: LocalHost, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "c.db")
    connection.executemany("INSERT INTO job VALUES ('x', ?, NULL)", [(n,) for n in range(300)])
    connection.commit()
    connection.close()
    endless = "SELECT COUNT(*) AS n FROM job a, job b, job c, job d, job e"
    assert refused(host, endless) is Attempt.TIMEOUT


@pytest.mark.parametrize("tail", ["-journal", "-wal"])
def test_a_file_with_unfinished_changes_is_not_half_read(
    host: LocalHost, tmp_path: Path, tail: str
) -> None:
    (tmp_path / f"c.db{tail}").write_bytes(b"x")
    assert refused(host, ALL) is Attempt.TIMEOUT


def test_what_is_no_database_is_told_from_what_is_not_there(tmp_path: Path) -> None:
    host = LocalHost(NOW, root=str(tmp_path))
    (tmp_path / "c.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    assert refused(host, ALL) is Attempt.PROTOCOL_MISMATCH
    (tmp_path / "c.db").unlink()
    assert refused(host, ALL) is Attempt.TOOL_MISSING
    (tmp_path / "c.db").mkdir()
    assert refused(host, ALL) is Attempt.TOOL_MISSING


def test_heads_end_where_the_lines_end(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(b"Hostname a\nLocaldir /b\nsecret\n" + b"x" * 9000)
    host = LocalHost(NOW, root=str(tmp_path))
    assert host.head("/m", lines=2) == b"Hostname a\nLocaldir /b\n"
    (tmp_path / "m").write_bytes(b"short")
    assert host.head("/m", lines=2) == b"short"
    (tmp_path / "m").write_bytes(b"x" * 9000)
    with pytest.raises(AttemptError) as error:
        host.head("/m", lines=1)
    assert error.value.attempt is Attempt.LIMIT_REACHED


def test_a_recording_holds_the_answers_and_nothing_of_the_files(
    host: LocalHost, tmp_path: Path
) -> None:
    (tmp_path / "m").write_bytes(b"Hostname a\nLocaldir /b\nsecret\n")
    recorder = RecordingHost(host)
    rows, head = recorder.select("/c.db", ALL), recorder.head("/m", lines=2)
    with pytest.raises(AttemptError):
        recorder.select("/c.db", "SELECT nothing")
    tape, _ = recorder.tape("recorded-real", tool="test")
    assert b"c2VjcmV0" not in tape  # "secret"
    player = TapeHost(parse_tape(tape, "test"))
    assert player.select("/c.db", ALL) == rows
    assert player.head("/m", lines=2) == head
    with pytest.raises(AttemptError) as error:
        player.select("/c.db", ALL, limit=1)
    assert error.value.attempt is Attempt.LIMIT_REACHED
    with pytest.raises(AttemptError) as error:
        player.head("/m", lines=3)
    assert error.value.attempt is Attempt.TOOL_MISSING
