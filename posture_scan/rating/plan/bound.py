"""How cheap a set can be at best: a bound that lets the search pass over most sets.

The bound is that of Lagrange: a price is put on each thing needed, and what a set lacks is
charged at that price. Any prices give a true bound, so they may be sought in floating point; the
bound itself is worked out in whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

from posture_scan.rating.plan.group import BLUR
from posture_scan.rating.plan.problem import Problem
from posture_scan.rating.plan.relaxed import FINE, Prices


class Bound:
    """The bound of one problem at some prices: what follows for each item and group."""

    def __init__(self, problem: Problem, prices: Prices) -> None:
        self.prices = prices
        self.costs = tuple(
            prices.key * key + prices.money * money for key, money in _shares(problem, prices.split)
        )
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
        self.constant = prices.gain * max(0, needs.gain - BLUR)
        self.constant += prices.seen * max(0, needs.seen - BLUR)
        self.constant += prices.weight * max(0, needs.weight)
        if problem.most_money is not None:
            self.constant -= prices.money * problem.most_money


def _most(corners: tuple[tuple[int, int], ...], gain: int, raw: int) -> int:
    return max(gain * y - raw * x for x, y in corners)


def _shares(problem: Problem, split: Sequence[Sequence[float]]) -> tuple[tuple[int, int], ...]:
    """Return each item's key and money with its part of what it shares; parts are rounded down."""
    keys = [problem.key(item.hours, item.money, 1) for item in problem.items]
    money = [item.money for item in problem.items]
    for task, ((hours, dearer), found) in enumerate(zip(problem.shared, split, strict=True)):
        parts = found if any(found) else [item.shared >> task & 1 for item in problem.items]
        total = sum(parts)
        for number, part in enumerate(parts):
            fine = int(part / total * (1 - 1e-9) * (1 << FINE)) if total else 0
            keys[number] += problem.key(hours, dearer, 0) * fine >> FINE
            money[number] += dearer * fine >> FINE
    return tuple(zip(keys, money, strict=True))
