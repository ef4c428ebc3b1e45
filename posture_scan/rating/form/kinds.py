"""The three kinds of profile file: what each states beside what all of them do.

- ``discount``: credits multiply within floors and caps, and come off a premium;
- ``schedule``: a filed table of premiums, and one factor for each block of criteria;
- ``criteria``: requirements that are met or not, without a premium.

This module is imported inside functions only, as is ``form.profile``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import Field  # noqa: TID253 -- this module itself is imported lazily

from posture_scan.rating.form.criterion import (
    Criterion,
    Key,
    Model,
    Money,
    Number,
    PricedCriterion,
    Share,
    Words,
)
from posture_scan.rating.form.profile import (
    Certificate,
    EstimatedPremium,
    Floor,
    FlooredGroup,
    Group,
    Limits,
    Premium,
    ProfileFile,
    Relativity,
    Renewal,
    Rounding,
    ScheduleLimits,
)

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Points = Annotated[list["Point"], Field(min_length=2, max_length=200)]


class Point(Model):
    """One row of a table: what holds at an amount, or up to it where the table is in steps."""

    at: Number = Field(ge=0, le=10**13)
    value: Number = Field(ge=-(10**13), le=10**13)


class Table(Model):
    """A banded table over an amount of money."""

    between: Literal["step", "linear"]
    """``step``: a row holds up to its amount; ``linear``: straight lines between the rows."""
    rows: Points


class Level(Model):
    """A level of a block: the factor from a share of its weight on."""

    id: Key
    at_least: Number = Field(ge=0, le=100)
    """The block's score (0 to 100) from which the level is given."""
    factor: Number = Field(gt=0, le=5)
    name: Words


class Defaults(Model):
    """The example firm that is priced where facts are missing; the result says so."""

    exposure: Money
    industry: Key
    limit: Money
    retention: Number = Field(ge=0, le=10**13)


class Schedule(Model):
    """A filed schedule: base x industry x layer x loss-cost multiplier x one factor a block."""

    exposure: Key
    """The fact that the base premium follows from, such as ``assets``."""
    base: Table
    layer: Literal["product", "difference"]
    """``product``: limit factor x retention factor; ``difference``: the limit factor at limit
    plus retention less that at the retention."""
    limit_factors: Table
    retention_factors: Table | None = None
    loss_cost_multiplier: Number = Field(default=Decimal(1), gt=0, le=100)
    modification_cap: Share
    """How far a person's judgement may move the premium, either way."""
    defaults: Defaults
    industries: list[Relativity]
    levels: Annotated[list[Level], Field(min_length=2, max_length=20)]
    source: Key


class DiscountFile(ProfileFile):
    """Credits within floors and caps, off a premium."""

    kind: Literal["discount"]
    currency: Currency
    limits: Limits
    rounding: Rounding
    premium: EstimatedPremium
    renewal: Renewal | None = None
    groups: list[FlooredGroup]
    certificates: list[Certificate]
    criteria: list[PricedCriterion]


class ScheduleFile(ProfileFile):
    """A filed table of premiums, and one factor for each block of criteria."""

    kind: Literal["schedule"]
    currency: Currency
    limits: ScheduleLimits
    rounding: Rounding
    premium: Premium
    schedule: Schedule
    groups: list[Group]
    criteria: list[Criterion]


class CriteriaFile(ProfileFile):
    """Requirements that are met or not; there is no premium."""

    kind: Literal["criteria"]
    limits: Floor
    groups: list[Group]
    criteria: list[Criterion]


KINDS: Final[dict[str, type[DiscountFile | ScheduleFile | CriteriaFile]]] = {
    "discount": DiscountFile, "schedule": ScheduleFile, "criteria": CriteriaFile,
}  # fmt: skip

_NO_CREDIT: Final = {
    "controls_cap": "0", "certificates_cap": "0", "total_cap": "0", "attested_cap": "0",
    "group_discount": "0", "factor_min": "0", "factor_max": "1000",
}  # fmt: skip
_NO_MONEY: Final[dict[str, Any]] = {
    "currency": "", "schedule": None, "renewal": None, "certificates": [],
    "rounding": {"unit": "1", "mode": "half_up", "factor_decimals": 4},
    "premium": {"minimum": "0", "source": ""},
}  # fmt: skip


def completed(stated: dict[str, Any]) -> dict[str, Any]:
    """Fill in what the arithmetic reads of every kind and this kind does not state.

    All of it is neutral: no cap to reach, a factor of one, no premium.
    """
    whole = {**_NO_MONEY, **stated}
    whole["limits"] = {**_NO_CREDIT, **whole["limits"]}
    whole["premium"] = {"estimate": None, **whole["premium"]}
    whole["groups"] = [{"floor": "1", **group} for group in whole["groups"]]
    neutral = {"r_met": "1", "r_not": None, "r_unknown": None, "relativity": None}
    whole["criteria"] = [{**neutral, **item} for item in whole["criteria"]]
    return whole
