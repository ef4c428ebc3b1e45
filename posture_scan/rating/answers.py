"""From a declared answer, the document behind it and files handed in to a status of their own."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from posture_scan.model.answer import Answer, Answers
from posture_scan.rating.machine import judge_rule, worst
from posture_scan.rating.observed import CLOCK_SLACK, Observed
from posture_scan.rating.papers import Paper, resting_on, settled, shown_by_papers
from posture_scan.rating.profile import Criterion, Machine, Path, Profile, Question
from posture_scan.rating.status import Disagreement, EvidenceClass, Reason, State

_STATES: Final = {
    "yes": State.MET,
    "all": State.MET,
    "partly": State.PARTIAL,
    "some": State.PARTIAL,
    "no": State.NOT_MET,
    "none": State.NOT_MET,
}
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Claim:
    """What an answer claims, after what the scan says about its ``not_used``."""

    state: State
    evidence_class: EvidenceClass = EvidenceClass.NONE
    reasons: tuple[Reason, ...] = ()
    said: str = ""
    """The answer as given, for the ledger: ``vpn=all, vendor=none``."""
    contradicted_path: str = ""
    findings: tuple[str, ...] = field(default=())
    """The findings that contradict the answer, or prove it."""
    told: dict[str, State] = field(default_factory=dict)
    """The state of each path by the answer alone; a plain question has the path ``""``."""
    seen: str = "used"
    """What contradicts the answer: a path that is in use, or the state a file shows."""
    note: Disagreement | None = None


_SETTLED: Final = frozenset({"unanswered", "not_asked", "path_open"})
"""Reasons of an open answer that no longer hold where a file settles what was left open."""


def claim(criterion: Criterion, answers: Answers | None, observed: Observed) -> Claim:
    """Return what the answer to a criterion's question and the files handed in claim together.

    Without either it is unknown.
    """
    said = _answered(criterion, answers, observed)
    paper = shown_by_papers(criterion, observed)
    if paper is None or said.state is State.CONTRADICTED:
        return said
    if paper.state not in {State.MET, State.PARTIAL, State.NOT_MET}:
        return dataclasses.replace(said, reasons=(*said.reasons, *paper.reasons))
    paths = criterion.question.paths if criterion.question else ()
    return _beside(paper, said, tuple(path.id for path in paths) or ("",))


def _beside(paper: Paper, said: Claim, paths: tuple[str, ...]) -> Claim:
    """Hold the answer against what a file shows of some of its paths, and take the worse."""
    told = {path: said.told.get(path, State.UNKNOWN) for path in paths}
    parts = settled(paper, told, said.evidence_class)
    seen, findings = paper.state.value, (*said.findings, *paper.findings)
    against = [path for path, part in parts.items() if part.contradicted]
    if against:
        return dataclasses.replace(
            said, state=State.CONTRADICTED, evidence_class=EvidenceClass.DOCUMENTED,
            findings=findings, contradicted_path=against[0], seen=seen,
        )  # fmt: skip
    state = worst(part.state for part in parts.values())
    if state is State.UNKNOWN:
        open_ = () if said.reasons else (Reason("path_open"),)
        return dataclasses.replace(
            said, state=state, reasons=(*said.reasons, *open_), findings=findings
        )  # fmt: skip
    over = [path for path, part in parts.items() if part.overstated]
    note = None
    if over and state is paper.state:
        note = Disagreement("overstated", said.said, seen, over[0], findings)
    return dataclasses.replace(
        said, state=state, evidence_class=resting_on(tuple(parts.values()), state),
        reasons=tuple(reason for reason in said.reasons if reason.id not in _SETTLED),
        findings=findings, note=note,
    )  # fmt: skip


def _answered(criterion: Criterion, answers: Answers | None, observed: Observed) -> Claim:
    """Return what the answer to a criterion's question claims; without one it is unknown."""
    question = criterion.question
    answer = answers.get(criterion.id) if answers else None
    if question is None or answers is None or answer is None:
        return Claim(State.UNKNOWN, reasons=(Reason("unanswered" if question else "not_asked"),))
    today = observed.now.date()
    if not _fresh(answers.answered_on, today, observed.profile.validity.answer_days):
        return Claim(State.UNKNOWN, reasons=(Reason("answer_expired"),))
    said = ", ".join(f"{k}={v}" if k else v for k, v in sorted(answer.paths.items()))
    based_on, reasons = _evidence_class(answer, question, observed.profile, today)
    if question.choices:
        choice = answer.paths.get("", "")
        if choice not in question.choices:
            return Claim(State.UNKNOWN, reasons=(Reason("unanswered"),), said=said)
        state = _STATES[choice]
        return Claim(state, based_on, reasons, said, told={"": state})
    return _paths(question, answer, observed, Claim(State.UNKNOWN, based_on, reasons, said))


