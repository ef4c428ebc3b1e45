"""Files handed in: one reader understands them, their age is honest, nothing of them leaks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from posture_scan.engine.documents import (
    DATED_BY_FILE,
    DATED_BY_PERSON,
    HandedIn,
    read_document,
)
from posture_scan.engine.judge import judge
from posture_scan.engine.pack_set import PackSet
from posture_scan.engine.packs import load_packs
from posture_scan.errors import InternalError, UsageError
from posture_scan.model.codec import encode
from posture_scan.model.evidence import Asset, Attempt, Evidence, Vantage
from posture_scan.model.finding import Status
from posture_scan.sdk import Method
from tests.engine.door_pack import WORDS

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)

COLLECT = """
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from posture_scan.sdk import Attempt, AttemptError, Document, Facts, Method, collector

@dataclass(frozen=True)
class Diary(Facts):
    method: ClassVar[Method] = Method.DEVICE_EXPORT
    open: bool
    stated_at: datetime | None = None

def wanted(content: bytes, word: bytes) -> Diary:
    if not content.startswith(word):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH)
    day = content.split()[1:2]
    at = datetime.fromisoformat(day[0].decode()).replace(tzinfo=UTC) if day else None
    return Diary(b"open" in content, at)

@collector(on=Document("diary"))
def diary(content: bytes) -> Diary:
    return wanted(content, b"diary")

@collector(on=Document("diary"))
def dear_diary(content: bytes) -> Diary:
    if content.startswith(b"locked"):
        raise AttemptError(Attempt.PERMISSION_DENIED)
    return wanted(content, b"diary-dear")

@collector(on=Document("diary"))
def clumsy(content: bytes) -> Diary:
    if content.startswith(b"crash"):
        raise ValueError(content)
    raise AttemptError(Attempt.PROTOCOL_MISMATCH)
"""

SUBJECT = """
from posture_scan.sdk import Verdict, check, fail, ok
from .collect import Diary

@check(needs=Diary)
def open(seen: Diary) -> Verdict:
    return fail("is_open") if seen.open else ok("is_shut")
"""


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> PackSet:
    folder: Path = tmp_path_factory.mktemp("packs") / "desk"
    folder.mkdir()
    (folder / "collect.py").write_text(COLLECT, "utf-8")
    (folder / "drawer.py").write_text(SUBJECT, "utf-8")
    (folder / "drawer.toml").write_text(WORDS.format(name="open"), "utf-8")
    return load_packs([folder])


def read(packs: PackSet, content: bytes, dated: datetime | None = None) -> Evidence:
    handed = HandedIn("diary", "192.0.2.1", "diary.txt", content, dated)
    return read_document(packs, handed, now=NOW)


def refused(packs: PackSet, content: bytes, dated: datetime | None = NOW - DAY) -> UsageError:
    with pytest.raises(UsageError) as raised:
        read(packs, content, dated)
    return raised.value


def test_the_one_that_understands_it_brings_the_record(packs: PackSet) -> None:
    record = read(packs, b"diary 2026-11-20 open")
    assert record.kind == "desk.Diary"
    assert record.collector == "desk.diary"
    assert (record.asset, record.address, record.port) == ("192.0.2.1", "192.0.2.1", 0)
    assert record.attempt is Attempt.OK
    assert record.method is Method.DEVICE_EXPORT
    assert record.vantage is Vantage.HOST
    assert record.id.startswith("ev-")


def test_its_check_is_judged_for_that_device_only(packs: PackSet) -> None:
    record = read(packs, b"diary 2026-11-20 open")
    assets = [Asset(name, "address", name) for name in ("192.0.2.1", "192.0.2.2")]
    found = [f for f in judge(packs, [record], assets, now=NOW) if f.check == "drawer.open"]
    assert [(f.asset, f.status) for f in found] == [("192.0.2.1", Status.FAIL)]
    assert found[0].confidence == 80
    assert found[0].observed_at == datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "dated", "at", "by"),
    [
        (b"diary 2026-11-20", None, datetime(2026, 11, 20, tzinfo=UTC), DATED_BY_FILE),
        (b"diary 2026-11-20", NOW, datetime(2026, 11, 20, tzinfo=UTC), DATED_BY_FILE),
        (b"diary 2026-11-20", NOW - 9 * DAY, NOW - 9 * DAY, DATED_BY_PERSON),
        (b"diary", NOW - DAY, NOW - DAY, DATED_BY_PERSON),
        (b"diary", NOW + DAY / 2, NOW, DATED_BY_PERSON),
        # Ahead by a little: two clocks. Ahead by more: a wrong clock, which proves nothing.
        (b"diary 2026-11-22T20:00", None, NOW, DATED_BY_FILE),
        (b"diary 2027-11-22", NOW - DAY, NOW - DAY, DATED_BY_PERSON),
    ],
)
def test_no_file_counts_as_younger_than_is_known(
    packs: PackSet, content: bytes, dated: datetime | None, at: datetime, by: str
) -> None:
    record = read(packs, content, dated)
    assert (record.observed_at, record.detail) == (at, by)


def test_a_file_that_nobody_dates_is_refused(packs: PackSet) -> None:
    assert refused(packs, b"diary", None).code == "document.undated"
    assert refused(packs, b"diary 2027-11-22", None).code == "document.undated"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"novel", "document.not_understood"),
        (b"", "document.binary"),
        (b" \r\n", "document.binary"),
        (b"\x1f\x8b\x08 diary", "document.binary"),
        (b"PK\x03\x04 diary", "document.binary"),
        (b"diary \0", "document.binary"),
        (b"locked diary", "document.encrypted"),
        (b"diary-dear", "document.ambiguous"),
    ],
)
def test_what_is_refused_says_why(packs: PackSet, content: bytes, code: str) -> None:
    assert refused(packs, content).code == code


def test_a_reader_that_fails_is_named_and_its_words_are_not_repeated(packs: PackSet) -> None:
    with pytest.raises(InternalError) as raised:
        read(packs, b"crash password=hunter2", NOW)
    assert raised.value.code == "document.reader_failed"
    assert raised.value.values["reader"] == "desk.clumsy"
    assert "hunter2" not in str(raised.value)


def test_the_record_holds_nothing_of_the_file_but_its_facts(packs: PackSet) -> None:
    record = read(packs, b"diary 2026-11-20 password=hunter2")
    assert "hunter2" not in str(encode(record))
