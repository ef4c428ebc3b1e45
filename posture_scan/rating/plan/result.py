"""A plan as a result: sets, goals and single steps, and their form for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from posture_scan.rating.exact import ONE, ZERO, plain
from posture_scan.rating.plan.sets import Limits
from posture_scan.rating.plan.tasks import Task
from posture_scan.rating.priced import Price, Terms
from posture_scan.rating.profile import Profile
from posture_scan.rating.step import fixed
from posture_scan.rating.value import Worth

_YEAR: Final = 12


@dataclass(frozen=True)
class FixSet:
    """Criteria to bring to met together, what that takes, and what it comes to."""

    criteria: tuple[str, ...]
    tasks: tuple[Task, ...]
    """Each once, however many of the criteria need it."""
    result: Price
    saving: Decimal
    """Off today's yearly premium."""

    def to_json(self, profile: Profile, order: Sequence[str]) -> dict[str, Any]:
        """Return the set as JSON values; ``order`` is that in which to do what is open."""
        hours, cost = taken(self.tasks)
        return {
            "criteria": sorted(self.criteria, key=order.index),
            "tasks": [task.to_json() for task in self.tasks],
            "hours": plain(hours),
            "cost": None if cost is None else plain(cost),
            "status": self.result.status.value,
            **amounts(profile, self.result),
            "saving": plain(self.saving) if profile.priced else None,
            "payback_months": payback(cost, self.saving),
        }


@dataclass(frozen=True)
class Goal:
    """A level of discount or a premium, and the cheapest set that reaches it."""

    wanted: Decimal
    set: FixSet | None
    reason: str = ""
    """Why no set reaches it: ``minimum_premium``, ``suspended``, ``cap``, ``document``, ``all``."""
    criteria: tuple[str, ...] = ()
    """The criteria behind the reason, where single ones are."""


@dataclass(frozen=True)
class Step:
    """One open criterion: what it is worth by itself, and what it takes."""

    worth: Worth
    tasks: tuple[Task, ...]
    released: Decimal
    """What it is worth once all that suspends the discount is fixed as well."""
    needed: bool
    """Whether the minimum set lacks it."""

    def to_json(self) -> dict[str, Any]:
        """Return the step as JSON values; ``yen`` is what the best reachable evidence brings."""
        hours, cost = taken(self.tasks)
        return {
            "criterion": self.worth.criterion,
            "kind": self.worth.kind,
            "status": self.worth.status.value,
            "gate": self.worth.gate,
            "needed": self.needed,
            "evidence_class": self.worth.reachable_class.value,
            "yen": plain(self.worth.reachable_yen),
            "yen_released": plain(self.released),
            "hours": plain(hours),
            "cost": None if cost is None else plain(cost),
            "payback_months": payback(cost, self.worth.reachable_yen),
            "tasks": [task.to_json() for task in self.tasks],
        }


@dataclass(frozen=True)
class Plan:
    """What to fix next under one profile."""

    profile: Profile
    terms: Terms
    today: Price
    everything: Price
    """With every open criterion fixed."""
    levels: tuple[Goal, ...]
    target: Goal | None
    within: FixSet | None
    limits: Limits
    steps: tuple[Step, ...]
    requirements: FixSet | None = None
    """All that is open, under a profile that has requirements and no premium."""

    def to_json(self) -> dict[str, Any]:
        """Return the plan as JSON values; every number as text."""
        profile = self.profile
        return {
            "profile": {"id": profile.id, "kind": profile.kind, "version": profile.version,
                        "digest": profile.digest, "status": profile.status},
            "currency": profile.currency,
            "base_premium": plain(self.terms.base_premium) if profile.priced else None,
            "status": self.today.status.value,
            "gates": list(self.today.gates),
            "missing": list(self.today.missing),
            **amounts(profile, self.today),
            "everything": {
                "status": self.everything.status.value, **amounts(profile, self.everything),
            },
            "levels": [self._goal(goal, "discount") for goal in self.levels],
            "target": self._goal(self.target, "premium") if self.target else None,
            "within": self._within(),
            "requirements": self._set(self.requirements),
            "fixes": [step.to_json() for step in self.steps],
        }  # fmt: skip

    def _goal(self, goal: Goal, kind: str) -> dict[str, Any]:
        return {
            kind: plain(goal.wanted),
            "reachable": goal.set is not None,
            "reason": goal.reason,
            "criteria": list(goal.criteria),
            "set": self._set(goal.set),
        }

    def _set(self, found: FixSet | None) -> dict[str, Any] | None:
        """Return a set as JSON values, gates first, then what the minimum set lacks."""
        order = [step.worth.criterion for step in self.steps]
        return None if found is None else found.to_json(self.profile, order)

    def _within(self) -> dict[str, Any] | None:
        if self.within is None:
            return None
        hours, cost = self.limits.hours, self.limits.cost
        return {
            "hours": None if hours is None else plain(hours),
            "budget": None if cost is None else plain(cost),
            "set": self._set(self.within),
        }


def amounts(profile: Profile, result: Price) -> dict[str, str | None]:
    """Return discount and premium; null under a profile that has none."""
    if not profile.priced:
        return {"discount": None, "premium": None}
    return {
        "discount": fixed(result.discount, profile.rounding.factor_decimals),
        "premium": plain(result.premium),
    }


def taken(tasks: Iterable[Task]) -> tuple[Decimal, Decimal | None]:
    """Return the hours and the cost of tasks; the cost is None where one has no price."""
    hours, cost = ZERO, ZERO
    priced = True
    for task in tasks:
        hours += task.hours
        cost += task.cost or ZERO
        priced = priced and task.cost is not None
    return hours, cost if priced else None


def payback(cost: Decimal | None, saving: Decimal) -> str | None:
    """Return after how many months the saving has paid the cost, to a tenth; None if never."""
    if cost is None or saving <= 0:
        return None
    months = (cost / saving * _YEAR).quantize(ONE / 10, rounding=ROUND_HALF_UP)
    return format(months, "f")
