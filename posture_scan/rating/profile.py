"""A profile as the arithmetic reads it: an insurer's rating rules, frozen and exact.

The form of the file is judged in ``form.profile``, the relations between its values in
``lint``, its way from file to here in ``load``. Every number is a Decimal, in the profile's
currency where it is money, as a share of one where it is a credit, cap or floor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from posture_scan.model.words import CriterionWords
from posture_scan.rating.figures import (
    ClaimsData,
    EvidenceTerms,
    Example,
    Grades,
    Limits,
    Premium,
    Referral,
    Renewal,
    Rounding,
    Schedule,
    Source,
    Validity,
    Words,
)


@dataclass(frozen=True)
class Group:
    """Criteria that overlap: the product of their credits never falls below ``floor``."""

    id: str
    floor: Decimal
    name: Words
    source: str


@dataclass(frozen=True)
class Certificate:
    """A certificate and its credit; of those with the same ``best_of`` only the best counts."""

    id: str
    credit: Decimal
    name: Words
    best_of: str
    self_declared: bool
    source: str


@dataclass(frozen=True)
class Fact:
    """A fact about the firm to ask for: kind ``industry``, ``plan``, ``money``, ``yes_no``."""

    id: str
    kind: str
    text: Words


@dataclass(frozen=True)
class Path:
    """One thing a question asks about by itself."""

    id: str
    label: Words
    choices: tuple[str, ...]
    contradicted_by: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """What is asked where no machine can see, or could not; without paths a plain question."""

    text: Words
    choices: tuple[str, ...]
    paths: tuple[Path, ...]
    document_max_age_days: int | None


@dataclass(frozen=True)
class Machine:
    """One rule that turns findings into a status."""

    assets: tuple[str, ...]
    vantage: tuple[str, ...]
    not_met_if: tuple[str, ...]
    partial_if: tuple[str, ...]
    mode: str
    met_share: Decimal
    weak_share: Decimal
    min_confidence: int | None
    max_age_days: int | None
    max_age_by_method: dict[str, int]
    fully_scanned: bool
    named_only: bool
    absent: str
    """What it means that nothing the checks ask about is there: ``not_applicable``, ``met``
    (an exposure that was looked for and not found), ``unknown`` (the question decides)."""
    outside_only: bool
    """A weakness seen is not met; its absence proves nothing about what no rule can see: what
    lies inside, or what people do."""
    seen_only: bool
    """What cannot be observed by its nature (a silent UDP port) decides nothing; a weakness that
    shows itself is not met, and anything else that stayed unseen is still unknown."""
    data_only: bool
    """Only the computers that hold declared data count, each of them; where the scope names
    none, every computer does."""
    evidence_class: str = "verified"
    """``documented``: nobody observed it here, a file that was handed in says so. Without such a
    file the rule says nothing at all, and what it says counts for ``paths`` beside the answer."""
    paths: tuple[str, ...] = ()
    """The paths of the question that a documented rule speaks for; a plain question has none."""
    unproven_if: tuple[str, ...] = ()
    """Checks that fail where the file cannot show it: partial, unless an answer says more."""

    @property
    def checks(self) -> tuple[str, ...]:
        """Every check the rule reads."""
        return self.not_met_if + self.partial_if + self.unproven_if

    @property
    def documented(self) -> bool:
        """Whether the rule reads what was handed in, not what a machine observed."""
        return self.evidence_class == "documented"


@dataclass(frozen=True)
class Frameworks:
    """Ids of the matching requirements of other frameworks."""

    scs: tuple[str, ...]
    ipa25: tuple[str, ...]
    cis: tuple[str, ...]
    csf: tuple[str, ...]
    cyber_essentials: tuple[str, ...]


@dataclass(frozen=True)
class Criterion:
    """One underwriting question: what it weighs, what it earns, how it is decided."""

    id: str
    group: str
    weight: Decimal
    r_met: Decimal
    r_not: Decimal | None
    r_unknown: Decimal | None
    gate: str | None
    needs_machine: bool
    source: str
    effort_hours: Decimal
    prove_hours: Decimal
    frameworks: Frameworks
    title: Words
    action: Words
    prove: Words
    question: Question | None
    machine: tuple[Machine, ...]
    relativity: ClaimsData | None = None
    """The claims data from which ``r_met`` follows, where it does."""

    @property
    def observed(self) -> tuple[Machine, ...]:
        """The rules by which a machine sees for itself."""
        return tuple(rule for rule in self.machine if not rule.documented)

    def words(self, language: str) -> CriterionWords:
        """Return the criterion's words in one language, as renderers receive them."""
        question = self.question
        return CriterionWords(
            title=self.title.of(language),
            question=question.text.of(language) if question else "",
            paths={p.id: p.label.of(language) for p in question.paths} if question else {},
            prove=self.prove.of(language),
            action=self.action.of(language),
        )


@dataclass(frozen=True)
class Profile:
    """An insurer's rating rules, with the digest of the file they came from."""

    id: str
    version: str
    kind: str
    currency: str
    status: str
    valid_from: date
    valid_until: date
    weight_total: Decimal
    minimum_set: tuple[str, ...]
    name: Words
    notice: Words
    evidence: EvidenceTerms
    limits: Limits
    rounding: Rounding
    premium: Premium
    schedule: Schedule | None
    validity: Validity
    grades: Grades
    renewal: Renewal | None
    referral: Referral
    sources: tuple[Source, ...]
    groups: tuple[Group, ...]
    certificates: tuple[Certificate, ...]
    facts: tuple[Fact, ...]
    criteria: tuple[Criterion, ...]
    examples: tuple[Example, ...] = ()
    """Firms whose results are known; ``profiles test`` works them out."""
    digest: str = ""
    """SHA-256 of the file's bytes, in hexadecimal."""

    @property
    def priced(self) -> bool:
        """Whether there is a premium; the kind ``criteria`` has none."""
        return self.kind != "criteria"

    def criterion(self, name: str) -> Criterion | None:
        """Return the criterion of this id, or None."""
        return next((item for item in self.criteria if item.id == name), None)

    @property
    def checks(self) -> frozenset[str]:
        """Every check that some criterion reads, contradictions included."""
        rules = (rule for item in self.criteria for rule in item.machine)
        questions = (item.question for item in self.criteria if item.question)
        paths = (path for question in questions for path in question.paths)
        read = {check for rule in rules for check in rule.checks}
        return frozenset(read | {check for path in paths for check in path.contradicted_by})

    def words(self, language: str) -> dict[str, CriterionWords]:
        """Return the words of every criterion in one language, by id."""
        return {item.id: item.words(language) for item in self.criteria}
