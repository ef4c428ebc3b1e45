"""The figures of a profile that stand for themselves: weights, limits, premium, grades.

Every number is a Decimal, in the profile's currency where it is money, as a share of one where
it is a credit, cap or floor; each table names the source of its figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Words:
    """The same text in both languages."""

    ja: str
    en: str

    def of(self, language: str) -> str:
        """Return the Japanese text for ``ja``, the English for any other language."""
        return self.ja if language == "ja" else self.en


@dataclass(frozen=True)
class Source:
    """Where figures come from: ``published``, ``derived`` or ``illustrative``."""

    id: str
    status: str
    text: Words


@dataclass(frozen=True)
class ClaimsData:
    """What claims data say of one control, and how much of it a profile credits.

    From it ``relativity`` works out what meeting the control does to the premium.
    """

    rr: Decimal
    """How many times the claims of the others the firms without the control have."""
    prevalence: Decimal
    """The share of all firms that are without it."""
    keep: Decimal
    """The share of the effect that the profile is willing to credit."""


@dataclass(frozen=True)
class Expected:
    """What an example must come to; None: not said. Shares of one, scores of 0 to 100."""

    premium: Decimal | None
    discount: Decimal | None
    factor: Decimal | None
    status: str | None
    score: Decimal | None
    verified: Decimal | None
    declared: Decimal | None
    coverage: Decimal | None
    grade: str | None


@dataclass(frozen=True)
class Example:
    """One firm whose result the profile's author knows, so that the profile can be tested."""

    id: str
    text: Words
    base_premium: Decimal | None
    """None: what ``facts`` lead to, without them the profile's own example firm."""
    facts: dict[str, str]
    group_discount: bool
    certificates: tuple[str, ...]
    modification: Decimal
    """A person's judgement under a filed schedule, as a share of one."""
    default: str
    """The status of every criterion that ``criteria`` leaves out."""
    criteria: dict[str, str]
    """Status and class of evidence in words, such as ``met verified``, by criterion."""
    expect: Expected


@dataclass(frozen=True)
class EvidenceTerms:
    """What each class of evidence is worth, and what becomes evidence at all."""

    verified: Decimal
    documented: Decimal
    attested: Decimal
    partial: Decimal
    min_confidence: int
    waived: str
    source: str


@dataclass(frozen=True)
class Limits:
    """Caps and bounds of the discount, as shares of one."""

    controls_cap: Decimal
    certificates_cap: Decimal
    total_cap: Decimal
    attested_cap: Decimal
    group_discount: Decimal
    factor_min: Decimal
    factor_max: Decimal
    coverage_min: Decimal
    source: str


@dataclass(frozen=True)
class Rounding:
    """To what unit yen are rounded (``half_up``, ``down``, ``up``), and the factor's decimals."""

    unit: Decimal
    mode: str
    factor_decimals: int


@dataclass(frozen=True)
class Relativity:
    """One industry or plan and its multiplier."""

    id: str
    factor: Decimal
    name: Words


@dataclass(frozen=True)
class Estimate:
    """How a premium before discount is estimated; sales and base in the profile's currency."""

    base: Decimal
    reference_sales: Decimal
    exponent: Decimal
    sales_min: Decimal
    sales_max: Decimal
    default_industry: str
    default_plan: str
    label: Words
    industries: tuple[Relativity, ...]
    plans: tuple[Relativity, ...]
    source: str


@dataclass(frozen=True)
class Premium:
    """The minimum premium, and the estimate of the premium before discount."""

    minimum: Decimal
    source: str
    estimate: Estimate | None
    """None where a filed schedule says what the premium is, or there is none."""


@dataclass(frozen=True)
class Point:
    """One row of a banded table."""

    at: Decimal
    value: Decimal


@dataclass(frozen=True)
class Table:
    """A banded table over an amount of money, in steps or with straight lines between rows."""

    between: str
    rows: tuple[Point, ...]


@dataclass(frozen=True)
class Level:
    """A level of a block and its factor, from a score (0 to 100) on."""

    id: str
    at_least: Decimal
    factor: Decimal
    name: Words


@dataclass(frozen=True)
class Defaults:
    """The example firm that is priced where facts are missing."""

    exposure: Decimal
    industry: str
    limit: Decimal
    retention: Decimal


@dataclass(frozen=True)
class Schedule:
    """A filed schedule of premiums; what each value means stands in ``form.kinds``."""

    exposure: str
    base: Table
    layer: str
    limit_factors: Table
    retention_factors: Table | None
    loss_cost_multiplier: Decimal
    modification_cap: Decimal
    defaults: Defaults
    industries: tuple[Relativity, ...]
    levels: tuple[Level, ...]
    source: str


@dataclass(frozen=True)
class Validity:
    """For how many days each kind of evidence counts."""

    report_days: int
    quote_days: int
    host_days: int
    answer_days: int
    restore_test_days: int
    source: str


@dataclass(frozen=True)
class GradeStep:
    """A grade and the score (0 to 100) from which it is given."""

    grade: str
    at_least: Decimal


@dataclass(frozen=True)
class Grades:
    """The letters, best first, and the ceilings that hold them down."""

    lowest: str
    critical_gate: str
    high_gate: str
    incomplete: str
    source: str
    steps: tuple[GradeStep, ...]


@dataclass(frozen=True)
class Renewal:
    """The levels of discount as shares of one, and how many it may rise at one renewal."""

    levels: tuple[Decimal, ...]
    rise: int | None
    """None: any number; a fall always counts at once."""
    source: str


@dataclass(frozen=True)
class Referral:
    """The words an underwriter is given for each cause of referral."""

    critical: Words
    high: Words
    contradiction: Words
    incident: Words
