"""A filed rate schedule: a table of premiums, and one factor for each block of criteria.

    premium = base(exposure) x industry x layer x loss-cost multiplier x blocks x (1 + judgement)

rounded once. A block's level follows from its score; while a gate is open or too little is
known no block counts as better than average, as no credit of a discount profile does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from posture_scan.errors import UsageError
from posture_scan.rating.exact import CONTEXT, ONE, ZERO, to_unit
from posture_scan.rating.figures import Schedule, Table
from posture_scan.rating.priced import (
    Credit,
    GroupFactor,
    RatingStatus,
    Settled,
    Standing,
    Terms,
    attested,
)
from posture_scan.rating.profile import Profile

HUNDRED = 100


@dataclass(frozen=True)
class Risk:
    """The firm as the schedule asks for it; amounts in the profile's currency."""

    exposure: Decimal
    industry: str
    limit: Decimal
    retention: Decimal


@dataclass(frozen=True)
class Manual:
    """The premium before security, and the factors it is made of; nothing is rounded here."""

    base: Decimal
    industry: Decimal
    layer: Decimal
    multiplier: Decimal

    @property
    def premium(self) -> Decimal:
        """The product of all four."""
        with localcontext(CONTEXT):
            return self.base * self.industry * self.layer * self.multiplier


def manual(schedule: Schedule, risk: Risk) -> Manual:
    """Look the risk up in the schedule's tables.

    Raises:
        UsageError: an industry the schedule does not have, or an amount outside its tables.
    """
    industries = {item.id: item.factor for item in schedule.industries}
    if risk.industry not in industries:
        raise UsageError("rating.industry", id=risk.industry, known=", ".join(industries))
    with localcontext(CONTEXT):
        base = look_up(schedule.base, risk.exposure, schedule.exposure)
        return Manual(
            base, industries[risk.industry], layer(schedule, risk.limit, risk.retention),
            schedule.loss_cost_multiplier,
        )  # fmt: skip


def layer(schedule: Schedule, limit: Decimal, retention: Decimal) -> Decimal:
    """Return the factor of the layer between retention and retention plus limit.

    Raises:
        UsageError: an amount outside the tables.
    """
    if schedule.layer == "difference":
        above = look_up(schedule.limit_factors, limit + retention, "limit + retention")
        return above - look_up(schedule.limit_factors, retention, "retention")
    factor = look_up(schedule.limit_factors, limit, "limit")
    if schedule.retention_factors is None:
        return factor
    return factor * look_up(schedule.retention_factors, retention, "retention")


def look_up(table: Table, amount: Decimal, name: str) -> Decimal:
    """Return what a banded table says of an amount; ``name`` is what an error calls it.

    Raises:
        UsageError: the amount lies beyond the table (or, between lines, before it): such a risk
            is for a person to judge.
    """
    rows = table.rows
    with localcontext(CONTEXT):
        for number, row in enumerate(rows):
            if amount > row.at:
                continue
            if amount == row.at or (table.between == "step" and amount >= 0):
                return row.value
            if number:
                before = rows[number - 1]
                part = (amount - before.at) / (row.at - before.at)
                return before.value + part * (row.value - before.value)
            break
    low = ZERO if table.between == "step" else rows[0].at
    bounds = {"low": f"{low:,f}", "high": f"{rows[-1].at:,f}"}
    raise UsageError("rating.outside_table", key=name, value=f"{amount:,f}", **bounds)


def risk_of(schedule: Schedule, facts: Mapping[str, Decimal], industry: str) -> Risk:
    """Return the risk that facts describe; what they leave out is the schedule's example firm."""
    example = schedule.defaults
    return Risk(
        facts.get(schedule.exposure, example.exposure),
        industry or example.industry,
        facts.get("limit", example.limit),
        facts.get("retention", example.retention),
    )


def blocks(profile: Profile, schedule: Schedule, standing: Standing) -> tuple[GroupFactor, ...]:
    """Return the level and factor of every block."""
    return tuple(_block(schedule, group.id, standing) for group in profile.groups)


def settled(
    profile: Profile, schedule: Schedule, terms: Terms, limited: Decimal, status: RatingStatus
) -> Settled:
    """Return what follows from the blocks of all criteria together; rounded once, at the end."""
    cap = schedule.modification_cap
    with localcontext(CONTEXT):
        factor, judged = limited, max(-cap, min(cap, terms.modification))
        if status is not RatingStatus.OK:
            factor, judged = max(factor, ONE), max(judged, ZERO)
        before = terms.base_premium * factor
        unit, mode = profile.rounding.unit, profile.rounding.mode
        rounded = to_unit(before * (ONE + judged), unit, mode)
        premium, discount = max(rounded, profile.premium.minimum), ONE - factor
    return Settled(factor, discount, ZERO, ZERO, discount, before, rounded, premium, judged)


def _block(schedule: Schedule, name: str, standing: Standing) -> GroupFactor:
    own = [c for c in standing.credits if c.criterion.group == name and _applies(c)]
    score = block_score(own)
    level, factor = level_of(schedule, score)
    _, verified = level_of(schedule, block_score(own, answers=False))
    if standing.status is not RatingStatus.OK:
        factor, verified = max(factor, ONE), max(verified, ONE)
    return GroupFactor(name, factor, factor, verified, level, score)


def _applies(credit: Credit) -> bool:
    return credit.status.status.value != "not_applicable"


def block_score(own: list[Credit], *, answers: bool = True) -> Decimal | None:
    """Return sum(weight x share x class) / sum(weight) x 100, exact; None where nothing applies."""
    total = sum((credit.criterion.weight for credit in own), ZERO)
    if not total:
        return None
    earned = sum(
        (c.criterion.weight * c.share * c.weight for c in own if answers or not attested(c)), ZERO
    )  # fmt: skip
    return HUNDRED * earned / total


def level_of(schedule: Schedule, score: Decimal | None) -> tuple[str, Decimal]:
    """Return the level and factor of a score; a block of which nothing applies changes nothing."""
    if score is None:
        return "", ONE
    level = next(item for item in schedule.levels if score >= item.at_least)
    return level.id, level.factor
