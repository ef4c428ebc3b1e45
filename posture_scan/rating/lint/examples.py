"""Examples inside a profile: they may name only what the profile has, and must expect something."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from posture_scan.rating.figures import Example
from posture_scan.rating.profile import Profile
from posture_scan.toml_lines import Place

Found = tuple[Place, str, dict[str, str]]


def examples(profile: Profile) -> Iterator[Found]:
    """Refuse examples that nobody could work out, and those that would always be right."""
    names = [item.id for item in profile.examples]
    for number, item in enumerate(profile.examples):
        place: Place = ("examples", number)
        if item.id in names[:number]:
            yield (*place, "id"), "duplicate", {"id": item.id}
        if all(value is None for value in vars(item.expect).values()):
            yield (*place, "expect"), "expects_nothing", {"example": item.id}
        yield from _names(place, item, profile)


def _names(place: Place, item: Example, profile: Profile) -> Iterator[Found]:
    criteria = [criterion.id for criterion in profile.criteria]
    for name in item.criteria:
        if name not in criteria:
            values = {"example": item.id, "id": name, "near": _near(name, criteria)}
            yield (*place, "criteria", name), "example_criterion", values
    facts = [fact.id for fact in profile.facts]
    for name in item.facts:
        if name not in facts:
            values = {"example": item.id, "id": name, "near": _near(name, facts)}
            yield (*place, "facts", name), "example_fact", values
    certificates = [certificate.id for certificate in profile.certificates]
    for name in item.certificates:
        if name not in certificates:
            values = {"example": item.id, "id": name, "near": _near(name, certificates)}
            yield (*place, "certificates"), "example_certificate", values


def _near(name: str, known: Iterable[str]) -> str:
    known = sorted(known)
    return ", ".join(difflib.get_close_matches(name, known, n=3) or known) or "-"
