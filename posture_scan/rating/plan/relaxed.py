"""What each thing needed is worth at most: the prices of the problem with fixes made in part."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from posture_scan.rating.plan.linear import prices
from posture_scan.rating.plan.problem import Problem

SCALE: Final = 160
"""Binary places of a price, and of a bound made of prices."""
FINE: Final = 50
"""Binary places of a price before it is related to a unit."""

Row = dict[int, float]


@dataclass(frozen=True)
class Prices:
    """The price of each thing needed or limited; per group, of its raw gains. 2^160 is one."""

    key: int
    gain: int
    seen: int
    weight: int
    money: int
    raw: tuple[int, ...]
    raw_seen: tuple[int, ...]
    split: tuple[tuple[float, ...], ...]
    """How heavily each item counts for each shared task; all nothing where it makes no odds."""


def prices_of(problem: Problem, most: int) -> Prices:
    """Return the best prices for the cheapest set, where one of key ``most`` is known or sought."""
    return _Relaxed(problem, max(most, 1), 0).prices()


def prices_far(problem: Problem, most: int) -> Prices:
    """Return the best prices for the set that goes furthest among those up to key ``most``."""
    gain, seen, _ = problem.gains((1 << len(problem.items)) - 1)
    spare = problem.spare(gain, seen)
    furthest = problem.beyond(spare)
    short = min(spare, max(furthest.needs.gain, furthest.needs.seen))
    found = _Relaxed(furthest, max(most, 1), short).prices()
    if found.gain or found.seen:
        return found
    return prices_of(furthest, most)  # nothing is missed: the limits bind only what it costs


class _Relaxed:
    """A linear program in relative floats: a column for each item, shared task and hull edge.

    Either the key is to be least, or, with a ``short`` that the target may be missed by, that.
    """

    def __init__(self, problem: Problem, most: int, short: int) -> None:
        self.problem, self.most, self.short = problem, most, short
        needs = problem.needs
        self.units = [max(unit, 0) for unit in (needs.gain, needs.seen, needs.weight)]
        self.budget = max(problem.most_money or 0, 1)
        own = [problem.key(item.hours, item.money, 1) for item in problem.items]
        shared = [problem.key(hours, money, 0) for hours, money in problem.shared]
        self.costs = [key / most for key in (*own, *shared)]
        self.rows: dict[tuple[str | int, ...], tuple[Row, float]] = {}
        self.missed: list[int] = []
        if short:
            self.rows[("key",)] = {n: -cost for n, cost in enumerate(self.costs)}, -1.0
            self.missed = [len(self.costs)]
            self.costs = [0.0] * len(self.costs) + [1.0]
        self._gains(0, [item.gain for item in problem.items])
        self._gains(1, [item.seen for item in problem.items])
        self._weight_and_money()
        self._tasks()

    def _gains(self, part: int, raw: list[int]) -> None:
        """Add a gain that is needed; a group whose curve bends passes on what its hull leaves."""
        unit = self.units[part]
        if not unit:
            return
        row = dict.fromkeys(self.missed, self.short / unit)
        for group, curves in enumerate(self.problem.curves):
            own = {
                number: raw[number] / unit
                for number, item in enumerate(self.problem.items)
                if item.group == group
            }
            if self.problem.straight[group][part]:
                row |= own
                continue
            for width, rise in _hull(curves[part].corners):
                own[len(self.costs)], row[len(self.costs)] = -width / unit, rise / unit
                self.costs.append(0.0)
            self.rows["raw", part, group] = own, 0.0
        self.rows["gain", part] = row, 1.0

    def _weight_and_money(self) -> None:
        problem, weight = self.problem, self.units[2]
        if weight:
            weights = (item.weight / weight for item in problem.items)
            self.rows[("weight",)] = dict(enumerate(weights)), 1.0
        if problem.most_money is not None:
            money = [item.money for item in problem.items] + [part for _, part in problem.shared]
            self.rows[("money",)] = (
                {n: -part / self.budget for n, part in enumerate(money)},
                (-problem.most_money / self.budget),
            )

    def _tasks(self) -> None:
        """A shared task is done at least as far as each item that needs it."""
        first = len(self.problem.items)
        for task in range(len(self.problem.shared)):
            for number, item in enumerate(self.problem.items):
                if item.shared >> task & 1:
                    self.rows["task", task, number] = {first + task: 1.0, number: -1.0}, 0.0

    def prices(self) -> Prices:
        """Solve it, and return what its rows are worth as whole numbers."""
        columns = range(len(self.costs))
        rows = [[row.get(column, 0.0) for column in columns] for row, _ in self.rows.values()]
        found = prices(self.costs, rows, [need for _, need in self.rows.values()])
        worth = dict(zip(self.rows, found, strict=True))

        def price(unit: int, *name: str | int) -> int:
            fine = int(worth.get(name, 0.0) * (1 << FINE))
            return (fine * self.most << (SCALE - FINE)) // max(unit, 1)

        def raw(part: int) -> tuple[int, ...]:
            return tuple(
                price(self.units[part], *(("gain", part) if both[part] else ("raw", part, group)))
                for group, both in enumerate(self.problem.straight)
            )

        items, tasks = range(len(self.problem.items)), range(len(self.problem.shared))
        return Prices(
            price(self.most, "key") if self.short else 1 << SCALE,
            price(self.units[0], "gain", 0),
            price(self.units[1], "gain", 1),
            price(self.units[2], "weight"),
            price(self.budget, "money"),
            raw(0),
            raw(1),
            tuple(tuple(worth.get(("task", task, n), 0.0) for n in items) for task in tasks),
        )


def _hull(corners: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """Return width and rise of each edge of the hull above these corners, from the left."""
    hull: list[tuple[int, int]] = []
    for corner in corners:
        while len(hull) > 1 and _sags(hull[-2], hull[-1], corner):
            hull.pop()
        hull.append(corner)
    return [(right - left, top - low) for (left, low), (right, top) in pairwise(hull)]


def _sags(first: tuple[int, int], middle: tuple[int, int], last: tuple[int, int]) -> bool:
    width, rise = last[0] - first[0], last[1] - first[1]
    return (middle[1] - first[1]) * width <= rise * (middle[0] - first[0])
