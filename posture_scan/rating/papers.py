"""What files that were handed in show of a criterion, beside what a person answered.

Such a file speaks of its own tenant alone: an answer that admits less always counts, and one
that claims what the file shows to be false is contradicted.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from posture_scan.rating.machine import Seen, judge_rule, worst
from posture_scan.rating.observed import Observed
from posture_scan.rating.profile import Criterion, Machine
from posture_scan.rating.status import EvidenceClass, Reason, State

_RANK: Final = {State.NOT_MET: 0, State.PARTIAL: 1, State.MET: 2, State.NOT_APPLICABLE: 2}
_STRENGTH: Final = (EvidenceClass.VERIFIED, EvidenceClass.DOCUMENTED, EvidenceClass.ATTESTED)


@dataclass(frozen=True)
class Paper:
    """What the documented rules of a criterion made of the findings."""

    state: State
    paths: tuple[str, ...]
    """The paths it speaks for; none means the whole of a plain question."""
    findings: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    unproven: bool = False
    """Partial only because the file cannot show more."""


@dataclass(frozen=True)
class Part:
    """One path of a question, settled: by the answer or by the file."""

    state: State
    based_on: EvidenceClass
    contradicted: bool = False
    overstated: bool = False


def shown_by_papers(criterion: Criterion, observed: Observed) -> Paper | None:
    """Return what was handed in for a criterion, or None where nothing was."""
    rules = [
        rule for rule in criterion.machine if rule.documented and observed.tells_of(rule.checks)
    ]  # fmt: skip
    if not rules:
        return None
    views = [judge_rule(rule, observed) for rule in rules]
    state = _together(views)
    proven = [judge_rule(_proven(rule), observed) for rule in rules]
    return Paper(
        state,
        tuple(dict.fromkeys(path for rule in rules for path in rule.paths)),
        tuple(sorted({name for view in views for name in view.findings})),
        tuple(dict.fromkeys(reason for view in views for reason in view.reasons)),
        unproven=state is State.PARTIAL and _together(proven) is State.MET,
    )


def _together(views: Sequence[Seen]) -> State:
    return worst(view.state for view in views)


def _proven(rule: Machine) -> Machine:
    return dataclasses.replace(rule, unproven_if=())


def settled(paper: Paper, told: Mapping[str, State], based_on: EvidenceClass) -> dict[str, Part]:
    """Settle every path of a question by the answer, the file, or the worse of both.

    Args:
        paper: what the file shows; met, partial or not met.
        told: each path's state by the answer; unknown where it is unanswered.
        based_on: what the answer rests on.
    """
    covered = [path for path in told if not paper.paths or path in paper.paths]
    # Somewhere the tenant is used: "not used" is believed of a path while another one is left.
    used = [path for path in covered if told[path] is not State.NOT_APPLICABLE] or covered
    return {
        path: _part(paper, own, based_on) if path in used else Part(own, based_on)
        for path, own in told.items()
    }


def _part(paper: Paper, own: State, based_on: EvidenceClass) -> Part:
    shown = Part(paper.state, EvidenceClass.DOCUMENTED)
    if own is State.UNKNOWN:
        return shown
    above = _RANK[own] - _RANK[paper.state]
    if above < 0:
        return Part(own, based_on)
    if above == 0:
        return shown
    if paper.state is State.NOT_MET:
        return dataclasses.replace(shown, contradicted=True)
    if paper.unproven and own is State.MET:
        return Part(own, based_on)
    return dataclasses.replace(shown, overstated=True)


def resting_on(parts: Sequence[Part], state: State) -> EvidenceClass:
    """Return what a criterion of this state rests on: its weakest part, or its worst one."""
    if state is State.NOT_MET:
        bad = {part.based_on for part in parts if part.state is state}
        return next(kind for kind in _STRENGTH if kind in bad)
    held = {part.based_on for part in parts if part.state is not State.NOT_APPLICABLE}
    return next((kind for kind in reversed(_STRENGTH) if kind in held), EvidenceClass.NONE)
