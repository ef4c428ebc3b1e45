"""The form of a profile file, as strict models: read by ``load_profile`` and by editors.

This module is imported inside functions only, which is why pydantic may stand at its top.
Limits are those of the arithmetic; the relations between values are judged by ``lint``.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import (  # noqa: TID253 -- this module itself is imported lazily
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)


def _exact(value: object) -> object:
    return Decimal(value) if type(value) is int else value


Number = Annotated[Decimal, Field(decimal_places=6), BeforeValidator(_exact)]
Share = Annotated[Number, Field(ge=0, le=1)]
Money = Annotated[Number, Field(gt=0, le=10**13)]
Days = Annotated[int, Field(ge=1, le=3650)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
CriterionId = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]{1,23}$")]
CheckId = Annotated[str, Field(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$")]
Grade = Literal["A", "B", "C", "D", "E"]
Sentence = Annotated[str, Field(min_length=1, max_length=600)]


class Model(BaseModel):
    """Base of every table: unknown keys and loose types are mistakes."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Words(Model):
    """The same text in both languages."""

    ja: Sentence
    en: Sentence


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


class Path(Model):
    """One thing a question asks about by itself."""

    id: Key
    label: Words
    choices: list[Literal["all", "some", "none", "not_used"]]
    contradicted_by: list[CheckId] = []
    """Checks whose failure shows that ``not_used`` is wrong, and whose passing proves it."""


class Question(Model):
    """What is asked where no machine can see, or could not."""

    text: Words
    choices: list[Literal["yes", "partly", "no"]] = []
    paths: list[Path] = []
    document_max_age_days: Days | None = None


class Machine(Model):
    """One rule that turns findings into a status: from where, of what, and how combined."""

    assets: list[Literal["address", "host", "domain", "tenant"]]
    vantage: list[Literal["external", "lan", "host"]]
    not_met_if: list[CheckId] = []
    partial_if: list[CheckId] = []
    mode: Literal["worst", "share"] = "worst"
    met_share: Share = Decimal("0.95")
    weak_share: Share = Decimal("0.50")
    min_confidence: int | None = Field(default=None, ge=1, le=99)
    max_age_days: Days | None = None
    max_age_by_method: dict[str, Days] = {}
    fully_scanned: bool = True
    named_only: bool = False
    absent: Literal["not_applicable", "met", "unknown"] = "not_applicable"
    outside_only: bool = False
    met_only: bool = False
    seen_only: bool = False
    data_only: bool = False
    evidence_class: Literal["verified", "documented"] = "verified"
    """``documented``: a file that was handed in says so, such as a cloud tenant's user list."""
    paths: list[Key] = []
    """The paths of the question that a documented rule speaks for."""
    unproven_if: list[CheckId] = []
    """Checks of a documented rule that fail where the file cannot show it: partial, unless an
    answer says more."""


class Frameworks(Model):
    """Ids of the matching requirements elsewhere; ids only, no copied text."""

    scs: list[str] = []
    ipa25: list[str] = []
    cis: list[str] = []
    csf: list[str] = []
    cyber_essentials: list[str] = []


class Criterion(Model):
    """One underwriting question: what it weighs, what it earns, how it is decided."""

    id: CriterionId
    group: str
    weight: Number = Field(gt=0, le=100)
    gate: Literal["critical", "high"] | None = None
    needs_machine: bool = False
    source: Key
    effort_hours: Number = Field(default=Decimal(4), gt=0, le=1000)
    """Hours that meeting it takes where no failed check says how many."""
    prove_hours: Number = Field(default=Decimal(1), gt=0, le=1000)
    """Hours that showing it takes where it is in order already."""
    frameworks: Frameworks
    title: Words
    action: Words
    """What one does to meet it, fit for the sentence that names its worth."""
    prove: Words
    """What would settle it while it is unknown."""
    question: Question | None = None
    machine: list[Machine] = []


class PricedCriterion(Criterion):
    """A criterion with a multiplier of its own."""

    r_met: Annotated[Number, Field(gt=0, le=1, decimal_places=4)]
    r_not: Annotated[Number, Field(ge=1, le=5, decimal_places=4)] | None = None
    r_unknown: Annotated[Number, Field(ge=1, le=5, decimal_places=4)] | None = None


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
