"""What bringing a criterion to met takes: its tasks, in hours and, with prices, in money.

A task is one failing check mended at one asset (however many ports of it fail), or everything a
criterion takes where no check says so. A task that serves several criteria is done and paid once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal, InvalidOperation
from typing import Any, Final

from posture_scan.model.finding import Finding, Status
from posture_scan.rating.exact import ZERO, plain
from posture_scan.rating.plan.prices import Prices
from posture_scan.rating.profile import Criterion, Profile
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State, unknown

MOST_HOURS: Final = 10_000


@dataclass(frozen=True)
class Task:
    """Something to do: a failing ``check`` at an ``asset``, or all that a ``criterion`` takes."""

    id: str
    """``check@asset``, ``check`` where it is priced once, or ``criterion:ID``."""
    hours: Decimal
    cost: Decimal | None = None
    """Hours at the contractor's rate and outlay together; None where no prices are known."""
    check: str = ""
    asset: str = ""
    criterion: str = ""
    proof: bool = False
    """Showing what may be in order already: if it is not, mending it comes on top."""

    def to_json(self) -> dict[str, Any]:
        """Return the task as JSON values."""
        return {
            "id": self.id,
            "check": self.check,
            "asset": self.asset,
            "criterion": self.criterion,
            "hours": plain(self.hours),
            "cost": None if self.cost is None else plain(self.cost),
            "proof": self.proof,
        }


Tasks = Mapping[str, tuple[Task, ...]]
"""The tasks of each open criterion, by its id."""


def best_class(criterion: Criterion) -> EvidenceClass:
    """Return the best evidence there can be: what no machine sees ends at a document."""
    return EvidenceClass.VERIFIED if criterion.observed else EvidenceClass.DOCUMENTED


def fixed(criterion: Criterion) -> CriterionStatus:
    """Return the criterion's status once it is met, with the best evidence there can be."""
    return CriterionStatus(criterion.id, State.MET, best_class(criterion))


def is_open(criterion: Criterion, status: CriterionStatus) -> bool:
    """Tell whether anything can still be gained at this criterion."""
    if status.status is State.NOT_APPLICABLE:
        return False
    done = {EvidenceClass.VERIFIED, best_class(criterion)}
    return not (status.status is State.MET and status.evidence_class in done)


def tasks_of(
    profile: Profile,
    statuses: Mapping[str, CriterionStatus],
    findings: Iterable[Finding] = (),
    prices: Prices | None = None,
) -> dict[str, tuple[Task, ...]]:
    """Return what each open criterion takes.

    The failing checks of the criterion's own rules come first, each at its asset and by the
    check's hours; a check that only contradicts an answer is no remedy. Where none fails, it is
    ``effort_hours`` for what is known to be open and ``prove_hours`` for what is only not shown.
    """
    failing = [item for item in findings if item.status is Status.FAIL]
    found: dict[str, tuple[Task, ...]] = {}
    for criterion in profile.criteria:
        status = statuses.get(criterion.id) or unknown(criterion.id)
        if is_open(criterion, status):
            behind = _behind(criterion, status, failing)
            found[criterion.id] = _tasks(criterion, status, behind, prices)
    return found


def _behind(
    criterion: Criterion, status: CriterionStatus, failing: Iterable[Finding]
) -> list[Finding]:
    """Return the failing findings that the criterion rests on, one for each check and asset."""
    own = {check for rule in criterion.machine for check in rule.checks}
    named = set(status.findings)
    found: dict[tuple[str, str], Finding] = {}
    for item in failing:
        if item.check in own and named.intersection(_references(item)):
            known = found.setdefault((item.check, item.asset), item)
            if _hours(item) > _hours(known):
                found[item.check, item.asset] = item
    return [found[key] for key in sorted(found)]


def _references(item: Finding) -> tuple[str, ...]:
    at = f"{item.check}@{item.asset}"
    return item.check, at, f"{at}:{item.port}", f"{at}:{item.port}/{item.transport}"


def _hours(item: Finding) -> Decimal:
    """Read a finding's hours to the hundredth; a report may have been written by anybody."""
    try:
        hours = Decimal(item.effort_hours)
    except InvalidOperation:
        return ZERO
    if not hours.is_finite() or not 0 < hours <= MOST_HOURS:
        return ZERO
    return hours.quantize(Decimal("0.01"), rounding=ROUND_UP)


def _tasks(
    criterion: Criterion,
    status: CriterionStatus,
    behind: list[Finding],
    prices: Prices | None,
) -> tuple[Task, ...]:
    proof = status.status in {State.UNKNOWN, State.MET}
    entry = prices.criteria.get(criterion.id) if prices else None
    if entry is not None:
        times = max(1, len({item.asset for item in behind})) if entry.per == "asset" else 1
        hours, outlay = entry.hours, entry.cost
        default = criterion.prove_hours if proof else criterion.effort_hours
        hours = (default if hours is None else hours) * times
        return (_own(criterion, hours, outlay * times, prices, proof=proof),)
    tasks = {task.id: task for task in (_mending(item, prices) for item in behind)}
    if proof:
        shown = _own(criterion, criterion.prove_hours, ZERO, prices, proof=True)
        return (*tasks.values(), shown)
    if not tasks:
        return (_own(criterion, criterion.effort_hours, ZERO, prices, proof=False),)
    return tuple(tasks.values())


def _mending(item: Finding, prices: Prices | None) -> Task:
    entry = prices.checks.get(item.check) if prices else None
    once = entry is not None and entry.per == "once"
    hours = _hours(item) if entry is None or entry.hours is None else entry.hours
    name = item.check if once else f"{item.check}@{item.asset}"
    asset = "" if once else item.asset
    cost = prices.cost(hours, entry.cost if entry else ZERO) if prices else None
    return Task(name, hours, cost, item.check, asset)


def _own(
    criterion: Criterion, hours: Decimal, outlay: Decimal, prices: Prices | None, *, proof: bool
) -> Task:
    cost = prices.cost(hours, outlay) if prices else None
    return Task(f"criterion:{criterion.id}", hours, cost, criterion=criterion.id, proof=proof)
