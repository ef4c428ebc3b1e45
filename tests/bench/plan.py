"""How fast the cheapest sets of fixes are found: ``python -m tests.bench.plan [criteria]``.

Worst cases: every criterion open, credits, weights, hours and prices of arbitrary decimals, in
one group or in six, coverage that binds, answers among the evidence, tasks shared. Prints the
time of one whole plan (all levels) and of one with a budget and hours; judges nothing.
"""

from __future__ import annotations

import dataclasses
import random
import sys
import time
from collections.abc import Callable
from decimal import Decimal

from posture_scan.rating.figures import Renewal
from posture_scan.rating.plan.planner import plan
from posture_scan.rating.plan.tasks import Task
from posture_scan.rating.priced import Terms
from posture_scan.rating.profile import Criterion, Group, Profile
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State
from tests.rating.samples import SME

GROUPS = ("EXT", "VUL", "IAM", "BKP", "END", "ORG")
SEEDS = 3


@dataclasses.dataclass(frozen=True)
class Kind:
    """One kind of worst case."""

    name: str
    groups: int
    open: tuple[tuple[State, EvidenceClass], ...]
    shared: int = 0
    likeness: Decimal = Decimal(0)
    """How far hours follow from the credit: one is a task as long as its credit is large."""
    weighed: bool = False
    """Whether the weight follows from the credit as well: then nearly every set is as good."""


FAILED = ((State.NOT_MET, EvidenceClass.VERIFIED),)
HIDDEN = ((State.UNKNOWN, EvidenceClass.NONE),)
TOLD = (*HIDDEN, (State.MET, EvidenceClass.ATTESTED), (State.PARTIAL, EvidenceClass.ATTESTED))
KINDS = tuple(
    Kind(f"{name}, {'one group' if groups == 1 else 'six groups'}", groups, *rest)
    for groups in (1, 6)
    for name, *rest in (
        ("all failed", FAILED),
        ("all unknown", HIDDEN),
        ("unknown and told", TOLD),
        ("unknown and told, tasks shared", TOLD, 5),
        ("hours like credits", FAILED, 0, Decimal("0.98")),
        ("told, hours and weights exactly like credits", TOLD, 0, Decimal(1), True),
    )
)


def _number(rng: random.Random, low: float, high: float, places: int) -> Decimal:
    return Decimal(f"{rng.uniform(low, high):.{places}f}")


def profile(rng: random.Random, kind: Kind, criteria: int) -> Profile:
    """Return a profile of that many criteria with arbitrary figures."""
    names = GROUPS[: kind.groups]
    floor = Decimal("0.55") if kind.groups == 1 else Decimal("0.9")
    made = tuple(_criterion(rng, n, names[n * len(names) // criteria]) for n in range(criteria))
    if kind.weighed:
        made = tuple(dataclasses.replace(one, weight=(1 - one.r_met) * 100) for one in made)
    return dataclasses.replace(
        SME,
        criteria=made,
        groups=tuple(Group(name, floor, SME.groups[0].name, "illustrative") for name in names),
        minimum_set=(),
        limits=dataclasses.replace(SME.limits, coverage_min=Decimal("0.7311")),
        renewal=Renewal(tuple(Decimal(n) / 25 for n in range(1, 11)), None, "illustrative"),
    )


def _criterion(rng: random.Random, number: int, group: str) -> Criterion:
    return dataclasses.replace(
        SME.criteria[0],
        id=f"C-{number}", group=group, weight=_number(rng, 0.5, 9, 3), gate=None,
        r_met=_number(rng, 0.95, 0.998, 4), needs_machine=False,
        machine=SME.criteria[0].machine if rng.random() < 0.7 else (),
    )  # fmt: skip


def tasks(rng: random.Random, kind: Kind, rules: Profile) -> dict[str, tuple[Task, ...]]:
    """Return tasks of arbitrary hours and prices, some of them shared."""
    shared = [
        Task(f"shared.{n}", _number(rng, 1, 20, 2), _number(rng, 0, 90_000, 0))
        for n in range(kind.shared)
    ]
    found = {}
    for item in rules.criteria:
        like = (1 - item.r_met) * 400 * kind.likeness
        hours = like + (1 - kind.likeness) * _number(rng, 0.25, 24, 2)
        own = Task(item.id, hours.quantize(Decimal("0.01")), _number(rng, 0, 200_000, 0))
        found[item.id] = (own, *(task for task in shared if rng.random() < 0.2))
    return found


def main(criteria: int = 30) -> None:
    """Measure every kind, the slowest and the middle of some seeds."""
    for kind in KINDS:
        plain, limited = zip(
            *(_measured(kind, seed, criteria) for seed in range(SEEDS)), strict=True
        )
        print(
            f"{sorted(plain)[SEEDS // 2]:6.2f} s (at most {max(plain):5.2f}) all levels, "
            f"{sorted(limited)[SEEDS // 2]:6.2f} s (at most {max(limited):5.2f}) "
            f"with budget and hours: {kind.name}",
            flush=True,
        )


def _measured(kind: Kind, seed: int, criteria: int) -> tuple[float, float]:
    rng = random.Random(seed)
    rules = profile(rng, kind, criteria)
    work = tasks(rng, kind, rules)
    known = {item.id: CriterionStatus(item.id, *rng.choice(kind.open)) for item in rules.criteria}
    terms = Terms(Decimal(1_234_560))
    limits = {"budget": Decimal(1_500_000), "hours": Decimal(150)}
    return (
        _seconds(lambda: plan(rules, known, terms, work)),
        _seconds(lambda: plan(rules, known, terms, work, **limits)),
    )


def _seconds(action: Callable[[], object]) -> float:
    started = time.process_time()
    action()
    return time.process_time() - started


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
