"""What there is to choose from, in whole numbers: gains as logarithms, hours, money, weights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal, localcontext

from posture_scan.rating.exact import CONTEXT, ONE, ZERO
from posture_scan.rating.figures import Schedule
from posture_scan.rating.plan.group import ONE_LOG, Curve, Floor, Levels, levels, log
from posture_scan.rating.plan.problem import Item
from posture_scan.rating.plan.tasks import Task, Tasks
from posture_scan.rating.priced import Credit, Price, attested
from posture_scan.rating.profile import Criterion, Profile
from posture_scan.rating.status import State


class Stock:
    """The fixes that may be chosen beside those made in any case, and where they start from."""

    far = ONE_LOG * 10_000
    """More than any factor's logarithm."""

    def __init__(  # noqa: PLR0917 -- what there is, in the order it is settled
        self,
        profile: Profile,
        tasks: Tasks,
        always: Iterable[str],
        free: Sequence[Criterion],
        start: Price,
        end: Price,
        *,
        released: bool,
    ) -> None:
        """Count from ``start``, the price with ``always`` fixed, to ``end``, with everything.

        ``released``: discounts count; else no block of a schedule is better than average.
        """
        with localcontext(CONTEXT):
            self._credits = {credit.criterion.id: credit for credit in start.credits}
            self._after = {credit.criterion.id: credit for credit in end.credits}
            self._groups = {group.id: number for number, group in enumerate(profile.groups)}
            self._coverage(profile, start)
            if profile.schedule is None:
                self._floors(profile)
            else:
                self._levels(profile, profile.schedule, released=released)
            self._costs(tasks, tuple(always), free)
            self._items(free)

    def _coverage(self, profile: Profile, start: Price) -> None:
        applicable, assessed = start.coverage.applicable, start.coverage.assessed
        missing = profile.limits.coverage_min * applicable - assessed
        self._weight_places = places([missing, *(item.weight for item in profile.criteria)])
        self.weight_needed = int(missing.scaleb(self._weight_places))
        """Weight that must still become assessed."""
        if not assessed:  # then there is no discount, whatever is demanded
            self.weight_needed = max(self.weight_needed, 1)

    def _floors(self, profile: Profile) -> None:
        self.log_all = self.log_seen = 0
        curves = []
        for group in profile.groups:
            own = [c for c in self._credits.values() if c.criterion.group == group.id]
            product = sum(log(credit.factor) for credit in own)
            seen = sum(log(seen_factor(credit)) for credit in own)
            floor = log(group.floor)
            self.log_all += max(product, floor)
            self.log_seen += max(seen, floor)
            curves.append((Floor(max(0, product - floor)), Floor(max(0, seen - floor))))
        self.curves: tuple[tuple[Curve, Curve], ...] = tuple(curves)
        self._raw, self._raw_seen = _product, _product_seen
        self._answers()

    def _levels(self, profile: Profile, schedule: Schedule, *, released: bool) -> None:
        """Blocks of a schedule: raw gains are points of a block, in whole units."""
        finest = places([ONE, *(_points(c) for c in (*self._credits.values(),
                                                     *self._after.values()))])  # fmt: skip
        self.log_all = self.log_seen = 0
        curves = []
        for group in profile.groups:
            own = [c for c in self._credits.values() if c.criterion.group == group.id]
            asked = [c for c in own if c.status.status is not State.NOT_APPLICABLE]
            total = sum((credit.criterion.weight for credit in asked), ZERO)
            both = []
            for points in (_points, _points_seen):
                now = sum((points(credit) for credit in asked), ZERO)
                both.append(_block(schedule, now, total, finest, released=released))
            self.log_all += both[0][0]
            self.log_seen += both[1][0]
            curves.append((both[0][1], both[1][1]))
        self.curves = tuple(curves)
        self._raw = lambda credit: int(_points(credit).scaleb(finest))
        self._raw_seen = lambda credit: int(_points_seen(credit).scaleb(finest))
        self._answers()

    def _answers(self) -> None:
        self.told = any(map(attested, self._credits.values()))
        """Whether any credit rests on a mere answer."""

    def _costs(self, tasks: Tasks, always: tuple[str, ...], free: Sequence[Criterion]) -> None:
        """Sort tasks into those done in any case, those of one criterion, and shared ones."""
        known: dict[str, Task] = {}
        for name in (*always, *(item.id for item in free)):
            for task in tasks[name]:
                known.setdefault(task.id, task)
        self.hour_places = places([task.hours for task in known.values()])
        self.money_places = places([task.cost or ZERO for task in known.values()])
        done = {task.id for name in always for task in tasks[name]}
        users: dict[str, int] = defaultdict(int)
        for number, item in enumerate(free):
            for task in tasks[item.id]:
                if task.id not in done:
                    users[task.id] |= 1 << number
        cost: dict[int, tuple[int, int]] = {}
        for name, mask in users.items():
            hours, money = cost.get(mask, (0, 0))
            more, dearer = self._taken(known[name])
            cost[mask] = hours + more, money + dearer
        self.hours_spent, self.money_spent = (
            sum(self._taken(known[name])[part] for name in done) for part in (0, 1)
        )
        self._users = cost

    def _taken(self, task: Task) -> tuple[int, int]:
        hours = task.hours.scaleb(self.hour_places)
        return int(hours), int((task.cost or ZERO).scaleb(self.money_places))

    def _items(self, free: Sequence[Criterion]) -> None:
        joint = [mask for mask in self._users if mask.bit_count() > 1]
        self.shared = tuple(self._users[mask] for mask in joint)
        items, criteria = [], []
        for number, criterion in enumerate(free):
            own = self._users.get(1 << number, (0, 0))
            shares = sum(1 << place for place, mask in enumerate(joint) if mask >> number & 1)
            item = self._item(criterion, own, shares)
            if item.gain > 0 or item.seen > 0 or item.weight:
                items.append(item)
                criteria.append(criterion)
        self.items, self.criteria = tuple(items), tuple(criteria)

    def _item(self, criterion: Criterion, own: tuple[int, int], shares: int) -> Item:
        before, after = self._credits[criterion.id], self._after[criterion.id]
        new = before.status.status is State.UNKNOWN
        return Item(
            self._groups[criterion.group],
            self._raw(after) - self._raw(before),
            self._raw_seen(after) - self._raw_seen(before),
            int(criterion.weight.scaleb(self._weight_places)) if new else 0,
            *own,
            shares,
        )


