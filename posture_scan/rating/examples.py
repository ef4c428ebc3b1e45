"""A profile's own examples, worked out again: does it still give what its author expects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from posture_scan.rating.figures import Example, Expected
from posture_scan.rating.premium import base_premium
from posture_scan.rating.profile import Profile
from posture_scan.rating.rate import rate
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State


@dataclass(frozen=True)
class Difference:
    """One figure that is not what was expected, both as text; ``got`` None: there is none."""

    key: str
    expected: str
    got: str | None


@dataclass(frozen=True)
class Outcome:
    """One example worked out."""

    example: Example
    differences: tuple[Difference, ...]

    @property
    def ok(self) -> bool:
        """Whether every figure is as expected."""
        return not self.differences

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as JSON values."""
        return {
            "id": self.example.id,
            "ok": self.ok,
            "differences": [vars(item) for item in self.differences],
        }


def run_examples(profile: Profile) -> tuple[Outcome, ...]:
    """Work out every example of a profile, in the order of its file.

    Raises:
        UsageError: an example that the profile cannot price, such as a premium of nothing.
    """
    return tuple(Outcome(item, _differences(profile, item)) for item in profile.examples)


def statuses(profile: Profile, example: Example) -> tuple[CriterionStatus, ...]:
    """Return the status of every criterion in an example."""
    return tuple(
        standing(item.id, example.criteria.get(item.id, example.default))
        for item in profile.criteria
    )


def standing(criterion: str, text: str) -> CriterionStatus:
    """Read a status written like ``met verified`` or ``not_met``."""
    state, _, evidence = text.partition(" ")
    return CriterionStatus(criterion, State(state), EvidenceClass(evidence))


def _differences(profile: Profile, example: Example) -> tuple[Difference, ...]:
    rated = rate(
        profile,
        statuses(profile, example),
        base_premium=base_premium(profile, example.base_premium, example.facts),
        group_discount=example.group_discount,
        certificates=example.certificates,
        modification=example.modification,
    ).to_json()
    found = (_difference(field.name, example.expect, rated) for field in fields(Expected))
    return tuple(item for item in found if item is not None)


def _difference(key: str, expect: Expected, rated: Mapping[str, Any]) -> Difference | None:
    """Compare with the figure as a report prints it."""
    expected, got = getattr(expect, key), rated.get(key)
    if expected is None:
        return None
    same = got is not None and (
        Decimal(got) == expected if isinstance(expected, Decimal) else got == expected
    )
    return None if same else Difference(key, str(expected), got)
