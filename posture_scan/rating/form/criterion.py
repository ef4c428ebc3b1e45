"""The form of a criterion in a profile file: its question, its rules, what it weighs.

This module is imported inside functions only, which is why pydantic may stand at its top.
"""

from __future__ import annotations

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


class ClaimsData(Model):
    """What claims data say of one control, and how much of it the profile credits."""

    rr: Number = Field(ge=1, le=1000)
    """How many times the claims of the others the firms without the control have."""
    prevalence: Share
    """The share of all firms that are without it."""
    keep: Share
    """The share of the effect that is credited."""


class PricedCriterion(Criterion):
    """A criterion with a multiplier of its own."""

    r_met: Annotated[Number, Field(gt=0, le=1, decimal_places=4)]
    r_not: Annotated[Number, Field(ge=1, le=5, decimal_places=4)] | None = None
    r_unknown: Annotated[Number, Field(ge=1, le=5, decimal_places=4)] | None = None
    relativity: ClaimsData | None = None
    """The claims data from which ``r_met`` follows, to three decimals."""
