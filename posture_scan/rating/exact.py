"""Exact decimal arithmetic: one context, wide enough that no product is ever cut short.

A product of two hundred credits of six decimals each needs 1,200 digits; with fewer, the last
digit would depend on the order of multiplication, and the same evidence could give two prices.
"""

from __future__ import annotations

from decimal import (
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Final

CONTEXT: Final = Context(
    prec=4000, rounding=ROUND_HALF_EVEN, traps=[DivisionByZero, InvalidOperation, Overflow]
)
"""Used through ``decimal.localcontext(CONTEXT)``, so a caller's own context never matters."""

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)
_MODES: Final = {"half_up": ROUND_HALF_UP, "down": ROUND_DOWN, "up": ROUND_UP}


def to_decimals(value: Decimal, decimals: int) -> Decimal:
    """Round half up to a number of decimals."""
    return value.quantize(ONE.scaleb(-decimals), rounding=ROUND_HALF_UP)


def to_unit(value: Decimal, unit: Decimal, mode: str) -> Decimal:
    """Round money to a unit such as ten yen or a cent, by ``half_up``, ``down`` or ``up``."""
    return (value / unit).quantize(ONE, rounding=_MODES[mode]) * unit


def plain(value: Decimal) -> str:
    """Write a number without exponent and without needless zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
