"""The exact cheapest set of fixes: good sets first, then the certainty that none is cheaper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import Final

from posture_scan.rating.plan.bound import Bound
from posture_scan.rating.plan.problem import Problem
from posture_scan.rating.plan.relaxed import SCALE
from posture_scan.rating.plan.search import Search

_BEAMS: Final = (60, 400, None)
"""States kept in a front, one search after the other. A narrow one finds a good set soon; where
it dropped no state that was promising, or has no limit, what it found is the cheapest."""


class Wish(Enum):
    """Which set is sought."""

    CHEAPEST = "the cheapest, for certain"
    ANY = "some set within the limits; that there is none is certain"
    ROUGH = "some set within the limits, where a short search finds one"
    MOST = "the one within the limits that goes furthest beyond the target, for certain"


def cheapest(problem: Problem, wish: Wish = Wish.CHEAPEST) -> int | None:
    """Return the set sought as a bit mask over the items, or None where none will do."""
    everything = (1 << len(problem.items)) - 1
    if not problem.enough(everything):
        return None
    if wish is not Wish.MOST and problem.enough(0):
        return 0
    most = problem.key_of(everything)
    most = most if problem.dearest is None else min(most, problem.dearest)
    limit = most if wish is Wish.MOST else _cheaper(problem, _by_rate(problem), most)
    bound = Bound(problem, limit)
    if wish is Wish.MOST:
        return Search(problem, bound, most, None).furthest()
    limit = _cheaper(problem, _by_bound(bound), limit)
    best = None
    for beam in _BEAMS:
        search = Search(problem, bound, limit, beam)
        best = search.best()
        if search.whole or wish is Wish.ROUGH or (wish is Wish.ANY and best is not None):
            break
        limit = limit if best is None else problem.key_of(best)
    return best


def _cheaper(problem: Problem, orders: Iterable[Sequence[int]], limit: int) -> int:
    """Return the key of the best set that dropping fixes in these orders leaves, or the limit."""
    for order in orders:
        chosen = (1 << len(problem.items)) - 1
        for number in order:
            without = chosen & ~(1 << number)
            if problem.enough(without):
                chosen = without
        within = problem.most_money is None or problem.cost(chosen)[1] <= problem.most_money
        if within:
            limit = min(limit, problem.key_of(chosen))
    return limit


def _by_rate(problem: Problem) -> Iterator[Sequence[int]]:
    """Yield orders in which to drop fixes: the dearest for what they gain, the dearest."""
    keys = [problem.key_of(1 << number) for number in range(len(problem.items))]
    gains = [max(item.gain, 1) for item in problem.items]
    yield sorted(range(len(keys)), key=lambda n: -(keys[n] << SCALE) // gains[n])
    yield sorted(range(len(keys)), key=lambda n: -keys[n])


def _by_bound(bound: Bound) -> Iterator[Sequence[int]]:
    """Yield orders in which to drop fixes: those that cost more than the prices allow."""
    count = range(len(bound.costs))
    worth = [max(cost - less, 1) for cost, less in zip(bound.costs, bound.reduced, strict=True)]
    yield sorted(count, key=lambda n: -bound.reduced[n])
    yield sorted(count, key=lambda n: -(bound.costs[n] << SCALE) // worth[n])
