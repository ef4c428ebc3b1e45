"""What a calculation reads and what it results in, whatever the kind of profile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from posture_scan.rating.exact import ONE, ZERO
from posture_scan.rating.profile import Criterion
from posture_scan.rating.status import CriterionStatus, EvidenceClass


class RatingStatus(StrEnum):
    """Whether the credits count: a gate is open, too little is known, or all is well."""

    OK = "ok"
    GATE = "gate"
    INSUFFICIENT = "insufficient"


@dataclass(frozen=True)
class Terms:
    """What is priced beside the evidence. ``base_premium`` is P0 in the profile's currency."""

    base_premium: Decimal
    group_discount: bool = False
    certificates: tuple[str, ...] = ()
    modification: Decimal = ZERO
    """A person's judgement under a filed schedule, as a share of one; the profile caps it."""


@dataclass(frozen=True)
class Credit:
    """What one criterion does to the premium: ``factor`` = 1 - ``weight`` x share x (1 - r_met)."""

    criterion: Criterion
    status: CriterionStatus
    weight: Decimal
    """Z: what the class of evidence is worth."""
    share: Decimal
    """h: one when met, the profile's share when partly met, else zero."""
    factor: Decimal


@dataclass(frozen=True)
class GroupFactor:
    """The credits of one group multiplied, and the floor they may not pass."""

    group: str
    product: Decimal
    factor: Decimal
    verified_factor: Decimal
    """The same without attested credits."""
    level: str = ""
    """In a filed schedule the level that the block's score gives."""
    score: Decimal | None = None
    """That score, 0 to 100; None where nothing of the block applies."""


@dataclass(frozen=True)
class Coverage:
    """Weight of the criteria that apply, and of those of them that were assessed."""

    assessed: Decimal
    applicable: Decimal

    @property
    def share(self) -> Decimal:
        """Assessed over applicable weight; zero where nothing applies."""
        return self.assessed / self.applicable if self.applicable else ZERO


@dataclass(frozen=True)
class Settled:
    """The last steps of a calculation, from the factor on."""

    factor: Decimal
    controls: Decimal
    """A = 1 - factor."""
    certificates: Decimal
    """B, as it counts."""
    certificates_claimed: Decimal
    """The credits of the certificates before cap and status."""
    discount: Decimal
    """D = A + B, capped."""
    after_discount: Decimal
    """P1."""
    after_group: Decimal
    """P2."""
    premium: Decimal
    """P, the final premium."""
    modification: Decimal = ZERO
    """The person's judgement, as far as the cap lets it count."""


@dataclass(frozen=True)
class Standing:
    """What is the same for every kind: credits, gates, what is missing, coverage, status."""

    credits: tuple[Credit, ...]
    gates: tuple[str, ...]
    missing: tuple[str, ...]
    coverage: Coverage
    status: RatingStatus


@dataclass(frozen=True, kw_only=True)
class Price(Settled):
    """Every figure of one calculation: what stands, the factors from it, and the last steps."""

    credits: tuple[Credit, ...]
    groups: tuple[GroupFactor, ...]
    gates: tuple[str, ...]
    missing: tuple[str, ...]
    coverage: Coverage
    status: RatingStatus
    f_all: Decimal
    f_verified: Decimal
    f_limited: Decimal
    """After the limit on what answers alone may add; before status, clamp and rounding."""


def product(factors: Iterable[Decimal]) -> Decimal:
    """Multiply factors; one where there are none."""
    result = ONE
    for factor in factors:
        result *= factor
    return result


def attested(credit: Credit) -> bool:
    """Tell whether a credit rests on an answer alone."""
    return bool(credit.share) and credit.status.evidence_class is EvidenceClass.ATTESTED
