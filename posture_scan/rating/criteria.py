"""From findings and answers to the status of every criterion of a profile.

The machine's own observation comes first. Where it is unknown, a document or an answer decides;
a file handed in that contradicts the answer has been weighed with it (``answers``, ``papers``).
Where both speak and the answer claims what the machine saw to be false, it is contradicted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from posture_scan.model.answer import Answers
from posture_scan.model.evidence import Asset
from posture_scan.model.finding import Finding
from posture_scan.model.scope import Scope
from posture_scan.rating.answers import Claim, claim
from posture_scan.rating.machine import Seen, seen_by_machine
from posture_scan.rating.observed import Observed
from posture_scan.rating.profile import Criterion, Profile
from posture_scan.rating.status import CriterionStatus, Disagreement, EvidenceClass, State

_RANK: Final = {State.NOT_MET: 0, State.PARTIAL: 1, State.MET: 2, State.NOT_APPLICABLE: 2}


def decide(
    profile: Profile,
    *,
    findings: Iterable[Finding],
    assets: Iterable[Asset],
    scope: Scope | None,
    answers: Answers | None,
    now: datetime,
) -> tuple[CriterionStatus, ...]:
    """Return the status of every criterion, in the profile's order.

    The order of findings and assets makes no difference. ``now`` is the moment of judging,
    against which evidence and answers expire.
    """
    observed = Observed(profile, findings, assets, scope, now)
    return tuple(
        _settle(item, seen_by_machine(item, observed), claim(item, answers, observed))
        for item in profile.criteria
    )


def _settle(criterion: Criterion, seen: Seen, said: Claim) -> CriterionStatus:
    if said.state is State.CONTRADICTED:
        return _denied(criterion, said)
    if seen.state is State.UNKNOWN:
        return _by_answer(criterion, seen, said)
    if said.state is State.UNKNOWN or seen.state is State.NOT_APPLICABLE:
        return _by_machine(criterion, seen)
    above = _RANK[said.state] - _RANK[seen.state]
    if above > 0 and seen.state is State.NOT_MET:
        return _contradicted(criterion, said, seen.findings, seen.state.value)
    if above == 0:
        return _by_machine(criterion, seen)
    kind = "overstated" if above > 0 else "understated"
    note = Disagreement(kind, said.said, seen.state.value, "", seen.findings)
    return _by_machine(criterion, seen, note)


def _by_machine(
    criterion: Criterion, seen: Seen, note: Disagreement | None = None
) -> CriterionStatus:
    verified = EvidenceClass.VERIFIED
    return CriterionStatus(criterion.id, seen.state, verified, seen.findings, seen.reasons, note)


def _by_answer(criterion: Criterion, seen: Seen, said: Claim) -> CriterionStatus:
    """Let the answer decide what no machine saw, but not above what one saw in part."""
    reasons = (*seen.reasons, *said.reasons)
    if said.state is State.UNKNOWN:
        return CriterionStatus(
            criterion.id, State.UNKNOWN, EvidenceClass.NONE, seen.findings, reasons
        )
    state, note = said.state, said.note
    if state is State.MET and seen.worst_known is State.PARTIAL:
        state = State.PARTIAL
        note = Disagreement("overstated", said.said, state.value, "", seen.findings)
    return CriterionStatus(criterion.id, state, said.evidence_class, said.findings, reasons, note)


def _denied(criterion: Criterion, said: Claim) -> CriterionStatus:
    """An answer that is contradicted before any machine's own observation comes into it."""
    note = Disagreement(
        "contradicted", said.said, said.seen, said.contradicted_path, said.findings
    )  # fmt: skip
    state, based_on = State.CONTRADICTED, said.evidence_class
    return CriterionStatus(criterion.id, state, based_on, said.findings, (), note)


def _contradicted(
    criterion: Criterion, said: Claim, findings: tuple[str, ...], seen: str
) -> CriterionStatus:
    note = Disagreement("contradicted", said.said, seen, "", findings)
    state, verified = State.CONTRADICTED, EvidenceClass.VERIFIED
    return CriterionStatus(criterion.id, state, verified, findings, (), note)
