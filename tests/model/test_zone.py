"""Zone files that are whole, cut off or damaged anywhere: a zone or nothing, in no time."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from posture_scan.model.zone import zone_of
from posture_scan.sdk import Attempt, Look
from tests.checks.computer import FakeHost

NOON = datetime(2026, 11, 22, 12, 0)  # noqa: DTZ001 -- the zone is what is tested
FOLDER = Path("/usr/share/zoneinfo")


@pytest.fixture
def tokyo() -> bytes:
    if not FOLDER.is_dir():
        pytest.skip("needs the system's time zones (Debian: tzdata)")
    return (FOLDER / "Asia/Tokyo").read_bytes()


def test_a_whole_file(tokyo: bytes) -> None:
    assert NOON.replace(tzinfo=zone_of(tokyo)).utcoffset() == timedelta(hours=9)


def test_a_file_cut_off_anywhere_is_no_zone(tokyo: bytes) -> None:
    assert [length for length in range(len(tokyo)) if zone_of(tokyo[:length])] == []


def test_a_file_damaged_anywhere_is_a_zone_or_none(tokyo: bytes) -> None:
    chance = random.Random(1)
    for _ in range(1500):
        data = bytearray(tokyo)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        zone = zone_of(bytes(data))
        assert zone is None or NOON.replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize("content", [b"", b"TZif2", Attempt.PERMISSION_DENIED])
def test_a_closed_or_damaged_zone_is_not_known_and_a_missing_one_is_utc(
    content: bytes | Attempt,
) -> None:
    look = Look(FakeHost({"/etc/localtime": content}))
    assert look.local_zone(hides="run") is None
    assert [item.what for item in look.not_read] == ["/etc/localtime"]
    look = Look(FakeHost())
    assert (look.local_zone(hides="run"), look.not_read) == (UTC, [])