def seen_factor(credit: Credit) -> Decimal:
    """Return a credit's factor where mere answers do not count."""
    return ONE if attested(credit) else credit.factor


def _product(credit: Credit) -> int:
    return -log(credit.factor)


def _product_seen(credit: Credit) -> int:
    return -log(seen_factor(credit))


def _points(credit: Credit) -> Decimal:
    return credit.criterion.weight * credit.share * credit.weight


def _points_seen(credit: Credit) -> Decimal:
    return ZERO if attested(credit) else _points(credit)


def _block(
    schedule: Schedule, now: Decimal, total: Decimal, finest: int, *, released: bool
) -> tuple[int, Levels]:
    """Return the logarithm of a block's factor now, and its curve over further points."""
    if not total:
        return 0, Levels(())
    least = ZERO if released else ONE
    steps = [
        (_whole(level.at_least * total / 100, finest), max(level.factor, least))
        for level in schedule.levels
    ]
    held = int(now.scaleb(finest))
    factor = next(factor for points, factor in steps if held >= points)
    return log(factor), levels(
        [(Decimal(points), better) for points, better in steps], Decimal(held), factor
    )  # fmt: skip


def _whole(points: Decimal, finest: int) -> int:
    """Return the first whole number of units that is no less than these points."""
    return int(points.scaleb(finest).to_integral_value(rounding="ROUND_CEILING"))


def scaled(amount: Decimal | None, places: int, spent: int) -> int | None:
    """Return what is left of a limit in whole units, rounded down; None is no limit."""
    if amount is None:
        return None
    return int((amount.scaleb(places)).to_integral_value(rounding="ROUND_FLOOR")) - spent


def places(numbers: Iterable[Decimal]) -> int:
    """Return how many decimals the finest of these numbers has."""
    exponents = [number.normalize().as_tuple().exponent for number in numbers]
    return max([0, *(-place for place in exponents if isinstance(place, int))])
