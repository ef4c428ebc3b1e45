"""What a rating says about a framework: a pure function over ids and statuses.

``covered`` means that the evidence at hand supports it, never that the framework's owner would
find it fulfilled. What is unknown stays unknown; what no criterion asks about is not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from posture_scan.rating.frameworks.data import Framework, Part
from posture_scan.rating.profile import Criterion, Profile
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State, unknown

_WORST_FIRST: Final = (
    State.CONTRADICTED, State.NOT_MET, State.UNKNOWN, State.PARTIAL, State.MET,
)  # fmt: skip
_WEAKEST_FIRST: Final = (
    EvidenceClass.NONE, EvidenceClass.ATTESTED, EvidenceClass.DOCUMENTED, EvidenceClass.VERIFIED,
)  # fmt: skip
_GOOD: Final = frozenset({State.MET, State.PARTIAL})
COUNTS: Final = {
    State.MET: "covered",
    State.PARTIAL: "partial",
    State.NOT_MET: "open",
    State.CONTRADICTED: "open",
    State.UNKNOWN: "unknown",
    State.NOT_APPLICABLE: "not_applicable",
}
"""Under which count each status falls."""


@dataclass(frozen=True)
class Item:
    """One id of a framework and the criteria that map to it, with their own statuses."""

    id: str
    part: str
    counted: bool
    criteria: tuple[CriterionStatus, ...]
    deciding: tuple[CriterionStatus, ...]
    """Those that can decide it: what a machine saw says nothing about what people do."""
    rated: bool

    @property
    def status(self) -> State | None:
        """The worst of the deciding; None where nothing is asked or there is no report."""
        return worst(self.deciding) if self.criteria and self.rated else None

    @property
    def decided_by(self) -> tuple[CriterionStatus, ...]:
        """The criteria it rests on: of a bad status those that are bad, of a good one all."""
        return resting(self.status, self.deciding) if self.status else ()

    @property
    def evidence_class(self) -> EvidenceClass:
        """The weakest evidence that the status rests on."""
        classes = (one.evidence_class for one in self.decided_by)
        return min(classes, key=_WEAKEST_FIRST.index, default=EvidenceClass.NONE)

    def to_json(self) -> dict[str, Any]:
        """Return the item as JSON values; ``status`` is null where nothing is asked."""
        return {
            "id": self.id,
            "part": self.part,
            "counted": self.counted,
            "asked": bool(self.criteria),
            "status": self.status.value if self.status else None,
            "evidence_class": self.evidence_class.value,
            "criteria": [
                {"id": one.id, "status": one.status.value if self.rated else None,
                 "evidence_class": one.evidence_class.value}
                for one in self.criteria
            ],
            "decided_by": [one.id for one in self.decided_by],
        }  # fmt: skip


@dataclass(frozen=True)
class FrameworkView:
    """A framework with what one profile asks about it and, with a report, how that stands."""

    framework: Framework
    items: tuple[Item, ...]
    rated: bool
    """Whether there were statuses, or only the mapping is shown."""

    def item(self, name: str) -> Item | None:
        """Return the item of this id, or None."""
        return next((item for item in self.items if item.id == name), None)

    @property
    def asked(self) -> int:
        """How many of the framework's total this profile asks anything about."""
        return sum(1 for item in self.items if item.counted and item.criteria)

    @property
    def said(self) -> int:
        """How many of them the report says anything about: all that is asked but the unknown."""
        return sum(number for name, number in self.counts().items() if name != "unknown")

    def counts(self) -> dict[str, int]:
        """Return how many of those asked about stand where; together they are ``asked``."""
        found = dict.fromkeys(COUNTS.values(), 0)
        for item in self.items:
            if item.counted and item.status is not None:
                found[COUNTS[item.status]] += 1
        return found

    def to_json(self) -> dict[str, Any]:
        """Return the view as JSON values; ``said`` and ``counts`` are null without a report."""
        known = self.framework
        return {
            "id": known.id,
            "edition": known.edition,
            "source": known.source,
            "year": known.year,
            "total": known.total,
            "listed": known.listed,
            "asked": self.asked,
            "not_asked": known.total - self.asked,
            "said": self.said if self.rated else None,
            "counts": self.counts() if self.rated else None,
            "items": [item.to_json() for item in self.items],
        }


def view(
    framework: Framework, profile: Profile, statuses: Mapping[str, CriterionStatus] | None
) -> FrameworkView:
    """Return how a framework stands under a profile; ``statuses`` by criterion, None for none.

    A criterion of the profile without a status is unknown.
    """
    items = tuple(
        _item(framework, part, name, profile, statuses)
        for part in framework.parts
        for name in part.ids
    )
    return FrameworkView(framework, items, statuses is not None)


def _item(
    framework: Framework, part: Part, name: str, profile: Profile,
    statuses: Mapping[str, CriterionStatus] | None,
) -> Item:  # fmt: skip
    known = statuses or {}
    behind = tuple(
        known.get(item.id) or unknown(item.id)
        for item in profile.criteria
        if name in _ids(item, framework.field)
    )
    deciding = tuple(one for one in behind if _can_decide(framework, name, one))
    return Item(name, part.id, part.counted, behind, deciding, statuses is not None)


def _ids(criterion: Criterion, field: str) -> tuple[str, ...]:
    found: tuple[str, ...] = getattr(criterion.frameworks, field)
    return found


def _can_decide(framework: Framework, name: str, one: CriterionStatus) -> bool:
    seen = one.evidence_class is EvidenceClass.VERIFIED
    return not (seen and framework.machine and name not in framework.machine)


def worst(statuses: Iterable[CriterionStatus]) -> State:
    """Return the worst status; of nothing it is unknown.

    What does not apply is left out, unless nothing applies.
    """
    given = [one.status for one in statuses]
    applying = [state for state in given if state is not State.NOT_APPLICABLE]
    if applying:
        return min(applying, key=_WORST_FIRST.index)
    return State.NOT_APPLICABLE if given else State.UNKNOWN


def resting(state: State, statuses: Iterable[CriterionStatus]) -> tuple[CriterionStatus, ...]:
    """Return those that the worst status rests on."""
    if state in _GOOD:
        return tuple(one for one in statuses if one.status in _GOOD)
    return tuple(one for one in statuses if one.status is state)
