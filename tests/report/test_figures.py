from __future__ import annotations

from decimal import Decimal

import pytest

from posture_scan.report.figures import figures, moment, money, percent, plain


@pytest.mark.parametrize(
    ("amount", "currency", "language", "shown"),
    [
        ("65010", "JPY", "ja", "65,010円"),
        ("65010", "JPY", "en", "65,010 yen"),
        ("0", "JPY", "ja", "0円"),
        ("-120", "JPY", "ja", "-120円"),
        ("4796.55", "USD", "en", "$4,796.55"),
        ("4796.5", "USD", "ja", "4,796.50ドル"),
        ("12", "EUR", "en", "12.00 EUR"),
    ],
)
def test_money(amount: str, currency: str, language: str, shown: str) -> None:
    assert money(Decimal(amount), currency, language) == shown


@pytest.mark.parametrize(
    ("share", "shown"), [("0.3228", "32.28%"), ("0.82", "82%"), ("0", "0%"), ("1", "100%")]
)
def test_percent(share: str, shown: str) -> None:
    assert percent(Decimal(share)) == shown


def test_plain_numbers() -> None:
    assert [plain(Decimal(n)) for n in ("1.50", "2.0", "10", "0.5")] == ["1.5", "2", "10", "0.5"]


def test_moments_are_shown_in_japan() -> None:
    assert moment("2026-11-20T16:30:00.000000Z") == "2026-11-21 01:30"
    assert moment("2026-13-45T00:00:00Z") == "2026-13-45T00:00:00Z"
    assert moment("9999-12-31T23:00:00Z") == "9999-12-31T23:00:00Z"


def test_figures_group_digits_and_leave_other_text_alone() -> None:
    assert figures("500000000") == "500,000,000"
    assert figures("1234.50") == "1,234.50"
    assert figures("unknown") == "unknown"
