"""What to fix next: the cheapest set for each next level of discount, a premium, or a budget.

Figures of money come from the price of the set itself; nothing is extrapolated from single fixes,
since two of them may be worth nothing apart and much together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from posture_scan.errors import InternalError, UsageError
from posture_scan.model.finding import Finding
from posture_scan.rating import value
from posture_scan.rating.arithmetic import price
from posture_scan.rating.plan.prices import Prices
from posture_scan.rating.plan.result import FixSet, Goal, Plan, Step
from posture_scan.rating.plan.sets import NO_LIMITS, Limits, Reached, Sets
from posture_scan.rating.plan.tasks import Tasks, best_class, tasks_of
from posture_scan.rating.priced import Price, RatingStatus, Terms
from posture_scan.rating.profile import Profile
from posture_scan.rating.rate import Rating
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State

STEP: Final = Decimal("0.05")
"""From level to level, where the profile names none."""


def plan(
    profile: Profile,
    statuses: Mapping[str, CriterionStatus],
    terms: Terms,
    tasks: Tasks,
    *,
    target_premium: Decimal | None = None,
    budget: Decimal | None = None,
    hours: Decimal | None = None,
) -> Plan:
    """Return what to fix next: exact cheapest sets, and every open criterion by itself.

    A fix brings a criterion of ``tasks`` (see ``tasks_of``) to met with the best evidence there
    can be. A set is cheapest by hours, then cost, then number of fixes, then the order of groups
    and criteria. ``target_premium`` and ``budget`` are in the profile's currency; with ``budget``
    or ``hours`` the set with the lowest premium within them is sought. Under a profile of mere
    requirements there is one set: all that are open.

    Raises:
        UsageError: a target or limit under a profile that has no premium; a budget where no
            prices are known; a certificate that the profile does not know.
    """
    if not profile.priced and (target_premium, budget, hours) != (None, None, None):
        raise UsageError("plan.kind", profile=profile.id)
    if budget is not None and any(t.cost is None for own in tasks.values() for t in own):
        raise UsageError("plan.no_prices")
    sets = Sets(profile, statuses, terms, tasks)
    limits = Limits(hours, budget)
    within = None
    if limits != NO_LIMITS:
        best = sets.lowest(limits)
        within = _made(sets, best, lambda _: True)
    target = None if target_premium is None else _target(sets, target_premium)
    levels, requirements = tuple(_levels(sets)) if profile.priced else (), None
    if not profile.priced and sets.open:
        requirements = _made(sets, tuple(item.id for item in sets.open), lambda _: True)
    return Plan(
        profile, terms, sets.today, sets.everything, levels, target, within, limits,
        tuple(_steps(sets)), requirements,
    )  # fmt: skip


def plan_of(
    rating: Rating,
    findings: Iterable[Finding] = (),
    *,
    prices: Prices | None = None,
    target_premium: Decimal | None = None,
    budget: Decimal | None = None,
    hours: Decimal | None = None,
) -> Plan:
    """Return what to fix next after a rating; see ``plan``.

    The ``findings`` behind the rating say what a fix takes, asset by asset; without them it is
    what the profile says. ``prices`` are a contractor's own.

    Raises:
        UsageError: what ``plan`` refuses.
    """
    statuses = {status.id: status for status in rating.statuses}
    return plan(
        rating.profile, statuses, rating.terms,
        tasks_of(rating.profile, statuses, findings, prices), target_premium=target_premium,
        budget=budget, hours=hours,
    )  # fmt: skip


def _made(sets: Sets, names: tuple[str, ...], reached: Reached) -> FixSet:
    """Price a set; the search's word alone is not taken for it."""
    result = sets.price(names)
    if not reached(result):
        raise InternalError("internal", kind="plan", detail=", ".join(names))
    return FixSet(names, sets.paid(names), result, sets.today.premium - result.premium)


def _levels(sets: Sets) -> Iterator[Goal]:
    profile, today = sets.profile, sets.today.discount
    if profile.renewal is not None:
        wanted = [level for level in profile.renewal.levels if level > today]
    else:
        count = int(sets.everything.discount / STEP) if sets.everything.discount > 0 else 0
        wanted = [STEP * n for n in range(count + 1) if STEP * n > today]
    before = None
    for level in wanted:
        if before is not None and before.result.discount >= level:
            yield Goal(level, before)  # the cheapest set for less that reaches this as well
            continue
        goal = _goal(sets, level, _discounted(level))
        before = goal.set
        yield goal


def _discounted(least: Decimal) -> Reached:
    return lambda result: result.discount >= least


def _target(sets: Sets, wanted: Decimal) -> Goal:
    if wanted < sets.profile.premium.minimum:
        return Goal(wanted, None, "minimum_premium")
    return _goal(sets, wanted, lambda result: result.premium <= wanted)


def _goal(sets: Sets, wanted: Decimal, reached: Reached) -> Goal:
    if not reached(sets.everything):
        return Goal(wanted, None, *_why(sets, reached))
    names = sets.cheapest(reached)
    if names is None:
        raise InternalError("internal", kind="plan", detail=str(wanted))
    return Goal(wanted, _made(sets, names, reached))


def _why(sets: Sets, reached: Reached) -> tuple[str, tuple[str, ...]]:
    """Say why not even everything fixed reaches a goal."""
    end, limits = sets.everything, sets.profile.limits
    if end.status is not RatingStatus.OK:
        return "suspended", (*end.gates, *end.missing)
    capped = end.f_limited < limits.factor_min or end.discount == limits.total_cap
    if capped and sets.profile.kind == "discount":
        return "cap", ()
    papers = tuple(
        item.id
        for item in sets.profile.criteria
        if best_class(item) is not EvidenceClass.VERIFIED and _applies(sets, item.id)
    )
    seen = {name: CriterionStatus(name, State.MET, EvidenceClass.VERIFIED) for name in papers}
    fixed = {name: end_.status for name, end_ in _standing(end).items()}
    if papers and reached(price(sets.profile, {**fixed, **seen}, sets.terms)):
        return "document", papers
    return "all", ()


def _standing(result: Price) -> dict[str, Any]:
    return {credit.criterion.id: credit for credit in result.credits}


def _applies(sets: Sets, name: str) -> bool:
    status = sets.statuses.get(name)
    return status is None or status.status is not State.NOT_APPLICABLE


def _steps(sets: Sets) -> Iterator[Step]:
    """Yield every open criterion: gates, what the minimum set lacks, then the dearest first."""
    found = []
    for worth in value.worths(sets.profile, sets.terms, sets.today):
        own = sets.tasks.get(worth.criterion)
        if own is not None:
            released = _released(sets, worth)
            found.append(Step(worth, own, released, worth.criterion in sets.today.missing))
    ranks = {"critical": 0, "high": 1, "": 3}
    yield from sorted(
        found,
        key=lambda step: (
            2 if step.needed else ranks[step.worth.gate], -step.worth.reachable_yen, -step.released,
        ),
    )  # fmt: skip


def _released(sets: Sets, worth: value.Worth) -> Decimal:
    """Return what a fix adds to those that release the discount; its own worth while none must."""
    if sets.today.status is RatingStatus.OK:
        return worth.reachable_yen
    others = [name for name in sets.released.always if name != worth.criterion]
    return sets.price(others).premium - sets.price([*others, worth.criterion]).premium
