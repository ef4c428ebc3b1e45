"""The form of a profile file, as strict models: read by ``load_profile`` and by editors.

This module is imported inside functions only, which is why pydantic may stand at its top.
Limits are those of the arithmetic; the relations between values are judged by ``lint``.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field  # noqa: TID253 -- this module itself is imported lazily

from posture_scan.rating.form.criterion import (
    CriterionId,
    Days,
    Grade,
    Key,
    Model,
    Money,
    Number,
    Share,
    Words,
)


class Source(Model):
    """Where figures come from; every table of figures names one by its id."""

    id: Key
    status: Literal["illustrative", "published", "derived"]
    text: Words


class EvidenceTerms(Model):
    """What each class of evidence is worth, and what becomes evidence at all."""

    verified: Share
    documented: Share
    attested: Share
    partial: Share
    min_confidence: int = Field(ge=1, le=99)
    waived: Literal["not_met", "partial", "met"] = "not_met"
    source: Key


class Floor(Model):
    """How much must be known before anything counts."""

    coverage_min: Share
    source: Key


class ScheduleLimits(Floor):
    """The same, and what answers alone may take off."""

    attested_cap: Share


class Limits(ScheduleLimits):
    """Caps and bounds of the discount."""

    controls_cap: Share
    certificates_cap: Share
    total_cap: Share
    group_discount: Share
    factor_min: Share
    factor_max: Number = Field(ge=1, le=5)


class Rounding(Model):
    """To what unit yen are rounded, and to how many decimals the factor."""

    unit: Number = Field(gt=0, le=1000)
    """A power of ten: ten yen, or 0.01 for cents."""
    mode: Literal["half_up", "down", "up"]
    factor_decimals: int = Field(ge=2, le=6)


class Relativity(Model):
    """One industry or plan and its multiplier."""

    id: Key
    factor: Number = Field(gt=0, le=1000)
    name: Words


class Estimate(Model):
    """How a premium before discount is estimated where the insurer's own is not known."""

    base: Money
    reference_sales: Money
    exponent: Share
    sales_min: Money
    sales_max: Money
    default_industry: Key
    default_plan: Key
    label: Words
    industries: list[Relativity]
    plans: list[Relativity]
    source: Key


class Premium(Model):
    """The lowest premium there is."""

    minimum: Number = Field(ge=0, le=10**13)
    source: Key


class EstimatedPremium(Premium):
    """The minimum premium, and the estimate of the premium before discount."""

    estimate: Estimate


class Validity(Model):
    """For how many days each kind of evidence counts."""

    report_days: Days
    quote_days: Days
    host_days: Days
    answer_days: Days
    restore_test_days: Days
    source: Key


class GradeStep(Model):
    """A grade and the score from which it is given."""

    grade: Grade
    at_least: Number = Field(ge=0, le=100)


class Grades(Model):
    """The letters, and what holds them down."""

    lowest: Grade
    critical_gate: Grade
    high_gate: Grade
    incomplete: Grade
    source: Key
    steps: list[GradeStep]


class Renewal(Model):
    """The levels of discount, and how many of them it may rise at one renewal."""

    levels: Annotated[list[Share], Field(min_length=1, max_length=50)]
    rise: int | None = Field(default=None, ge=1, le=50)
    """Levels at most a renewal, while a fall counts at once; without it a rise is free."""
    source: Key


class Referral(Model):
    """The words an underwriter is given for each cause of referral."""

    critical: Words
    high: Words
    contradiction: Words
    incident: Words


class Group(Model):
    """Criteria that belong together: a block of a filed schedule, one subject of a scheme."""

    id: Annotated[str, Field(pattern=r"^[A-Z]{2,8}$")]
    name: Words
    source: Key


class FlooredGroup(Group):
    """A group of criteria that overlap: together they earn no more than its floor allows."""

    floor: Number = Field(gt=0, le=1)


class Certificate(Model):
    """A certificate and its credit; of those with the same ``best_of`` only the best counts."""

    id: Key
    credit: Share
    name: Words
    best_of: str = ""
    self_declared: bool = False
    source: Key


class Fact(Model):
    """A figure or fact about the firm that the estimate or the underwriter needs."""

    id: Key
    kind: Literal["industry", "plan", "money", "yes_no"]
    text: Words


Standing = Literal[
    "met verified", "met documented", "met attested",
    "partial verified", "partial documented", "partial attested",
    "not_met", "not_met verified", "not_met documented", "not_met attested",
    "contradicted", "not_applicable", "unknown",
]  # fmt: skip
"""A criterion's status and, where it earns something, what that rests on."""


class Expected(Model):
    """What an example must come to; any of these, compared as a report prints them."""

    premium: Annotated[Number, Field(ge=0, le=10**15)] | None = None
    discount: Annotated[Number, Field(ge=-10, le=1)] | None = None
    factor: Annotated[Number, Field(ge=0, le=100)] | None = None
    status: Literal["ok", "gate", "insufficient"] | None = None
    score: Annotated[Number, Field(ge=0, le=100)] | None = None
    verified: Annotated[Number, Field(ge=0, le=100)] | None = None
    declared: Annotated[Number, Field(ge=0, le=100)] | None = None
    coverage: Share | None = None
    grade: Grade | None = None


class Example(Model):
    """A firm whose result is known: ``posture-scan profiles test`` works it out and compares."""

    id: Key
    text: Words
    base_premium: Money | None = None
    facts: dict[str, Annotated[str, Field(max_length=100)]] = Field(default={})
    """Facts about the firm, as in its answers, where no premium before discount is given."""
    group_discount: bool = False
    certificates: list[Key] = Field(default=[])
    modification: Annotated[Number, Field(ge=-1, le=1)] = Decimal(0)
    """A person's judgement under a filed schedule: -0.1 takes 10 % off."""
    default: Standing = "unknown"
    """The status of every criterion that is not named under ``criteria``."""
    criteria: dict[str, Standing] = Field(default={})
    expect: Expected


class ProfileFile(Model):
    """An insurer's rating rules as data: what every kind of profile states."""

    schema_version: Literal[1]
    id: Key
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    status: Literal["illustrative", "published"]
    valid_from: date
    valid_until: date
    weight_total: Number = Field(gt=0, le=10000)
    minimum_set: list[CriterionId]
    name: Words
    notice: Words
    evidence: EvidenceTerms
    validity: Validity
    grades: Grades
    referral: Referral
    sources: list[Source]
    facts: list[Fact]
    examples: list[Example] = Field(default=[])
