"""The search for sets of fixes: a dynamic program over fixes, pruned by a bound.

Fixes are taken from the last to the first. A state says what a choice among those already looked
at takes and lacks. It is dropped when another takes no more and lacks no more, and when the bound
shows that no way to complete it is as cheap as the best set can be. The fronts that are left
suffice to find the first of equally cheap sets by walking forward again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from posture_scan.rating.plan.bound import Bound
from posture_scan.rating.plan.front import LEAST, Bare, State, thinned
from posture_scan.rating.plan.group import BLUR, Curve, Floor
from posture_scan.rating.plan.problem import Problem


@dataclass(frozen=True)
class _Place:
    """What a state may be at most where the items before a place are still open."""

    least: int
    gain: int
    seen: int
    weight: int
    live: int
    """The shared tasks that open items need."""


class Search:
    """One search among the sets whose key is at most ``most``, with fronts of ``beam`` states."""

    def __init__(self, problem: Problem, bound: Bound, most: int, beam: int | None) -> None:
        self.problem, self.bound, self.most, self.beam = problem, bound, most, beam
        self.whole = True
        needs = problem.needs
        self.full = max(0, needs.gain + 2 * BLUR), max(0, needs.seen + 2 * BLUR)
        self.weight = max(0, needs.weight)
        self.straight = problem.straight
        self.together = _together(problem)
        self.fronts: list[list[Bare]] = []

    def best(self) -> int | None:
        """Return the cheapest set, the first in order of the cheapest, or None."""
        for end in map(State._make, sorted(self._ends())):
            if self._reaches(end):
                return self._first(end)
        return None

    def furthest(self) -> int | None:
        """Return the set that goes furthest beyond the target, or None where none reaches it."""
        self.full, self.straight = self.problem.far, self.problem.unbent
        ends = [end for end in map(State._make, self._ends()) if self._reaches(end)]
        return max(ends, key=self._spare).chosen if ends else None

    def _reaches(self, end: State) -> bool:
        gain, seen = self.full[0] - end.gain, self.full[1] - end.seen
        return self.problem.reaches(gain, seen, self.weight - end.weight, end.chosen)

    def _spare(self, end: State) -> int:
        return self.problem.spare(self.full[0] - end.gain, self.full[1] - end.seen)

    def _nothing(self) -> State:
        """Return the state of having chosen nothing: all that is of use is lacking."""
        return State(gain=self.full[0], seen=self.full[1], weight=self.weight)

    def _ends(self) -> list[Bare]:
        """Return the states with every item decided, and keep the fronts on the way."""
        fronts: list[list[Bare]] = [[self._nothing()]]
        for number, place in reversed(list(enumerate(self._places()))):
            fronts.append(self._front(number, place, fronts[-1]))
        fronts.reverse()
        self.fronts = fronts
        return fronts[0]

    def _places(self) -> Iterator[_Place]:
        """Yield the place of each item; a state must be able to reach the target from there."""
        bound, needs = self.bound, self.problem.needs
        least = bound.prices.key * self.most - bound.constant
        gain, seen = self.full[0] - needs.gain + BLUR, self.full[1] - needs.seen + BLUR
        weight = live = raw = raw_seen = 0
        group = None
        for item, reduced in zip(self.problem.items, bound.reduced, strict=True):
            yield _Place(least, gain, seen, weight, live)
            curve, other = self.problem.curves[item.group]
            if item.group != group:
                group, raw, raw_seen = item.group, 0, 0
                least += bound.slack[group]
                gain, seen = gain + _leap(curve), seen + _leap(other)
            gain += _rise(curve, raw, item.gain)
            seen += _rise(other, raw_seen, item.seen)
            raw, raw_seen = raw + item.gain, raw_seen + item.seen
            least -= min(0, reduced)
            weight += item.weight
            live |= item.shared

    def _front(self, number: int, place: _Place, later: Sequence[Bare]) -> list[Bare]:
        """Return the states with this item decided."""
        items = self.problem.items
        group = items[number].group
        going = number > 0 and items[number - 1].group == group
        states: Iterable[Bare] = [*later, *self._with(number, later)]
        if not going and not all(self.straight[group]):
            states = [self._folded(state, group) for state in states]
        states = self._promising(place, states)
        if self.problem.shared:
            states = [_closed(state, place.live) for state in states]
        counts = self._counts(group if going else None)
        states = thinned(states, counts, shared=place.live > 0)
        if self.beam is not None and len(states) > self.beam:
            self.whole = False
            states = sorted(states, key=itemgetter(LEAST))[: self.beam]
        return states

    def _counts(self, going: int | None) -> list[int]:
        """Return the places in a state of what counts beside its key."""
        used = [self.full[0] > 0, self.full[1] > 0, self.weight > 0]
        for part in (0, 1):
            used.append(used[part] and going is not None and not self.straight[going][part])
        used.append(self.problem.most_money is not None)
        return [place for place, one in enumerate(used, 1) if one]

    def _with(self, number: int, states: Iterable[Bare]) -> list[Bare]:
        """Return what becomes of states when this item is chosen."""
        item, prices, bit = self.problem.items[number], self.bound.prices, 1 << number
        straight = self.straight[item.group]
        direct, more_raw = (item.gain, 0) if straight[0] else (0, item.gain)
        direct_seen, more_raw_seen = (item.seen, 0) if straight[1] else (0, item.seen)
        own, spent = self.problem.key(item.hours, item.money, 1), item.money
        reduced = self.bound.reduced[number]
        found = []
        for state in states:
            key, gain, seen, weight, raw, raw_seen, money, least, shared, chosen = state
            least += reduced
            gain -= direct
            if gain < 0:  # more than is of use
                least -= prices.gain * gain
                gain = 0
            seen -= direct_seen
            if seen < 0:
                least -= prices.seen * seen
                seen = 0
            weight -= item.weight
            if weight < 0:
                least -= prices.weight * weight
                weight = 0
            if item.shared:
                dearer, more = self.together[item.shared & ~shared]
                key, money = key + dearer, money + more
            found.append((
                key + own, gain, seen, weight, raw - more_raw, raw_seen - more_raw_seen,
                money + spent, least, shared | item.shared, chosen | bit,
            ))  # fmt: skip
        return found

    def _folded(self, state: Bare, group: int) -> Bare:
        """Finish a group: its curve turns the raw gains into gains."""
        key, gain, seen, weight, raw, raw_seen, money, least, shared, chosen = state
        prices, (curve, other) = self.bound.prices, self.problem.curves[group]
        left, left_seen = max(0, gain - curve.gain(-raw)), max(0, seen - other.gain(-raw_seen))
        least += prices.gain * (left - gain) - prices.raw[group] * raw
        least += prices.seen * (left_seen - seen) - prices.raw_seen[group] * raw_seen
        return key, left, left_seen, weight, 0, 0, money, least, shared, chosen

    def _promising(self, place: _Place, states: Iterable[Bare]) -> list[Bare]:
        """Return the states that can still do and that the bound does not rule out."""
        most, spend = self.most, self.problem.most_money
        most_least, most_gain, most_seen = place.least, place.gain, place.seen
        found = []
        for state in states:
            key, gain, seen, weight, raw, raw_seen, money, least, _, _ = state
            if (
                least <= most_least
                and key <= most
                and gain + raw <= most_gain
                and seen + raw_seen <= most_seen
                and weight <= place.weight
                and (spend is None or money <= spend)
            ):
                found.append(state)
        return found

    def _first(self, end: State) -> int:
        """Return the first in order of the sets as cheap as this one: the earliest fixes."""
        items, found = self.problem.items, end.chosen
        before: Bare = self._nothing()
        for number, item in enumerate(items):
            step = self._with(number, [before])[0]
            if number == len(items) - 1 or items[number + 1].group != item.group:
                step, before = self._folded(step, item.group), self._folded(before, item.group)
            if not found >> number & 1:
                half = State._make(step)
                most = end.key - half.key + self.together[half.shared][0]
                afters = (State._make(one) for one in self.fronts[number + 1] if one[0] <= most)
                fits = (one for one in afters if self._fits(half, one, end.key, item.group))
                other = next(fits, None)
                found = found if other is None else half.chosen | other.chosen
            before = step if found >> number & 1 else before
        return found

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
            2 * self.full[0] - before.gain - after.gain + curve.gain(-raw),
            2 * self.full[1] - before.seen - after.seen + seen.gain(-raw_seen),
            2 * self.weight - before.weight - after.weight,
            before.chosen | after.chosen,
        )


def _leap(curve: Curve) -> int:
    """Return what a group may gain by levels, whatever is chosen of it last."""
    return 0 if isinstance(curve, Floor) else curve.corners[-1][1]


def _rise(curve: Curve, raw: int, more: int) -> int:
    """Return what a group without levels gains at most by further raw gains."""
    return curve.gain(raw + more) - curve.gain(raw) if isinstance(curve, Floor) else 0


def _closed(state: Bare, live: int) -> Bare:
    """Forget the shared tasks that no open item needs."""
    key, gain, seen, weight, raw, raw_seen, money, least, shared, chosen = state
    if not shared & ~live:
        return state
    return key, gain, seen, weight, raw, raw_seen, money, least, shared & live, chosen


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
