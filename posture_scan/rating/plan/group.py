"""What a group of criteria adds to the factor, as the search for the cheapest set sees it.

Factors are multiplied, so gains are added as logarithms: whole numbers in units of 2^-128. The
gains of a group's criteria are added as raw gains, and the group's curve turns their sum into
what the group takes off the logarithm of the factor. Two kinds of profile, two curves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import cache
from typing import Final, Protocol

ONE_LOG: Final = 1 << 128
"""A logarithm of one, in the units of this room."""
BLUR: Final = 1 << 12
"""Sums of logarithms nearer than this (10^-35) are decided by the price itself."""
_DIGITS: Final = Context(prec=60)


class Curve(Protocol):
    """From the sum of the raw gains of a group's criteria to the gain of the group."""

    def gain(self, raw: int) -> int:
        """Return the group's gain; never falls, and zero where nothing is gained."""
        ...

    @property
    def corners(self) -> tuple[tuple[int, int], ...]:
        """Raw sums and gains whose convex hull, extended to the right, lies above the curve."""
        ...


@dataclass(frozen=True)
class Floor:
    """Kind ``discount``: the product of the credits, which stops at the group's floor."""

    most: int

    def gain(self, raw: int) -> int:
        """Return the raw gain, up to the floor."""
        return min(raw, self.most)

    @property
    def corners(self) -> tuple[tuple[int, int], ...]:
        """Nothing, and the floor."""
        return (0, 0), (self.most, self.most)


@dataclass(frozen=True)
class Levels:
    """Kind ``schedule``: the group's factor is that of the level which its score reaches."""

    steps: tuple[tuple[int, int], ...]
    """Raw score gain from which a step holds, and its gain; both rising."""

    def gain(self, raw: int) -> int:
        """Return the gain of the highest level reached."""
        return max((gain for least, gain in self.steps if raw >= least), default=0)

    @property
    def corners(self) -> tuple[tuple[int, int], ...]:
        """Nothing, and the foot of every step."""
        return (0, 0), *self.steps


@cache
def log(factor: Decimal) -> int:
    """Return the natural logarithm of a positive number, rounded to a unit.

    The caller's decimal context plays no part: what is remembered must be right for everybody.
    """
    units = _DIGITS.multiply(factor.ln(_DIGITS), Decimal(ONE_LOG))
    return int(units.to_integral_value(context=_DIGITS))


def levels(steps: Sequence[tuple[Decimal, Decimal]], score: Decimal, today: Decimal) -> Levels:
    """Return the curve of a level-of-score group.

    ``steps`` are scores from which a factor holds (scores in whole raw units), ``score`` is the
    group's score now and ``today`` its factor now; levels that are no better are left out.
    """
    better = sorted((least - score, log(today) - log(factor)) for least, factor in steps)
    return Levels(tuple((int(least), gain) for least, gain in better if gain > 0 < least))
