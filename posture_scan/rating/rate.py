"""The rating: statuses, or a whole report's evidence, to score, discount and yen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, localcontext
from typing import Any

from posture_scan.errors import UsageError
from posture_scan.model.answer import Answers
from posture_scan.model.evidence import Asset
from posture_scan.model.finding import Finding
from posture_scan.model.scope import Scope
from posture_scan.rating import trace, value
from posture_scan.rating.arithmetic import price
from posture_scan.rating.attribution import attribution
from posture_scan.rating.criteria import decide
from posture_scan.rating.exact import CONTEXT, ZERO, plain, to_unit
from posture_scan.rating.premium import BasePremium, positive
from posture_scan.rating.premium import base_premium as settled_premium
from posture_scan.rating.priced import Price, Terms
from posture_scan.rating.profile import Profile
from posture_scan.rating.range import Case, Range, spread
from posture_scan.rating.score import Scores, grade, scores
from posture_scan.rating.status import CriterionStatus
from posture_scan.rating.step import Step, fixed


@dataclass(frozen=True)
class Rating:
    """A profile applied to statuses: every figure, and how each came about."""

    profile: Profile
    statuses: tuple[CriterionStatus, ...]
    terms: Terms
    base: BasePremium
    price: Price
    scores: Scores
    grade: str | None
    range: Range
    trace: tuple[Step, ...]
    fixes: tuple[value.Worth, ...]
    unlock: value.Unlock | None
    attribution: dict[str, str]
    referral: tuple[str, ...]
    """Why an underwriter must look: ``critical``, ``high``, ``contradiction``, ``incident``."""

    def to_json(self) -> dict[str, Any]:
        """Return the ``rating`` part of a report; every number as text."""
        with localcontext(CONTEXT):
            return self._to_json()

    def _to_json(self) -> dict[str, Any]:
        decimals = self.profile.rounding.factor_decimals
        result, priced = self.price, self.profile.priced
        shares = {
            "factor": result.factor,
            "controls_discount": result.controls,
            "certificate_discount": result.certificates,
        }
        return {
            "profile": self._profile(),
            "status": result.status.value,
            "gates": list(result.gates),
            "missing": list(result.missing),
            "coverage": fixed(self.scores.coverage.share, 2),
            "verified": _score(self.scores.verified),
            "score": _score(self.scores.score),
            "declared": _score(self.scores.declared),
            "grade": self.grade,
            "range": {
                "worst": self._case(self.range.worst),
                "best": self._case(self.range.best),
            },
            "potential": self._case(self.range.potential),
            **{name: fixed(share, decimals) for name, share in shares.items()},
            "discount": fixed(result.discount, decimals) if priced else None,
            "group_discount": self.terms.group_discount,
            "certificates": list(self.terms.certificates),
            "modification": plain(self.terms.modification),
            "base_premium": self._base_premium() if priced else None,
            "base_source": self.base.source,
            "premium": plain(result.premium) if priced else None,
            "currency": self.profile.currency,
            "trace": [step.to_json() for step in self.trace],
            "fixes": [item.to_json() for item in self.fixes],
            "unlock": self.unlock.to_json() if self.unlock else None,
            "attribution": dict(self.attribution),
            "contradictions": contradictions(self.statuses),
            "referral": list(self.referral),
        }

    def _base_premium(self) -> str:
        """The premium before discount; a filed table's is shown in whole units of money."""
        shown = self.terms.base_premium
        if self.base.manual is not None:
            shown = to_unit(shown, self.profile.rounding.unit, self.profile.rounding.mode)
        return plain(shown)

    def _case(self, case: Case) -> dict[str, str | None]:
        priced, decimals = self.profile.priced, self.profile.rounding.factor_decimals
        return {
            "score": _score(case.score),
            "discount": fixed(case.discount, decimals) if priced else None,
            "premium": plain(case.premium) if priced else None,
        }

    def _profile(self) -> dict[str, str]:
        profile = self.profile
        return {
            "id": profile.id,
            "kind": profile.kind,
            "version": profile.version,
            "digest": profile.digest,
            "status": profile.status,
        }


