"""The score of IPA's 25 questions, as far as criteria and a person's own answers decide them.

A question that criteria decide is scored by the worst of them, and a contradiction counts as not
done. For the others a file may answer; a file never lifts a question above what was seen in part.
What nobody decided is "don't know" and costs a point.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from posture_scan.rating.frameworks.data import table
from posture_scan.rating.frameworks.view import FrameworkView, Item
from posture_scan.rating.status import EvidenceClass, State

CHOICES: Final = ("yes", "partly", "no", "not_used")
"""What a file may answer."""
UNKNOWN: Final = "unknown"
_SAID: Final = {
    State.MET: "yes",
    State.PARTIAL: "partly",
    State.NOT_MET: "no",
    State.CONTRADICTED: "no",
}


@dataclass(frozen=True)
class Scored:
    """One question: what counts, what it scores, and who said it."""

    id: str
    part: str
    said: str
    """One of ``CHOICES``, or ``unknown``."""
    points: int
    origin: str
    """``criteria``, ``file``, or empty where nobody said anything."""
    machine: bool
    """Whether something a machine saw is among what decided it."""
    overruled: bool
    """Whether the file says something else than what counts."""
    lowest: int
    highest: int
    """What it can score once everything is known."""
    criteria: tuple[str, ...]
    """Those that map to it."""
    decided_by: tuple[str, ...]
    """Those that the answer rests on."""

    def to_json(self) -> dict[str, Any]:
        """Return the question as JSON values."""
        return {
            "id": self.id, "part": self.part, "said": self.said, "points": self.points,
            "origin": self.origin, "machine": self.machine, "overruled": self.overruled,
            "criteria": list(self.criteria), "decided_by": list(self.decided_by),
        }  # fmt: skip


@dataclass(frozen=True)
class Score:
    """The 25 questions together."""

    questions: tuple[Scored, ...]
    source: str
    year: int
    best: int
    """What one question can score at most."""

    @property
    def points(self) -> int:
        """The score as things stand: what is not known costs a point each."""
        return sum(item.points for item in self.questions)

    def to_json(self) -> dict[str, Any]:
        """Return the score as JSON values; ``range`` is what full knowledge could make of it."""
        points = table("ipa25")["score"]
        return {
            "source": self.source,
            "year": self.year,
            "points": {name: points[name] for name in (*CHOICES, UNKNOWN)},
            "score": self.points,
            "full": self.best * len(self.questions),
            "range": {
                "lowest": sum(item.lowest for item in self.questions),
                "highest": sum(item.highest for item in self.questions),
            },
            "unknown": sum(1 for item in self.questions if item.said == UNKNOWN),
            "machine_can": table("ipa25")["machine"],
            "machine": [item.id for item in self.questions if item.machine],
            "parts": [self._part(name) for name in dict.fromkeys(q.part for q in self.questions)],
            "questions": [item.to_json() for item in self.questions],
        }

    def _part(self, name: str) -> dict[str, Any]:
        members = [item for item in self.questions if item.part == name]
        return {
            "id": name,
            "first": members[0].id,
            "last": members[-1].id,
            "score": sum(item.points for item in members),
            "full": self.best * len(members),
        }


def may_be_unused() -> tuple[str, ...]:
    """Return the questions about a function that a firm may not have."""
    return tuple(table("ipa25")["score"]["may_be_unused"])


def score(view: FrameworkView, answers: Mapping[str, str]) -> Score:
    """Return the score of a view of ``ipa25``; ``answers`` by question, from ``CHOICES``."""
    points = table("ipa25")["score"]
    questions = tuple(_scored(view, item, answers.get(item.id, ""), points) for item in view.items)
    return Score(questions, view.framework.source, view.framework.year, points["yes"])


def _scored(view: FrameworkView, item: Item, given: str, points: Mapping[str, int]) -> Scored:
    seen = _seen(item)
    said, origin = (seen, "criteria") if seen else (UNKNOWN, "")
    most = _most(item)
    if not seen and given:
        said, origin = given, "file"
        if points[given] > points[most]:
            said = most
    decided = said != UNKNOWN
    return Scored(
        item.id, item.part, said, points[said], origin,
        machine=bool(seen) and _by_machine(view, item),
        overruled=bool(given) and given != said,
        lowest=points[said] if decided else points["no"],
        highest=points[said] if decided else points[most],
        criteria=tuple(one.id for one in item.criteria),
        decided_by=tuple(one.id for one in item.decided_by) if seen else (),
    )  # fmt: skip


def _seen(item: Item) -> str:
    """Return what the criteria say about a question, empty where they leave it open."""
    if item.status is State.NOT_APPLICABLE:
        return "not_used" if item.id in may_be_unused() else ""
    return _SAID.get(item.status, "") if item.status else ""


def _most(item: Item) -> str:
    """Return the best that can still come out: nobody's word undoes what was found in part."""
    known = {one.status for one in item.deciding}
    return "partly" if State.PARTIAL in known else "yes"


def _by_machine(view: FrameworkView, item: Item) -> bool:
    """Tell whether what a machine saw is among what decided."""
    seen = any(one.evidence_class is EvidenceClass.VERIFIED for one in item.decided_by)
    return seen and item.id in view.framework.machine
