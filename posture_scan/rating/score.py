"""Scores, grade and coverage: what is printed beside every price."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, localcontext

from posture_scan.rating.exact import CONTEXT, ONE, ZERO, to_decimals
from posture_scan.rating.priced import Coverage, Credit, Price
from posture_scan.rating.profile import Profile
from posture_scan.rating.status import EvidenceClass

Worth = Callable[[Credit], Decimal]


@dataclass(frozen=True)
class Scores:
    """Three scores of 0 to 100 with one decimal; None when nothing at all was assessed."""

    coverage: Coverage
    verified: Decimal | None
    """What the machine saw, alone."""
    score: Decimal | None
    """The headline: every class of evidence at its weight."""
    declared: Decimal | None
    """Everything at full weight, as if every answer were proven."""


def scores(price: Price) -> Scores:
    """Return the three scores over the weight of the criteria that apply."""
    coverage = price.coverage
    if not coverage.assessed:
        return Scores(coverage, None, None, None)
    with localcontext(CONTEXT):
        verified = _score(price, lambda c: ONE if _verified(c) else ZERO)
        headline = _score(price, lambda c: c.weight)
        declared = _score(price, lambda _: ONE)
    return Scores(coverage, verified, headline, declared)


def _score(price: Price, worth: Worth) -> Decimal:
    total = ZERO
    for credit in price.credits:
        if credit.share:
            total += credit.criterion.weight * credit.share * worth(credit)
    return to_decimals(100 * total / price.coverage.applicable, 1)


def _verified(credit: Credit) -> bool:
    return credit.status.evidence_class is EvidenceClass.VERIFIED


def grade(profile: Profile, score: Decimal | None, price: Price) -> str | None:
    """Return the letter for a score, held down by open gates and an incomplete minimum set."""
    if score is None:
        return None
    rules = profile.grades
    letter = next((s.grade for s in rules.steps if score >= s.at_least), rules.lowest)
    levels = {c.criterion.gate for c in price.credits if c.criterion.id in price.gates}
    ceilings = [letter]
    if "critical" in levels:
        ceilings.append(rules.critical_gate)
    if "high" in levels:
        ceilings.append(rules.high_gate)
    if price.missing:
        ceilings.append(rules.incomplete)
    return max(ceilings)
