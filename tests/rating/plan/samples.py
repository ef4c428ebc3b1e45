"""Small random profiles, standings and tasks, and the cheapest set found by trying every one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from hypothesis import strategies as st

from posture_scan.rating.arithmetic import price
from posture_scan.rating.exact import ZERO
from posture_scan.rating.figures import Level, Renewal
from posture_scan.rating.load import load_profile
from posture_scan.rating.plan.tasks import Task, fixed, is_open
from posture_scan.rating.priced import Price, Terms
from posture_scan.rating.profile import Criterion, Group, Profile
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State, unknown
from tests.rating.samples import SME

CLASSES = (EvidenceClass.VERIFIED, EvidenceClass.DOCUMENTED, EvidenceClass.ATTESTED)
US = load_profile("us-filed")
SEEN = SME.criteria[0].machine
"""The rules of a criterion that a machine sees."""


@dataclass(frozen=True)
class Case:
    """A profile, where its criteria stand, and what each open one takes."""

    profile: Profile
    statuses: dict[str, CriterionStatus]
    terms: Terms
    tasks: dict[str, tuple[Task, ...]]


def decimals(low: str, high: str, places: int = 2) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), places=places)


@st.composite
def cases(draw: st.DrawFn, *, most: int = 7, priced: bool = False, debits: bool = True) -> Case:
    """Draw a case of at most ``most`` criteria in at most three groups."""
    names = [f"C-{number}" for number in range(draw(st.integers(1, most)))]
    groups = ["EXT", "VUL", "IAM"][: draw(st.integers(1, 3))]
    criteria = tuple(_criterion(draw, name, groups, debits=debits) for name in names)
    gated = {item.id for item in criteria if item.gate or item.needs_machine}
    profile = dataclasses.replace(
        SME,
        criteria=criteria,
        groups=tuple(_group(draw, name) for name in groups),
        minimum_set=tuple(n for n in names if n in gated or draw(st.integers(0, 4)) == 0),
        limits=dataclasses.replace(
            SME.limits,
            factor_min=draw(st.sampled_from([Decimal("0.6"), Decimal("0.85")])),
            factor_max=Decimal("1.5") if debits else Decimal(1),
            attested_cap=draw(st.sampled_from([Decimal("0.1"), Decimal("0.03"), ZERO])),
            coverage_min=draw(decimals("0", "1")),
        ),
        premium=dataclasses.replace(SME.premium, minimum=draw(st.integers(0, 90_000).map(Decimal))),
        renewal=Renewal(tuple(Decimal(n) / 50 for n in range(1, 12)), None, "illustrative"),
    )
    statuses = {name: _status(draw, name) for name in names}
    return Case(
        profile, statuses,
        Terms(Decimal(100_000), draw(st.booleans()), draw(st.sampled_from([(), ("sa2",)]))),
        _tasks(draw, profile, statuses, priced=priced),
    )  # fmt: skip


@st.composite
def filed_cases(draw: st.DrawFn, *, most: int = 6, priced: bool = False) -> Case:
    """Draw a case under a filed schedule: blocks with levels, and an underwriter's judgement."""
    case: Case = draw(cases(most=most, priced=priced, debits=False))
    assert US.schedule is not None
    marks = draw(st.lists(st.integers(1, 100), min_size=1, max_size=4, unique=True))
    factors = draw(st.lists(decimals("0.5", "1.6"), min_size=len(marks) + 1,
                            max_size=len(marks) + 1, unique=True))  # fmt: skip
    factors = [*sorted(factors)[:-1], max(*factors, Decimal(1))]
    scores = [*sorted(marks, reverse=True), 0]
    levels = tuple(
        Level(f"level-{n}", Decimal(score), factor, US.name)
        for n, (score, factor) in enumerate(zip(scores, factors, strict=True))
    )
    profile = dataclasses.replace(
        case.profile,
        kind="schedule",
        schedule=dataclasses.replace(US.schedule, levels=levels),
        certificates=(),
        rounding=US.rounding,
        renewal=None,
        limits=dataclasses.replace(
            case.profile.limits, factor_min=ZERO, factor_max=Decimal(1000), total_cap=ZERO
        ),
        criteria=tuple(
            dataclasses.replace(item, r_met=Decimal(1)) for item in case.profile.criteria
        ),
    )
    judged = draw(st.sampled_from([ZERO, Decimal("-0.1"), Decimal("0.05"), Decimal("-0.4")]))
    terms = Terms(Decimal(5400), modification=judged)
    return dataclasses.replace(case, profile=profile, terms=terms)


