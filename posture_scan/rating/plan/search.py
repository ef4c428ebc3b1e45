"""The search for sets of fixes: a dynamic program over fixes, pruned by a bound.

Fixes are taken from the last to the first. A state says what a choice among those already looked
at takes and gives. It is dropped when another takes no more and gives no less, and when the bound
shows that no way to complete it is as cheap as the best set can be. The fronts that are left
suffice to find the first of equally cheap sets by walking forward again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from posture_scan.rating.plan.bound import Bound
from posture_scan.rating.plan.front import State, thinned
from posture_scan.rating.plan.group import BLUR, Floor
from posture_scan.rating.plan.problem import Item, Problem
from posture_scan.rating.plan.relaxed import SCALE


class Search:
    """One search among the sets whose key is at most ``most``, with fronts of ``beam`` states."""

    def __init__(self, problem: Problem, bound: Bound, most: int, beam: int | None) -> None:
        self.problem, self.bound, self.most, self.beam = problem, bound, most, beam
        self.whole = True
        needs = problem.needs
        self.full = max(0, needs.gain + 2 * BLUR), max(0, needs.seen + 2 * BLUR)
        self.enough = max(0, needs.weight)
        self.straight = problem.straight
        self.together = _together(problem)
        self.fronts: list[list[State]] = []

    def best(self) -> int | None:
        """Return the cheapest set, the first in order of the cheapest, or None."""
        ends = sorted(self._ends(), key=lambda state: state.key)
        end = next((state for state in ends if self._reaches(state)), None)
        return None if end is None else self._walk(end.key)

    def furthest(self) -> int | None:
        """Return the set that goes furthest beyond the target, or None where none reaches it."""
        self.full, self.straight = self.problem.far, self.problem.unbent
        needs = self.problem.needs
        ends = [state for state in self._ends() if self._reaches(state)]
        spare = [min(state.gain - needs.gain, state.seen - needs.seen) for state in ends]
        return ends[spare.index(max(spare))].chosen if ends else None

    def _ends(self) -> list[State]:
        """Return the states with every item decided, and keep the fronts on the way."""
        fronts = [[State()]]
        for place in range(len(self.problem.items) - 1, -1, -1):
            fronts.append(self._front(place, fronts[-1]))
        fronts.reverse()
        self.fronts = fronts
        return fronts[0]

    def _reaches(self, state: State) -> bool:
        return self.problem.reaches(state.gain, state.seen, state.weight, state.chosen)

    def _front(self, place: int, later: Sequence[State]) -> list[State]:
        """Return the states with the item at this place decided."""
        items = self.problem.items
        item = items[place]
        ends = place == 0 or items[place - 1].group != item.group
        live = 0
        for other in items[:place]:
            live |= other.shared
        states = [
            state._replace(shared=state.shared & live) if state.shared & ~live else state
            for state in later
        ]
        states += [self._with(state, item, place, live) for state in later]
        if ends:
            states = [self._folded(state, item.group) for state in states]
        pairs = list(self._promising(place, states))
        kept = thinned([state for _, state in pairs], spend=self.problem.most_money)
        if self.beam is not None and len(kept) > self.beam:
            self.whole = False
            hopes = {state: least for least, state in pairs}
            kept = sorted(kept, key=hopes.__getitem__)[: self.beam]
        return kept

    def _with(self, state: State, item: Item, place: int, live: int) -> State:
        straight = self.straight[item.group]
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

    def _promising(self, place: int, states: Iterable[State]) -> Iterator[tuple[int, State]]:
        """Yield the states that can still do and that the bound does not rule out, with it."""
        items, bound, prices = self.problem.items, self.bound, self.bound.prices
        open_groups = {item.group for item in items[:place]}
        group = items[place].group
        going = group in open_groups
        rest = bound.constant + sum(min(0, cost) for cost in bound.reduced[:place])
        rest -= sum(bound.slack[number] for number in open_groups)
        raw, raw_seen = (prices.raw[group], prices.raw_seen[group]) if going else (0, 0)
        most, spend = (self.most + 1 << SCALE) - 1 - rest, self.problem.most_money
        gain, seen, weight = prices.gain, prices.seen, prices.weight
        least_gain, least_seen, least_weight = self._must_have(place)
        for state in states:
            least = state.charge - gain * state.gain - seen * state.seen - weight * state.weight
            if going:
                least -= raw * state.raw + raw_seen * state.raw_seen
            if (
                least <= most
                and state.key <= self.most
                and state.weight >= least_weight
                and state.gain + state.raw >= least_gain
                and state.seen + state.raw_seen >= least_seen
                and (spend is None or state.money <= spend)
            ):
                yield least, state

    def _must_have(self, place: int) -> tuple[int, int, int]:
        """Return the gains below which no state reaches the target, whatever else is chosen."""
        raw = [[0, 0] for _ in self.problem.curves]
        weight = 0
        for item in self.problem.items[:place]:
            raw[item.group][0] += item.gain
            raw[item.group][1] += item.seen
            weight += item.weight
        pairs = list(zip(self.problem.curves, raw, strict=True))
        needs = self.problem.needs
        bends = [isinstance(curve, Floor) and isinstance(seen, Floor) for (curve, seen), _ in pairs]
        if not all(bends):
            return -(1 << 4096), -(1 << 4096), needs.weight - weight
        return (
            needs.gain - BLUR - sum(curve.gain(x) for (curve, _), (x, _) in pairs),
            needs.seen - BLUR - sum(seen.gain(x) for (_, seen), (_, x) in pairs),
            needs.weight - weight,
        )

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