def rate(
    profile: Profile,
    statuses: Iterable[CriterionStatus],
    *,
    base_premium: Decimal | BasePremium,
    group_discount: bool = False,
    certificates: Sequence[str] = (),
    modification: Decimal = ZERO,
    incident: bool = False,
) -> Rating:
    """Price criterion statuses; a criterion without a status is unknown.

    ``base_premium`` is the premium before discount in the profile's currency, ``modification`` a
    person's judgement under a filed schedule (-0.1 takes 10 % off, within its cap), ``incident``
    whether the firm had one in the last five years (refers, changes no figure).

    Raises:
        UsageError: an amount, a certificate or a criterion that the profile cannot use.
    """
    base = base_premium
    if not isinstance(base, BasePremium):
        base = BasePremium(positive("base_premium", base), "given")
    known = _by_id(profile, statuses)
    terms = Terms(base.amount, group_discount, tuple(sorted(set(certificates))), modification)
    with localcontext(CONTEXT):
        return _rate(profile, known, terms, base, incident=incident)


def _rate(
    profile: Profile,
    known: Mapping[str, CriterionStatus],
    terms: Terms,
    base: BasePremium,
    *,
    incident: bool,
) -> Rating:
    today = price(profile, known, terms)
    scored = scores(today)
    ordered = tuple(known[item.id] for item in profile.criteria if item.id in known)
    return Rating(
        profile=profile,
        statuses=ordered,
        terms=terms,
        base=base,
        price=today,
        scores=scored,
        grade=grade(profile, scored.score, today),
        range=spread(profile, known, terms, today),
        trace=trace.steps(profile, today, terms, base),
        fixes=value.worths(profile, terms, today),
        unlock=value.unlock(profile, terms, today),
        attribution=attribution(profile, today, terms),
        referral=_referral(today, ordered, incident=incident),
    )


def rate_report(  # noqa: PLR0917 -- the report's parts, in the order of a report
    profile: Profile,
    findings: Iterable[Finding],
    assets: Iterable[Asset],
    scope: Scope | None,
    answers: Answers | None,
    now: datetime,
    premium: Decimal | None = None,
    *,
    group_discount: bool = False,
    certificates: Sequence[str] = (),
    modification: Decimal = ZERO,
) -> Rating:
    """Rate a report's evidence: a pure function of what is handed in.

    Without a ``premium`` before discount it is estimated from the facts in the answers, and
    without those taken from the profile's example firm; ``base_source`` says which.

    Raises:
        UsageError: an amount, a fact or a certificate that the profile cannot use.
    """
    statuses = decide(
        profile, findings=findings, assets=assets, scope=scope, answers=answers, now=now
    )
    facts = answers.facts if answers else {}
    return rate(
        profile,
        statuses,
        base_premium=settled_premium(profile, premium, facts),
        group_discount=group_discount,
        certificates=certificates,
        modification=modification,
        incident=facts.get("incident_last_5_years") == "yes",
    )


def contradictions(statuses: Iterable[CriterionStatus]) -> list[dict[str, Any]]:
    """Return the ledger of answers and observations that disagree, in the order of criteria."""
    found = []
    for status in statuses:
        item = status.disagreement
        if item is not None:
            found.append(
                {
                    "criterion": status.id,
                    "kind": item.kind,
                    "answer": item.answer,
                    "seen": item.seen,
                    "path": item.path,
                    "findings": list(item.findings),
                }
            )
    return found


def _by_id(profile: Profile, statuses: Iterable[CriterionStatus]) -> Mapping[str, CriterionStatus]:
    known: dict[str, CriterionStatus] = {}
    for status in statuses:
        if profile.criterion(status.id) is None or status.id in known:
            raise UsageError("rating.criterion", id=status.id, profile=profile.id)
        known[status.id] = status
    return known


def _referral(
    result: Price, statuses: tuple[CriterionStatus, ...], *, incident: bool
) -> tuple[str, ...]:
    levels = {c.criterion.gate for c in result.credits if c.criterion.id in result.gates}
    disagreed = any(
        s.status.value == "contradicted" or (s.disagreement and s.disagreement.kind == "overstated")
        for s in statuses
    )
    causes = {
        "critical": "critical" in levels,
        "high": "high" in levels,
        "contradiction": disagreed,
        "incident": incident,
    }
    return tuple(name for name, holds in causes.items() if holds)


def _score(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")