def _criterion(draw: st.DrawFn, name: str, groups: list[str], *, debits: bool) -> Criterion:
    seen = draw(st.booleans())
    debit = draw(st.sampled_from([None, None, Decimal("1.05"), Decimal("1.1")])) if debits else None
    return dataclasses.replace(
        SME.criteria[0],
        id=name,
        group=draw(st.sampled_from(groups)),
        weight=draw(decimals("0.1", "9", 1)),
        r_met=draw(st.sampled_from([Decimal("0.95"), Decimal("0.9"), Decimal("0.9025")])
                   | decimals("0.7", "1", 3)),
        r_not=debit,
        r_unknown=debit,
        gate=draw(st.sampled_from([None, None, None, "high"])),
        needs_machine=seen and draw(st.integers(0, 3)) == 0,
        machine=SEEN if seen else (),
    )  # fmt: skip


def _group(draw: st.DrawFn, name: str) -> Group:
    return Group(name, draw(decimals("0.6", "1")), SME.groups[0].name, "illustrative")


def _status(draw: st.DrawFn, name: str) -> CriterionStatus:
    state = draw(st.sampled_from([*State, State.UNKNOWN, State.MET]))
    if state is State.UNKNOWN:
        return unknown(name)
    return CriterionStatus(name, state, draw(st.sampled_from(CLASSES)))


def _tasks(
    draw: st.DrawFn, profile: Profile, statuses: Mapping[str, CriterionStatus], *, priced: bool
) -> dict[str, tuple[Task, ...]]:
    hours = decimals("0", "3", 1) if draw(st.booleans()) else st.just(Decimal(2))
    cost = decimals("0", "50000", 0)
    shared = [
        Task(f"shared.{n}", draw(hours), draw(cost) if priced else None)
        for n in range(draw(st.integers(0, 3)))
    ]
    found = {}
    for item in profile.criteria:
        if is_open(item, statuses[item.id]):
            own = Task(f"criterion:{item.id}", draw(hours), draw(cost) if priced else None)
            used = (
                draw(st.lists(st.sampled_from(shared), unique=True, max_size=2)) if shared else []
            )
            found[item.id] = (own, *used) if draw(st.booleans()) or not used else tuple(used)
    return found


def order(case: Case) -> list[str]:
    """The open criteria, group by group."""
    groups = [group.id for group in case.profile.groups]
    criteria = [item for item in case.profile.criteria if item.id in case.tasks]
    return [item.id for item in sorted(criteria, key=lambda item: groups.index(item.group))]


def priced(case: Case, names: Iterable[str]) -> Price:
    known = {item.id: item for item in case.profile.criteria}
    after = {name: fixed(known[name]) for name in names}
    return price(case.profile, {**case.statuses, **after}, case.terms)


def taken(case: Case, names: Iterable[str]) -> tuple[Decimal, Decimal]:
    """Hours and cost of a set, each task once."""
    tasks = {task.id: task for name in names for task in case.tasks[name]}.values()
    return sum((t.hours for t in tasks), ZERO), sum((t.cost or ZERO for t in tasks), ZERO)


def subsets(case: Case) -> list[tuple[str, ...]]:
    names = order(case)
    return [one for size in range(len(names) + 1) for one in combinations(names, size)]


def by_trying(
    case: Case,
    reached: Callable[[Price], bool],
    hours: Decimal | None = None,
    cost: Decimal | None = None,
) -> tuple[str, ...] | None:
    """The cheapest of all sets that reach a target within limits."""
    names = order(case)
    best = None
    for one in subsets(case):
        took = taken(case, one)
        if (hours is not None and took[0] > hours) or (cost is not None and took[1] > cost):
            continue
        rank = (*took, len(one), [name not in one for name in names])
        if (best is None or rank < best[0]) and reached(priced(case, one)):
            best = rank, one
    return best[1] if best else None