def _paths(question: Question, answer: Answer, observed: Observed, given: Claim) -> Claim:
    """Combine the paths by the worst; ``not_used`` counts only as far as the scan bears it."""
    told: dict[str, State] = {}
    proofs: set[str] = set()
    for path in question.paths:
        choice = answer.paths.get(path.id, "")
        if choice not in path.choices:
            told[path.id] = State.UNKNOWN
            continue
        if choice != "not_used":
            told[path.id] = _STATES[choice]
            continue
        state, findings = _not_used(path, observed)
        if state is State.CONTRADICTED:
            return Claim(
                state, EvidenceClass.VERIFIED, given.reasons, given.said, path.id, findings
            )
        told[path.id] = state
        proofs.update(findings)
    return _together(told, proofs, dataclasses.replace(given, told=told))


def _together(told: dict[str, State], proofs: set[str], given: Claim) -> Claim:
    state = worst(told.values())
    if state is State.UNKNOWN:
        reasons = (*given.reasons, Reason("path_open"))
        return dataclasses.replace(given, state=state, reasons=reasons)
    if state is not State.NOT_APPLICABLE:
        return dataclasses.replace(given, state=state)
    if not proofs:
        reasons = (Reason("not_used_unproven"),)
        return dataclasses.replace(given, state=State.UNKNOWN, reasons=reasons)
    return dataclasses.replace(
        given, state=state, evidence_class=EvidenceClass.VERIFIED, findings=tuple(sorted(proofs))
    )


def _not_used(path: Path, observed: Observed) -> tuple[State, tuple[str, ...]]:
    """Hold ``not_used`` against the scan: contradicted, proven, or neither.

    A path that no scan can see is left out of the combination; one that a scan could
    contradict is unknown until the scan has shown that nothing is there. Otherwise removing
    the observation that contradicts an answer would make the answer count.
    """
    if not path.contradicted_by:
        return State.NOT_APPLICABLE, ()
    seen = judge_rule(_exposure(path.contradicted_by), observed)
    if seen.state is State.NOT_MET:
        return State.CONTRADICTED, seen.findings
    if seen.state is State.MET:
        return State.NOT_APPLICABLE, seen.findings
    return State.UNKNOWN, ()


def _exposure(checks: tuple[str, ...]) -> Machine:
    """Return the rule by which a scan from outside shows that a path is used.

    What no scan can observe (a silent UDP port) cannot contradict a person's word either.
    """
    return Machine(
        assets=("address",),
        vantage=("external",),
        not_met_if=checks,
        partial_if=(),
        mode="worst",
        met_share=Decimal(1),
        weak_share=Decimal(0),
        min_confidence=None,
        max_age_days=None,
        max_age_by_method={},
        fully_scanned=True,
        named_only=False,
        absent="met",
        outside_only=False,
        seen_only=True,
        data_only=False,
    )


def _evidence_class(
    answer: Answer, question: Question, profile: Profile, today: date
) -> tuple[EvidenceClass, tuple[Reason, ...]]:
    """Return what an answer rests on; an expired document leaves the person's word."""
    document = answer.document
    if document is None:
        return EvidenceClass.ATTESTED, ()
    days = question.document_max_age_days or profile.validity.answer_days
    if not _SHA256.fullmatch(document.sha256) or not document.name:
        return EvidenceClass.ATTESTED, (Reason("document_unnamed"),)
    if not _fresh(document.dated, today, days):
        return EvidenceClass.ATTESTED, (Reason("document_expired"),)
    return EvidenceClass.DOCUMENTED, ()


def _fresh(day: date, today: date, days: int) -> bool:
    return day <= today + CLOCK_SLACK and today - day <= timedelta(days=days)
