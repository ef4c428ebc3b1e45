"""A complete public rate table (directors' and officers' liability), in two published variants.

Not a cyber table: it tests banded tables, straight lines between rows, the layer as a difference
and the loss-cost multiplier to the cent. In variant A two rows of the base are swapped.
"""

from __future__ import annotations

from decimal import Decimal

from posture_scan.rating.figures import Defaults, Level, Point, Relativity, Schedule, Table, Words

_BASE = (
    "1 1065, 1000000 1819, 2500000 {second}, 5000000 {third}, 10000000 4291, 15000000 4905, "
    "20000000 5120, 25000000 5499, 50000000 6279, 75000000 6966, 100000000 7156, 250000000 8380"
)
BASE_A = _BASE.format(second=3966, third=3619)
BASE_B = _BASE.format(second=3619, third=3966)
_LIMITS = (
    "0 -0.760, 1000 -0.600, 2500 -0.510, 5000 -0.406, 7500 -0.303, 10000 -0.231, 15000 -0.128, "
    "20000 -0.064, 25000 0.000, 35000 0.105, 50000 0.175, 75000 0.277, 100000 0.350, "
    "125000 0.406, 150000 0.452, 175000 0.491, 200000 0.525, 225000 0.555, 250000 0.581, "
    "500000 0.756, 975000 0.971, 1000000 1.000, 2000000 1.415, 2500000 1.526, 3000000 1.637, "
    "4000000 1.820, 5000000 1.986, 6000000 {six}"
)
LIMITS_A = _LIMITS.format(six="2.135")
LIMITS_B = _LIMITS.format(six="2.113") + ", 8000000 2.331, 9500000 2.463, 10000000 2.503"
HAZARDS_A = {"1": "1.00", "2": "1.25", "3": "1.50"}
HAZARDS_B = {"1": "1.00", "2": "1.62", "3": "1.944"}


def table(text: str) -> Table:
    rows = (entry.split() for entry in text.split(", "))
    return Table("linear", tuple(Point(Decimal(at), Decimal(value)) for at, value in rows))


def directors(base: str, limits: str, hazards: dict[str, str]) -> Schedule:
    """Return one variant: premium = base x layer as a difference x hazard x 1.7."""
    words = Words("-", "-")
    return Schedule(
        exposure="assets", base=table(base), layer="difference", limit_factors=table(limits),
        retention_factors=None, loss_cost_multiplier=Decimal("1.7"),
        modification_cap=Decimal("0.25"),
        defaults=Defaults(Decimal(10**6), "1", Decimal(10**6), Decimal(25000)),
        industries=tuple(Relativity(k, Decimal(v), words) for k, v in hazards.items()),
        levels=(Level("average", Decimal(0), Decimal(1), words),), source="published",
    )  # fmt: skip
