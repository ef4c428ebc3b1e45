"""The cheapest-set problem in whole numbers: what each fix takes, gives, and what is needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from posture_scan.rating.plan.group import BLUR, Curve, Floor


@dataclass(frozen=True)
class Item:
    """One fix that may be chosen."""

    group: int
    gain: int
    """Raw gain in its group, every credit counted."""
    seen: int
    """Raw gain in its group, attested credits left out."""
    weight: int
    """Weight that becomes assessed."""
    hours: int
    money: int
    shared: int
    """Tasks that others need too, as a bit mask; own tasks are in ``hours`` and ``money``."""


@dataclass(frozen=True)
class Needs:
    """What a set must gain to reach the target; zero and less is there already."""

    gain: int
    seen: int
    weight: int


@dataclass(frozen=True)
class Problem:
    """Choose items: least hours, then least money, then fewest, then the first in order.

    Items of a group stand together. ``reached`` settles by the price itself, for a set as a bit
    mask, what the logarithms leave open.
    """

    items: tuple[Item, ...]
    curves: tuple[tuple[Curve, Curve], ...]
    """For each group: over every credit, and over credits that are not attested."""
    shared: tuple[tuple[int, int], ...]
    """Hours and money of each shared task."""
    needs: Needs
    reached: Callable[[int], bool]
    most_hours: int | None = None
    most_money: int | None = None

    @cached_property
    def size(self) -> int:
        """One more than there are items: the step between two amounts of money in a key."""
        return len(self.items) + 1

    @cached_property
    def span(self) -> int:
        """One more than all the money there is: the step between two amounts of hours."""
        total = sum(item.money for item in self.items) + sum(money for _, money in self.shared)
        return total + 1

    def key(self, hours: int, money: int, count: int) -> int:
        """Return what is compared: hours before money before the number of fixes."""
        return (hours * self.span + money) * self.size + count

    @cached_property
    def dearest(self) -> int | None:
        """The highest key within the limit on hours; None without one."""
        if self.most_hours is None:
            return None
        return self.key(self.most_hours + 1, 0, 0) - 1

    def cost(self, chosen: int) -> tuple[int, int]:
        """Return hours and money of a set: each shared task once."""
        hours = money = shared = 0
        for number, item in enumerate(self.items):
            if chosen >> number & 1:
                hours, money, shared = hours + item.hours, money + item.money, shared | item.shared
        for number, (more, dearer) in enumerate(self.shared):
            if shared >> number & 1:
                hours, money = hours + more, money + dearer
        return hours, money

    def key_of(self, chosen: int) -> int:
        """Return the key of a set."""
        return self.key(*self.cost(chosen), chosen.bit_count())

    def enough(self, chosen: int) -> bool:
        """Tell whether a set reaches the target, whatever it takes."""
        return self.reaches(*self.gains(chosen), chosen)

    def gains(self, chosen: int) -> tuple[int, int, int]:
        """Return what a set gains, what it gains without attested credits, and its weight."""
        raw = [[0, 0] for _ in self.curves]
        weight = 0
        for number, item in enumerate(self.items):
            if chosen >> number & 1:
                raw[item.group][0] += item.gain
                raw[item.group][1] += item.seen
                weight += item.weight
        gain = sum(c.gain(x) for (c, _), (x, _) in zip(self.curves, raw, strict=True))
        seen = sum(c.gain(x) for (_, c), (_, x) in zip(self.curves, raw, strict=True))
        return gain, seen, weight

    def reaches(self, gain: int, seen: int, weight: int, chosen: int) -> bool:
        """Tell whether these gains are enough; where that is too close, ask the price."""
        spare = self.spare(gain, seen)
        if weight < self.needs.weight or spare < -BLUR:
            return False
        return spare > BLUR or self.reached(chosen)

    def spare(self, gain: int, seen: int) -> int:
        """Return how far these gains go beyond the target."""
        return min(gain - self.needs.gain, seen - self.needs.seen)

    def beyond(self, spare: int) -> Problem:
        """Return the problem of going that much further than the target."""
        needs = Needs(self.needs.gain + spare, self.needs.seen + spare, self.needs.weight)
        return replace(self, needs=needs)

    @cached_property
    def tops(self) -> tuple[tuple[int, int], ...]:
        """The raw gains of all items of each group together."""
        found = [[0, 0] for _ in self.curves]
        for item in self.items:
            found[item.group][0] += item.gain
            found[item.group][1] += item.seen
        return tuple((gain, seen) for gain, seen in found)

    @cached_property
    def far(self) -> tuple[int, int]:
        """All gains together, of every credit and of those that are not attested.

        Nothing for the one that never holds a set back, however far the other goes.
        """
        needs = self.needs
        gain, seen, _ = self.gains((1 << len(self.items)) - 1)
        if gain - needs.gain <= -needs.seen:
            return gain, 0
        return (0 if seen - needs.seen <= -needs.gain else gain), seen

    @cached_property
    def straight(self) -> tuple[tuple[bool, bool], ...]:
        """Where a group's curve bends nothing on the way to the target."""
        return self._straight(self.needs.gain, self.needs.seen)

    @cached_property
    def unbent(self) -> tuple[tuple[bool, bool], ...]:
        """Where a group's curve bends nothing of use, however far a set goes."""
        return tuple(
            (gain or not self.far[0], seen or not self.far[1])
            for gain, seen in self._straight(None, None)
        )

    def _straight(self, gain: int | None, seen: int | None) -> tuple[tuple[bool, bool], ...]:
        alone = len({item.group for item in self.items}) <= 1
        return tuple(
            (
                _straight(curve, top[0], gain, alone=alone),
                _straight(other, top[1], seen, alone=alone),
            )
            for (curve, other), top in zip(self.curves, self.tops, strict=True)
        )


def _straight(curve: Curve, top: int, need: int | None, *, alone: bool) -> bool:
    """Tell whether nothing is needed, or a floor lies beyond all there is or beyond the need.

    Without a ``need`` only what lies beyond all there is counts.
    """
    if need is not None and need < -2 * BLUR:
        return True
    if not isinstance(curve, Floor):
        return False
    beyond = alone and need is not None and curve.most > need + 2 * BLUR
    return beyond or curve.most >= top
