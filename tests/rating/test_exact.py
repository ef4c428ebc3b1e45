"""Rounding at one place, and numbers written plainly."""

from __future__ import annotations

from decimal import Decimal

import pytest

from posture_scan.rating.exact import plain, to_decimals, to_unit


@pytest.mark.parametrize(
    ("value", "unit", "mode", "expected"),
    [
        ("81264", 10, "half_up", "81260"), ("81265", 10, "half_up", "81270"),
        ("81264.999", 10, "half_up", "81260"), ("81269", 10, "down", "81260"),
        ("81261", 10, "up", "81270"), ("50", 100, "half_up", "100"), ("0", 10, "up", "0"),
    ],
)  # fmt: skip
def test_yen_are_rounded_to_the_unit(value: str, unit: int, mode: str, expected: str) -> None:
    assert to_unit(Decimal(value), Decimal(unit), mode) == Decimal(expected)


def test_factors_are_rounded_half_up() -> None:
    assert str(to_decimals(Decimal("0.69715"), 4)) == "0.6972"
    assert str(to_decimals(Decimal("0.697149999"), 4)) == "0.6971"
    assert str(to_decimals(Decimal(1), 4)) == "1.0000"


@pytest.mark.parametrize(
    ("value", "expected"), [("0.950", "0.95"), ("1E+2", "100"), ("120000", "120000"), ("0.0", "0")]
)
def test_numbers_are_written_plainly(value: str, expected: str) -> None:
    assert plain(Decimal(value)) == expected
