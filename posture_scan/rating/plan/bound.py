"""How cheap a set can be at best: a bound that lets the search pass over most sets.

The bound is that of Lagrange: a price is put on each thing needed, and what a set lacks is
charged at that price. Any prices give a true bound, so they may be sought in floating point; the
bound itself is worked out in whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from posture_scan.rating.plan.group import BLUR
from posture_scan.rating.plan.problem import Problem

SCALE: Final = 160
"""Binary places of a bound."""
_FINE: Final = 50
"""Binary places of a multiplier, of those."""
_SPLITS: Final = 3
_ROUNDS: Final = 400
_PATIENCE: Final = 12
"""Rounds without a better bound, after which steps are halved."""
_MEMORY: Final = 0.7
"""How much of its last course the ascent keeps: without it, it zigzags along an edge."""
_GAIN: Final = 1e-5


@dataclass(frozen=True)
class Prices:
    """The price of each thing needed, in key units of 2^-160; per group, of its raw gains."""

    gain: int
    seen: int
    weight: int
    money: int
    raw: tuple[int, ...]
    raw_seen: tuple[int, ...]


def best_bound(problem: Problem, most: int) -> Bound:
    """Return the highest bound found, where a set of key ``most`` is known or sought.

    How the tasks that items share are split among them decides how high it is: more of a task to
    those that are worth more.
    """
    best = bound = Bound(problem, most, _evenly(problem))
    for _ in range(_SPLITS if problem.shared else 0):
        bound = Bound(problem, most, bound.worth())
        best = max(best, bound, key=Bound.lowest)
    return best


class Bound:
    """The bound of one problem: prices, and what follows from them for each item and group."""

    def __init__(self, problem: Problem, most: int, split: Sequence[Sequence[float]]) -> None:
        """Seek the best prices where item n bears ``split[t][n]`` of shared task t."""
        self.problem = problem
        self.shares = _shares(problem, split)
        self.prices = _Ascent(problem, self.shares, most).prices()
        prices = self.prices
        self.costs = tuple((key << SCALE) + prices.money * money for key, money in self.shares)
        """Each item's own cost and its part of what it shares, in bound units."""
        self.reduced = tuple(
            cost
            - prices.raw[item.group] * item.gain
            - prices.raw_seen[item.group] * item.seen
            - prices.weight * item.weight
            for item, cost in zip(problem.items, self.costs, strict=True)
        )
        self.slack = tuple(
            _most(curve.corners, prices.gain, prices.raw[number])
            + _most(seen.corners, prices.seen, prices.raw_seen[number])
            for number, (curve, seen) in enumerate(problem.curves)
        )
        needs = problem.needs
        self.constant = prices.gain * (needs.gain - BLUR) + prices.seen * (needs.seen - BLUR)
        self.constant += prices.weight * needs.weight
        if problem.most_money is not None:
            self.constant -= prices.money * problem.most_money

    def worth(self) -> list[list[float]]:
        """Return what each item gives beyond its own cost, task by task: how to split anew."""
        unit = max(self.problem.dearest or 0, self.problem.key_of((1 << len(self.costs)) - 1), 1)
        found = [[0.0] * len(self.costs) for _ in self.problem.shared]
        for number, item in enumerate(self.problem.items):
            own = self.problem.key(item.hours, item.money, 1) << SCALE
            given = self.costs[number] - self.reduced[number] - own
            surplus = max(given - self.prices.money * item.money, 0)
            for task in range(len(self.problem.shared)):
                if item.shared >> task & 1:
                    part = (surplus >> (SCALE - _FINE)) / (unit << _FINE)
                    found[task][number] = part / item.shared.bit_count() + 1e-6
        return found

    def lowest(self) -> int:
        """Return a key below which no set that reaches the target lies."""
        total = self.constant - sum(self.slack) + sum(min(0, cost) for cost in self.reduced)
        return max(0, -(-total >> SCALE))


def _most(corners: tuple[tuple[int, int], ...], gain: int, raw: int) -> int:
    return max(gain * y - raw * x for x, y in corners)


def _evenly(problem: Problem) -> list[list[float]]:
    return [
        [float(item.shared >> task & 1) for item in problem.items]
        for task in range(len(problem.shared))
    ]


def _shares(problem: Problem, split: Sequence[Sequence[float]]) -> tuple[tuple[int, int], ...]:
    """Return each item's key and money with its part of what it shares; parts are rounded down."""
    keys = [problem.key(item.hours, item.money, 1) for item in problem.items]
    money = [item.money for item in problem.items]
    for (hours, dearer), parts in zip(problem.shared, split, strict=True):
        total = sum(parts)
        for number, part in enumerate(parts):
            fine = int(part / total * (1 - 1e-9) * (1 << _FINE)) if total else 0
            keys[number] += problem.key(hours, dearer, 0) * fine >> _FINE
            money[number] += dearer * fine >> _FINE
    return tuple(zip(keys, money, strict=True))


