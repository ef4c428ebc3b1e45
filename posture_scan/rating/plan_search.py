"""The exact cheapest set of fixes: a dynamic program over fixes, pruned by a bound.

Fixes are taken from the last to the first. A state says what a choice among those already looked
at takes and gives. It is dropped when another takes no more and gives no less, and when the bound
shows that no way to complete it is as cheap as the best set can be. The fronts that are left
suffice to find the first of equally cheap sets by walking forward again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from posture_scan.rating.plan_bound import SCALE, Bound
from posture_scan.rating.plan_front import thinned
from posture_scan.rating.plan_group import BLUR
from posture_scan.rating.plan_problem import Item, Problem


class State(NamedTuple):
    """What a choice takes and gives, as far as it has been made."""

    key: int = 0
    charge: int = 0
    """Its part in the bound: shared tasks split, money at its price."""
    gain: int = 0
    seen: int = 0
    weight: int = 0
    money: int = 0
    shared: int = 0
    """Shared tasks it pays that open fixes need too."""
    raw: int = 0
    raw_seen: int = 0
    """Raw gains in the group that is not finished."""
    chosen: int = 0


def cheapest(problem: Problem, known: Iterable[int] = ()) -> int | None:
    """Return the cheapest set as a bit mask over the items, or None where none will do.

    ``known`` are sets that may reach the target; good ones make the search shorter.
    """
    everything = (1 << len(problem.items)) - 1
    if not problem.enough(everything):
        return None
    if problem.enough(0):
        return 0
    limit = problem.key_of(everything)
    bound = Bound(problem, limit)
    limit, affordable = _first_limit(problem, bound, known)
    bound = Bound(problem, limit)
    lowest = bound.lowest()
    for part in (16, 4, 1) if affordable else (1,):
        most = lowest + (limit - lowest) // part
        if most >= lowest:
            found = _Search(problem, bound, most).best()
            if found is not None:
                return found
    return None


def _first_limit(problem: Problem, bound: Bound, known: Iterable[int]) -> tuple[int, bool]:
    """Return a key that the cheapest set does not pass, and whether a set of it is at hand."""
    sets = [*known, *_greedy(problem, bound)]
    keys = [problem.key_of(one) for one in sets if _allowed(problem, one) and problem.enough(one)]
    if keys:
        return min(keys), True
    most = problem.key_of((1 << len(problem.items)) - 1)
    return (most if problem.dearest is None else min(most, problem.dearest)), False


def _allowed(problem: Problem, chosen: int) -> bool:
    within = problem.most_money is None or problem.cost(chosen)[1] <= problem.most_money
    return within and (problem.dearest is None or problem.key_of(chosen) <= problem.dearest)


def _greedy(problem: Problem, bound: Bound) -> Iterator[int]:
    """Yield sets that reach the target: everything less what seems dearest for what it gives."""
    worth = [cost - reduced for cost, reduced in zip(bound.costs, bound.reduced, strict=True)]
    orders = (
        sorted(range(len(worth)), key=lambda n: -bound.reduced[n]),
        sorted(range(len(worth)), key=lambda n: -(bound.costs[n] << SCALE) // max(worth[n], 1)),
        sorted(range(len(worth)), key=lambda n: -bound.costs[n]),
    )
    for order in orders:
        chosen = (1 << len(problem.items)) - 1
        for number in order:
            without = chosen & ~(1 << number)
            if problem.enough(without):
                chosen = without
        yield chosen


class _Search:
    """One search among the sets whose key is at most ``most``."""

    def __init__(self, problem: Problem, bound: Bound, most: int) -> None:
        self.problem, self.bound, self.most = problem, bound, most
        needs = problem.needs
        self.full = max(0, needs.gain + 2 * BLUR), max(0, needs.seen + 2 * BLUR)
        self.enough = max(0, needs.weight)
        self.together = _together(problem)
        self.fronts: list[list[State]] = []

    def best(self) -> int | None:
        """Return the cheapest set, the first in order of the cheapest, or None."""
        count = len(self.problem.items)
        fronts = [[State()]]
        for place in range(count - 1, -1, -1):
            fronts.append(self._front(place, fronts[-1]))
            if not fronts[-1]:
                return None
        fronts.reverse()
        self.fronts = fronts
        ends = sorted(fronts[0], key=lambda state: state.key)
        end = next((s for s in ends if self._ends(s)), None)
        return None if end is None else self._walk(end.key)

    def _ends(self, state: State) -> bool:
        return self.problem.reaches(state.gain, state.seen, state.weight, state.chosen)

    def _front(self, place: int, later: Sequence[State]) -> list[State]:
        """Return the states with the item at this place decided."""
        items = self.problem.items
        item = items[place]
        ends = place == 0 or items[place - 1].group != item.group
        live = 0
        for other in items[:place]:
            live |= other.shared
        states = [state._replace(shared=state.shared & live) for state in later]
        states += [self._with(state, item, place, live) for state in later]
        if ends:
            states = [self._folded(state, item.group) for state in states]
        return thinned(list(self._promising(place, states)), spend=self.problem.most_money)

    def _with(self, state: State, item: Item, place: int, live: int) -> State:
        straight = self.problem.straight[item.group]
        key, money = self.together[item.shared & ~state.shared]
        gain, seen, raw, raw_seen = state.gain, state.seen, state.raw, state.raw_seen
        if straight[0]:
            gain = min(self.full[0], gain + item.gain)
        else:
            raw += item.gain
        if straight[1]:
            seen = min(self.full[1], seen + item.seen)
        else:
            raw_seen += item.seen
        return State(
            state.key + self.problem.key(item.hours, item.money, 1) + key,
            state.charge + self.bound.costs[place],
            gain,
            seen,
            min(self.enough, state.weight + item.weight),
            state.money + item.money + money,
            (state.shared | item.shared) & live,
            raw,
            raw_seen,
            state.chosen | 1 << place,
        )

    def _folded(self, state: State, group: int) -> State:
        """Finish a group: its curve turns the raw gains into gains."""
        curve, seen = self.problem.curves[group]
        return state._replace(
            gain=min(self.full[0], state.gain + curve.gain(state.raw)),
            seen=min(self.full[1], state.seen + seen.gain(state.raw_seen)),
            raw=0,
            raw_seen=0,
        )

    def _promising(self, place: int, states: Iterable[State]) -> Iterator[State]:
        """Yield the states that the bound does not rule out."""
        items, bound, prices = self.problem.items, self.bound, self.bound.prices
        open_groups = {item.group for item in items[:place]}
        group = items[place].group
        going = group in open_groups
        rest = bound.constant + sum(min(0, cost) for cost in bound.reduced[:place])
        rest -= sum(bound.slack[number] for number in open_groups)
        raw, raw_seen = (prices.raw[group], prices.raw_seen[group]) if going else (0, 0)
        most, spend = (self.most + 1 << SCALE) - 1 - rest, self.problem.most_money
        gain, seen, weight = prices.gain, prices.seen, prices.weight
        for state in states:
            least = state.charge - gain * state.gain - seen * state.seen - weight * state.weight
            if going:
                least -= raw * state.raw + raw_seen * state.raw_seen
            if least <= most and state.key <= self.most and (spend is None or state.money <= spend):
                yield state

    def _walk(self, key: int) -> int:
        """Return the set of this key that comes first: the earliest fix wherever it can be had."""
        items = self.problem.items
        every = 0
        for item in items:
            every |= item.shared
        before = State()
        for place, item in enumerate(items):
            ends = place == len(items) - 1 or items[place + 1].group != item.group
            step = self._with(before, item, place, every)
            if ends:
                step, before = self._folded(step, item.group), self._folded(before, item.group)
            later = self.fronts[place + 1]
            if any(self._fits(step, state, key, item.group) for state in later):
                before = step
        return before.chosen

    def _fits(self, before: State, after: State, key: int, group: int) -> bool:
        """Tell whether two halves make a set of this key that reaches the target."""
        twice, money = self.together[before.shared & after.shared]
        if before.key + after.key - twice > key:
            return False
        spend = self.problem.most_money
        if spend is not None and before.money + after.money - money > spend:
            return False
        curve, seen = self.problem.curves[group]
        raw, raw_seen = before.raw + after.raw, before.raw_seen + after.raw_seen
        return self.problem.reaches(
            before.gain + after.gain + curve.gain(raw),
            before.seen + after.seen + seen.gain(raw_seen),
            before.weight + after.weight,
            before.chosen | after.chosen,
        )


class _together(dict[int, tuple[int, int]]):  # noqa: N801 -- a table that fills itself
    """Key and money of any set of shared tasks."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem

    def __missing__(self, mask: int) -> tuple[int, int]:
        picked = [cost for n, cost in enumerate(self.problem.shared) if mask >> n & 1]
        hours, money = sum(h for h, _ in picked), sum(m for _, m in picked)
        self[mask] = self.problem.key(hours, money, 0), money
        return self[mask]
