"""How criteria moved between two ratings under one profile: pure comparison, no figures changed.

What is no longer seen has not become worse, and has not been mended either; it is told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from posture_scan.rating.status import EvidenceClass, State


class Move(StrEnum):
    """What became of a criterion."""

    IMPROVED = "improved"
    WORSENED = "worsened"
    LOST = "lost"
    """Was known and is not known any more."""
    SEEN = "seen"
    """Was not known and is now."""
    PROVEN_BETTER = "proven_better"
    """Stands where it stood, on stronger evidence."""
    PROVEN_LESS = "proven_less"
    """Stands where it stood, on weaker evidence: the machine saw it, now somebody says so."""
    OTHERWISE = "otherwise"
    """It applies now, or no longer, and neither is better."""


@dataclass(frozen=True)
class Standing:
    """Where a criterion stands and on what."""

    id: str
    state: State
    evidence_class: EvidenceClass = EvidenceClass.NONE

    @property
    def credited(self) -> bool:
        """Whether it earns credit, or would if no gate suspended it."""
        return self.state in {State.MET, State.PARTIAL}


@dataclass(frozen=True)
class Change:
    """One criterion that does not stand where it stood."""

    before: Standing
    after: Standing
    move: Move

    @property
    def lapsed(self) -> str:
        """Say how a credit was lost: ``weak``, ``unseen``, ``not_applicable``; empty if none was.

        A credit that shrank (met to partly met, or weaker evidence) has not lapsed.
        """
        if not self.before.credited or self.after.credited:
            return ""
        states = {State.UNKNOWN: "unseen", State.NOT_APPLICABLE: "not_applicable"}
        return states.get(self.after.state, "weak")

    @property
    def bad(self) -> bool:
        """Whether something is known to be worse, or was found weak on the first look."""
        failed = self.after.state in {State.NOT_MET, State.CONTRADICTED}
        return self.move is Move.WORSENED or (self.move is Move.SEEN and failed)

    @property
    def unseen(self) -> bool:
        """Whether sight was lost."""
        return self.move in {Move.LOST, Move.PROVEN_LESS}


_RANK: Final = {State.CONTRADICTED: 0, State.NOT_MET: 1, State.PARTIAL: 2, State.MET: 3}
_PROOF: Final = {
    EvidenceClass.NONE: 0, EvidenceClass.ATTESTED: 1, EvidenceClass.DOCUMENTED: 2,
    EvidenceClass.VERIFIED: 3,
}  # fmt: skip
_BAD: Final = {State.CONTRADICTED, State.NOT_MET}


def standings(criteria: Iterable[Mapping[str, Any]]) -> dict[str, Standing]:
    """Read the ``criteria`` of a rated report, in their order."""
    return {
        item["id"]: Standing(
            item["id"], State(item["status"]), EvidenceClass(item["evidence_class"])
        )
        for item in criteria
    }


def changes(before: Mapping[str, Standing], after: Mapping[str, Standing]) -> tuple[Change, ...]:
    """Return the criteria that moved, in the order of ``after``; one without status is unknown."""
    found = []
    for name in dict.fromkeys((*after, *before)):
        one = before.get(name) or Standing(name, State.UNKNOWN)
        other = after.get(name) or Standing(name, State.UNKNOWN)
        move = _move(one, other)
        if move is not None:
            found.append(Change(one, other, move))
    return tuple(found)


def _move(one: Standing, other: Standing) -> Move | None:
    if one.state is other.state:
        return _proof(one, other)
    if other.state is State.UNKNOWN:
        return Move.LOST
    if one.state is State.UNKNOWN:
        return Move.SEEN
    if State.NOT_APPLICABLE in {one.state, other.state}:
        return _applies(one.state, other.state)
    return Move.IMPROVED if _RANK[other.state] > _RANK[one.state] else Move.WORSENED


def _proof(one: Standing, other: Standing) -> Move | None:
    """Weigh the evidence where it is paid for; how a weakness became known makes none."""
    step = _PROOF[other.evidence_class] - _PROOF[one.evidence_class]
    if not one.credited or not step:
        return None
    return Move.PROVEN_BETTER if step > 0 else Move.PROVEN_LESS


def _applies(before: State, after: State) -> Move:
    if before in _BAD:
        return Move.IMPROVED
    return Move.WORSENED if after in _BAD else Move.OTHERWISE
