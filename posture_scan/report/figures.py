"""Money, shares, scores and times as people read them; exact, without locale settings."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Final

JAPAN: Final = timezone(timedelta(hours=9), "JST")
"""Readers are in Japan, which has had no summer time since 1951."""

_MONEY: Final = {
    ("JPY", "ja"): "{}円",
    ("JPY", "en"): "{} yen",
    ("USD", "ja"): "{}ドル",
    ("USD", "en"): "${}",
}


def money(amount: Decimal, currency: str, language: str) -> str:
    """Return an amount with thousands separated and the currency the reader's way."""
    places = 0 if currency == "JPY" and amount == amount.to_integral_value() else 2
    form = _MONEY.get((currency, language), "{} " + currency)
    return form.format(f"{amount:,.{places}f}")


def percent(share: Decimal) -> str:
    """Return a share of 1 as percent with as many places as it needs, at most two."""
    text = f"{share * 100:.2f}".rstrip("0").rstrip(".")
    return f"{text}%"


def plain(number: Decimal) -> str:
    """Return a number without needless zeros: ``1.50`` as ``1.5``, ``2.0`` as ``2``."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def figures(amount: str) -> str:
    """Return decimal text with thousands separated; what is no number stays as it stands."""
    try:
        return f"{Decimal(amount):,f}"
    except InvalidOperation:
        return amount


def moment(timestamp: str) -> str:
    """Return a UTC timestamp as date and time in Japan, to the minute.

    A timestamp that is no moment (month 13) is returned as it stands.
    """
    try:
        there = datetime.fromisoformat(timestamp).astimezone(JAPAN)
    except (ValueError, OverflowError):
        return timestamp
    return f"{there:%Y-%m-%d %H:%M}"
