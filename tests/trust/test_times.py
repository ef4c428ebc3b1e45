from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from posture_scan.errors import AnswerIsNoError
from posture_scan.trust.times import from_text, to_text


def test_a_moment_is_written_in_utc_to_the_second() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert to_text(datetime(2026, 11, 22, 18, 0, 0, 999, tokyo)) == "2026-11-22T09:00:00Z"
    with pytest.raises(ValueError, match="zone"):
        to_text(datetime(2026, 11, 22))  # noqa: DTZ001


def test_a_moment_is_read_back_with_or_without_fractions() -> None:
    whole = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    assert from_text("2026-11-22T09:00:00Z", "x") == whole
    assert from_text("2026-11-22T09:00:00.000001Z", "x") == whole + timedelta(microseconds=1)


@pytest.mark.parametrize(
    "text",
    ["", "Z", "2026-11-22", "2026-11-22T09:00:00", "2026-11-22T09:00:00+09:00", "2026-13-01T00:00Z",
     "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z", "2026-11-22T09:00:00+00:00Z", None, 7],
)  # fmt: skip
def test_anything_else_is_refused_by_name(text: object) -> None:
    with pytest.raises(AnswerIsNoError) as caught:
        from_text(text, "report.started_at")
    assert (caught.value.code, caught.value.values["member"]) == ("E-TYP-005", "report.started_at")
