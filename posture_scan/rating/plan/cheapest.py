"""The exact cheapest set of fixes: good sets first, then the certainty that none is cheaper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from posture_scan.rating.plan.bound import Bound
from posture_scan.rating.plan.problem import Problem
from posture_scan.rating.plan.relaxed import SCALE, prices_far, prices_of
from posture_scan.rating.plan.search import Search

BEAMS: Final = (100, 2000, None)
"""States kept in a front, one search after the other. A narrow one finds a good set soon; where
it dropped no state that was promising, or has no limit, what it found is the best."""


def cheapest(problem: Problem, beams: Sequence[int | None] = BEAMS) -> int | None:
    """Return the cheapest set as a bit mask over the items, or None where none will do.

    The last of the ``beams`` has no limit.
    """
    if not problem.enough(_everything(problem)):
        return None
    if problem.enough(0):
        return 0
    limit = _cheaper(problem, _by_rate(problem), _most(problem))
    bound = Bound(problem, prices_of(problem, limit))
    limit = _cheaper(problem, _by_bound(bound), limit)
    best = None
    for beam in beams:
        search = Search(problem, bound, limit, beam)
        best = search.best()
        if search.whole:
            break
        limit = limit if best is None else problem.key_of(best)
    return best


def furthest(problem: Problem, beam: int | None) -> tuple[int | None, bool]:
    """Return the set within the limits that goes furthest beyond the target, and if for certain.

    None where no set was found that reaches it.
    """
    if not problem.enough(_everything(problem)):
        return None, True
    most = _most(problem)
    search = Search(problem, Bound(problem, prices_far(problem, most)), most, beam)
    return search.furthest(), search.whole


def _everything(problem: Problem) -> int:
    return (1 << len(problem.items)) - 1


def _most(problem: Problem) -> int:
    """Return the highest key that any set, or any within the limit on hours, can have."""
    most = problem.key_of(_everything(problem))
    return most if problem.dearest is None else min(most, problem.dearest)


def _cheaper(problem: Problem, orders: Iterable[Sequence[int]], limit: int) -> int:
    """Return the key of the best set that dropping fixes in these orders leaves, or the limit."""
    for order in orders:
        chosen = _everything(problem)
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
