"""Several profiles in columns: right at 80 columns, also where a profile has no premium."""

from __future__ import annotations

from typing import Any

import pytest

from posture_scan.report.side_by_side import side_by_side
from posture_scan.report.wrap import width_of
from posture_scan.text.catalog import Catalog


def rating(name: str, **values: Any) -> dict[str, Any]:
    return {
        "profile": {"id": name}, "status": "ok", "score": "57.0", "coverage": "0.82",
        "discount": "0.3228", "premium": "65010", "currency": "JPY", "gates": [], **values,
    }  # fmt: skip


@pytest.mark.parametrize("language", ["ja", "en"])
def test_columns_line_up_and_a_profile_without_a_premium_has_hyphens(language: str) -> None:
    many = ["EXT-RDP", "EXT-VPN", "EXT-SVC", "VUL-KEV", "VUL-EOL", "IAM-MFA-REM", "BKP-JOB"]
    text = side_by_side(
        [
            rating("jp-sme"),
            rating("us-criteria", status="not_met", score=None, discount=None, premium=None),
            rating("an-insurer-with-a-long-name", status="gate", premium="120000", gates=many),
        ],
        Catalog(language), language,
    )  # fmt: skip
    lines = text.splitlines()
    assert max(map(width_of, lines)) <= 80
    (bare,) = [line.split() for line in lines if line.startswith("us-criteria")]
    assert bare[2:] == ["-", "82%", "-", "-", "-"]
    assert len({_end(line, sum_) for line in lines for sum_ in ("65,010", "120,000")} - {0}) == 1
    assert "BKP-JOB" in text


@pytest.mark.parametrize(
    ("missing", "said"), [(["EXT-RDP", "BKP-JOB"], "2 required"), ([], "too little")]
)
def test_what_is_not_known_holds_the_discount_too(missing: list[str], said: str) -> None:
    unknown = rating("a", status="insufficient", missing=missing)
    text = side_by_side([unknown, rating("b")], Catalog("en"), "en")
    assert said in text
    (sound,) = [line for line in text.splitlines() if line.startswith("b ")]
    assert sound.endswith(" -")


def _end(line: str, text: str) -> int:
    """Return the column in which a text ends; 0 where the line does not have it."""
    before, found, _ = line.partition(text)
    return width_of(before + found) if found else 0


def test_what_a_stranger_wrote_steers_no_terminal() -> None:
    text = side_by_side([rating("\x1b[31mred")], Catalog("en"), "en")
    assert "\x1b" not in text
