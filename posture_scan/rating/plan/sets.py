"""From a profile and where its criteria stand to the cheapest set of fixes for a target.

Two ways lead to a lower premium. Either every discount is released: all open gates closed, all of
the minimum set shown, enough known. Or, under a profile with debits, the discount stays suspended
and only debits are taken away. The cheaper of the two is returned; each is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cached_property
from typing import Final

from posture_scan.rating.arithmetic import price, settle
from posture_scan.rating.exact import CONTEXT, ONE, ZERO, to_decimals
from posture_scan.rating.plan.cheapest import BEAMS, cheapest, furthest
from posture_scan.rating.plan.group import log
from posture_scan.rating.plan.problem import Needs, Problem
from posture_scan.rating.plan.stock import Stock, places, scaled
from posture_scan.rating.plan.tasks import Task, Tasks, fixed
from posture_scan.rating.priced import Price, RatingStatus, Settled, Terms
from posture_scan.rating.profile import Criterion, Profile
from posture_scan.rating.status import CriterionStatus

Reached = Callable[[Price | Settled], bool]
"""Whether a result is good enough; what is better than a good one is good."""


@dataclass(frozen=True)
class Limits:
    """What a set may take; None is no limit."""

    hours: Decimal | None = None
    cost: Decimal | None = None


NO_LIMITS: Final = Limits()


class Sets:
    """The sets of fixes open under one profile, terms and standing."""

    def __init__(
        self,
        profile: Profile,
        statuses: Mapping[str, CriterionStatus],
        terms: Terms,
        tasks: Tasks,
        *,
        beams: Sequence[int | None] = BEAMS,
    ) -> None:
        """Price today and everything fixed. Only criteria with tasks can be fixed.

        ``beams`` are the widths of the searches, one after the other; the last has no limit.
        """
        self.beams = beams
        self.profile, self.statuses, self.terms, self.tasks = profile, statuses, terms, tasks
        order = {group.id: number for number, group in enumerate(profile.groups)}
        self.open = tuple(
            sorted(
                (item for item in profile.criteria if item.id in tasks and item.group in order),
                key=lambda item: order[item.group],
            )
        )
        self.today = price(profile, statuses, terms)
        self.everything = self.price(item.id for item in self.open)

    @cached_property
    def decimals(self) -> int:
        """How many decimals a factor can have; that of a schedule is not rounded."""
        if self.profile.schedule is None:
            return self.profile.rounding.factor_decimals
        factors = [level.factor for level in self.profile.schedule.levels]
        return places(factors) * len(self.profile.groups) + places(
            [self.profile.limits.attested_cap]
        )

    def price(self, names: Iterable[str]) -> Price:
        """Return the price with these criteria fixed."""
        return price(self.profile, {**self.statuses, **self._fixed(names)}, self.terms)

    def _fixed(self, names: Iterable[str]) -> dict[str, CriterionStatus]:
        wanted = set(names)
        return {item.id: fixed(item) for item in self.open if item.id in wanted}

    def paid(self, names: Iterable[str]) -> tuple[Task, ...]:
        """Return the tasks of a set, each once, in the order of its criteria."""
        found: dict[str, Task] = {}
        for name in names:
            for task in self.tasks[name]:
                found.setdefault(task.id, task)
        return tuple(found.values())

    def cheapest(self, reached: Reached, limits: Limits = NO_LIMITS) -> tuple[str, ...] | None:
        """Return the cheapest set that reaches a target, in the order of groups and criteria.

        Cheapest: fewest hours, then least cost, then fewest fixes, then the one whose criteria
        come first. None where no set within the limits reaches it.
        """
        if reached(self.today):
            return ()
        with localcontext(CONTEXT):
            found = [
                one for way in self._ways if (one := way.cheapest(reached, limits)) is not None
            ]
            return min(found, key=self._rank, default=None)

    @property
    def _ways(self) -> tuple[Way, ...]:
        """Both, where there are debits to take away."""
        return (self.released, self.suspended) if self.today.f_limited > ONE else (self.released,)

    def _rank(self, names: tuple[str, ...]) -> tuple[Decimal, Decimal, int, list[bool]]:
        paid = self.paid(names)
        hours, cost = sum((t.hours for t in paid), ZERO), sum((t.cost or ZERO for t in paid), ZERO)
        return hours, cost, len(names), [item.id not in names for item in self.open]

    def lowest(self, limits: Limits) -> tuple[str, ...]:
        """Return the cheapest of the sets with the lowest premium within the limits."""
        with localcontext(CONTEXT):
            found = [one for way in self._ways if (one := way.lowest(limits)) is not None]
        best = min(result.premium for result in (self.today, *found))
        return self.cheapest(lambda result: result.premium <= best, limits) or ()

    @cached_property
    def released(self) -> Way:
        """Every discount released: what holds it back today is fixed in any case."""
        return Way(self, (*self.today.gates, *self.today.missing), RatingStatus.OK)

    @cached_property
    def suspended(self) -> Way:
        """Nothing released: only debits can be taken away."""
        return Way(self, (), RatingStatus.INSUFFICIENT)


class Way:
    """One of the two ways: some fixes in any case, and the problem of choosing the others."""

    def __init__(self, sets: Sets, always: Iterable[str], status: RatingStatus) -> None:
        """Begin from the criteria that are fixed in any case."""
        self.sets, self.status = sets, status
        needed = set(always)
        self.always = tuple(item.id for item in sets.open if item.id in needed)
        self.start = sets.price(self.always)
        self.possible = status is not RatingStatus.OK or not (
            self.start.gates or self.start.missing
        )

    @cached_property
    def _stock(self) -> Stock:
        return Stock(self.sets.profile, self.sets.tasks, self.always, self._free, self.start,
                     self.sets.everything, released=self.status is RatingStatus.OK)  # fmt: skip

    @cached_property
    def _free(self) -> tuple[Criterion, ...]:
        return tuple(item for item in self.sets.open if item.id not in self.always)

    def cheapest(self, reached: Reached, limits: Limits) -> tuple[str, ...] | None:
        """Return the cheapest set of this way that reaches a target, or None."""
        problem = self._problem(reached, limits)
        chosen = None if problem is None else cheapest(problem, self.sets.beams)
        return None if chosen is None else self._names(chosen)

    def lowest(self, limits: Limits) -> Price | None:
        """Return a price with the lowest premium of this way within the limits, or None.

        The set that goes furthest has it. A short search goes far; the next must go beyond that.
        """
        some = self.cheapest(lambda _: True, limits)
        if some is None:
            return None
        best = self.sets.price(some)
        low, _ = self._grid()
        for beam in self.sets.beams:
            if self._place(best) <= low:
                break
            further, whole = self._further(self._place(best) - 1, limits, beam)
            best = further or best
            if whole:
                break
        return best

    def _place(self, result: Price) -> int:
        """Return a factor in units of its last decimal."""
        return int(result.factor.scaleb(self.sets.decimals))

    def _further(self, goal: int, limits: Limits, beam: int | None) -> tuple[Price | None, bool]:
        """Return a price whose factor is at most ``goal`` of its last decimals, and if the lowest.

        None where none was found.
        """
        factor = ONE.scaleb(-self.sets.decimals) * goal
        problem = self._problem(lambda result: result.factor <= factor, limits)
        if problem is None:
            return None, True
        chosen, whole = furthest(problem, beam)
        return None if chosen is None else self.sets.price(self._names(chosen)), whole

    def _grid(self) -> tuple[int, int]:
        """Return the lowest and highest factor that can come out, in units of its last decimal."""
        decimals = self.sets.decimals
        ends = self.sets.everything.f_limited, self.sets.profile.limits.factor_max
        low, high = (
            settle(self.sets.profile, self.sets.terms, end, self.status).factor for end in ends
        )
        return int(low.scaleb(decimals)), int(high.scaleb(decimals))

    def _names(self, chosen: int) -> tuple[str, ...]:
        picked = {
            item.id for number, item in enumerate(self._stock.criteria) if chosen >> number & 1
        }
        return tuple(
            item.id for item in self.sets.open if item.id in picked or item.id in self.always
        )

    def _problem(self, reached: Reached, limits: Limits) -> Problem | None:
        """Return the problem of reaching a target this way; None where it cannot be."""
        if not self.possible:
            return None
        with localcontext(CONTEXT):
            below = self._below(reached)
            if below is None:
                return None
            stock = self._stock
            left = (
                scaled(limits.hours, stock.hour_places, stock.hours_spent),
                scaled(limits.cost, stock.money_places, stock.money_spent),
            )
            if any(amount is not None and amount < 0 for amount in left):
                return None
            return Problem(
                stock.items, stock.curves, stock.shared, self._needs(below),
                lambda chosen: self._settles(chosen, reached), *left,
            )  # fmt: skip

    def _settles(self, chosen: int, reached: Reached) -> bool:
        return reached(self.sets.price(self._names(chosen)))

    def _below(self, reached: Reached) -> Decimal | None:
        """Return the number that the factor before rounding must be below; None if none will do.

        Infinite where any factor will do.
        """
        decimals = self.sets.decimals
        unit = ONE.scaleb(-decimals)
        low, high = self._grid()

        def good(place: int) -> bool:
            return reached(settle(self.sets.profile, self.sets.terms, unit * place, self.status))

        if good(high):
            return Decimal("Infinity")
        if low > high or not good(low):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if good(middle) else (low, middle)
        return to_decimals(unit * low, decimals) + unit / 2

    def _needs(self, below: Decimal) -> Needs:
        stock = self._stock
        weight = stock.weight_needed if self.status is RatingStatus.OK else 0
        goal = stock.far if below.is_infinite() else log(below)
        cap = ONE - self.sets.profile.limits.attested_cap
        told = cap and stock.told
        seen = stock.log_seen + log(cap) - goal if told else stock.log_all - goal - stock.far
        return Needs(stock.log_all - goal, seen, weight)
