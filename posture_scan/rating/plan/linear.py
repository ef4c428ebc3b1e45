"""A linear program in floating point: the price of each of its rows where it costs least.

By the dual simplex method for variables between nothing and one. Every step keeps prices that
give a true bound, so the last ones are good for something wherever it stops.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Final

_STEPS: Final = 300
_NIL: Final = 1e-9
_BEYOND: Final = 2.0
"""The bound that prices are raised to where nothing can do; costs are in relation to a limit."""


def prices(
    costs: Sequence[float], rows: Sequence[Sequence[float]], needs: Sequence[float]
) -> list[float]:
    """Return the prices of the rows at the least cost: each row times x shall reach its need.

    Costs are not negative, and every x lies between 0 and 1.
    """
    table = _Table(costs, rows, needs)
    for _ in range(_STEPS):
        if not table.step():
            break
    return table.prices()


class _Table:
    """Some variables held by rows, the others (``outside``) at one of their ends.

    What a row holds is its ``value`` and, for each outside variable, a factor for how far that
    leaves its end. Variables from ``count`` on are what the rows have to spare.
    """

    def __init__(
        self, costs: Sequence[float], rows: Sequence[Sequence[float]], needs: Sequence[float]
    ) -> None:
        self.count = len(costs)
        self.costs = list(costs)
        self.rows = [list(row) for row in rows]
        self.values = [-need for need in needs]
        self.outside = list(range(self.count))
        self.held = list(range(self.count, self.count + len(rows)))
        self.high = [False] * self.count

    def step(self) -> bool:
        """Mend the row that is furthest out; tell whether there is more to do."""
        row, lack, up = self._worst()
        if lack <= _NIL:
            return False
        sign = 1.0 if up else -1.0
        line = self.rows[row]
        able = sorted(
            (abs(cost / factor), column)
            for column, (factor, cost, high) in enumerate(
                zip(line, self.costs, self.high, strict=True)
            )
            if (factor * sign < -_NIL if high else factor * sign > _NIL)
        )
        for _, column in able:
            reach = abs(line[column]) if self.outside[column] < self.count else inf
            if reach >= lack:
                self._exchange(row, column, 0.0 if up else 1.0)
                return True
            lack -= reach
            self._turn(column)
        self._raise(row, sign * _BEYOND / lack)
        return False

    def _worst(self) -> tuple[int, float, bool]:
        worst, at, up = 0.0, 0, True
        for row, value in enumerate(self.values):
            if -value > worst:
                worst, at, up = -value, row, True
            elif value - 1 > worst and self.held[row] < self.count:
                worst, at, up = value - 1, row, False
        return at, worst, up

    def _turn(self, column: int) -> None:
        """Move an outside variable to its other end."""
        move = -1.0 if self.high[column] else 1.0
        self.high[column] = not self.high[column]
        self.values = [
            value + move * line[column] for value, line in zip(self.values, self.rows, strict=True)
        ]

    def _exchange(self, row: int, column: int, end: float) -> None:
        """Let a row hold an outside variable; what it held goes to this end."""
        old = self.rows[row]
        pivot = old[column]
        new = [-factor / pivot for factor in old]
        new[column] = 1 / pivot
        move = (end - self.values[row]) / pivot
        for number, line in enumerate(self.rows):
            factor = line[column]
            if factor and number != row:
                line[column] = 0.0
                self.rows[number] = [x + factor * y for x, y in zip(line, new, strict=True)]
                self.values[number] += factor * move
        cost, self.costs[column] = self.costs[column], 0.0
        self.costs = [x + cost * y for x, y in zip(self.costs, new, strict=True)]
        self.rows[row] = new
        self.values[row] = move + (1.0 if self.high[column] else 0.0)
        self.outside[column], self.held[row] = self.held[row], self.outside[column]
        self.high[column] = end > 0

    def _raise(self, row: int, much: float) -> None:
        """Raise the price of a row that nothing can mend."""
        self.costs = [
            cost - much * factor for cost, factor in zip(self.costs, self.rows[row], strict=True)
        ]
        self.outside.append(self.held[row])
        self.costs.append(much)

    def prices(self) -> list[float]:
        """Return the price of each row: what it costs to have a little to spare."""
        found = [0.0] * len(self.rows)
        for variable, cost in zip(self.outside, self.costs, strict=True):
            if variable >= self.count:
                found[variable - self.count] = max(cost, 0.0)
        return found