class _Ascent:
    """Climb towards the best prices by steps along the subgradient, in relative floats."""

    def __init__(self, problem: Problem, shares: tuple[tuple[int, int], ...], most: int) -> None:
        self.problem = problem
        self.most = max(most, 1)
        needs = problem.needs
        self.units = [max(needs.gain, 0), max(needs.seen, 0), max(needs.weight, 0)]
        self.budget = problem.most_money or 0
        self.cost = [key / self.most for key, _ in shares]
        self.money = [money / self.budget if self.budget else 0.0 for _, money in shares]
        gain, seen, weight = (max(unit, 1) for unit in self.units)
        on = [1.0 if unit else 0.0 for unit in self.units]
        self.gains = [
            (on[0] * item.gain / gain, on[1] * item.seen / seen, on[2] * item.weight / weight)
            for item in problem.items
        ]
        self.corners = [
            (
                [(x / gain, y / gain) for x, y in curve.corners],
                [(x / seen, y / seen) for x, y in other.corners],
            )
            for curve, other in problem.curves
        ]
        self.on = on

    def prices(self) -> Prices:
        """Return the best prices found, as whole numbers."""
        best, place = -1.0, self._start()
        point, course = place, [0.0] * len(place)
        pace, since = 1.0, 0
        for _ in range(_ROUNDS):
            value, slope = self._at(place)
            since += 1
            if value > best:
                since = 0 if value > best + _GAIN else since
                best, point = value, place
            if since > _PATIENCE:
                pace, since, place, course = pace / 2, 0, point, [0.0] * len(place)
            else:
                course = [new + _MEMORY * old for new, old in zip(slope, course, strict=True)]
                length = sum(step * step for step in course)
                step = pace * max(1.0 - value, 0.01) / length if length else 0.0
                place = self._inside([x + step * s for x, s in zip(place, course, strict=True)])
        return self._whole(point)

    def _start(self) -> list[float]:
        """Price each thing needed by what the dearest of the best items take for it."""
        first = 0 if self.units[0] else (1 if self.units[1] else 2)
        rates = sorted(
            (cost / gains[first], gains[first])
            for cost, gains in zip(self.cost, self.gains, strict=True)
            if gains[first] > 0
        )
        filled, dearest = 0.0, 0.0
        for rate, gain in rates:
            if filled < 1:
                filled, dearest = filled + gain, rate
        heads = [0.0] * 4
        heads[first] = dearest
        count = len(self.problem.curves)
        return heads + [heads[0]] * count + [heads[1]] * count

    def _inside(self, place: list[float]) -> list[float]:
        """Keep a group's raw price at or below that of the whole, equal where it is straight."""
        count = len(self.problem.curves)
        place = [max(0.0, x) for x in place]
        for part in (0, 1):
            if not self.on[part]:
                place[part] = 0.0
            for group in range(count):
                at = 4 + part * count + group
                straight = self.problem.straight[group][part]
                place[at] = place[part] if straight else min(place[at], place[part])
        if not self.on[2]:
            place[2] = 0.0
        if not self.budget:
            place[3] = 0.0
        return place

    def _at(self, place: list[float]) -> tuple[float, list[float]]:
        """Return the bound at these prices, as a share of ``most``, and its slope."""
        count = len(self.problem.curves)
        slope = [*self.on, -1.0, *[0.0] * (2 * count)]
        value = place[0] * slope[0] + place[1] * slope[1] + place[2] * slope[2] - place[3]
        if not self.budget:
            slope[3] = 0.0
        for group in range(count):
            for part in (0, 1):
                if self.problem.straight[group][part]:
                    continue
                at = 4 + part * count + group
                price, raw = place[part], place[at]
                top, x, y = max((price * y - raw * x, x, y) for x, y in self.corners[group][part])
                value -= top
                slope[part] -= y
                slope[at] += x
        for item, gains, cost, money in zip(
            self.problem.items, self.gains, self.cost, self.money, strict=True
        ):
            group, straight = item.group, self.problem.straight[item.group]
            reduced = cost + place[3] * money - place[2] * gains[2]
            reduced -= place[4 + group] * gains[0] + place[4 + count + group] * gains[1]
            if reduced < 0:
                value += reduced
                slope[0 if straight[0] else 4 + group] -= gains[0]
                slope[1 if straight[1] else 4 + count + group] -= gains[1]
                slope[2] -= gains[2]
                slope[3] += money
        return value, slope

    def _whole(self, place: list[float]) -> Prices:
        count = len(self.problem.curves)

        def whole(relative: float, unit: int) -> int:
            fine = int(relative * (1 << _FINE))
            return (fine * self.most << (SCALE - _FINE)) // max(unit, 1)

        gain, seen, weight = self.units
        return Prices(
            whole(place[0], gain),
            whole(place[1], seen),
            whole(place[2], weight),
            whole(place[3], self.budget),
            tuple(whole(x, gain) for x in place[4 : 4 + count]),
            tuple(whole(x, seen) for x in place[4 + count :]),
        )
