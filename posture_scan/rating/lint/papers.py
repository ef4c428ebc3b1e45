"""Rules on files that were handed in: they speak for paths, and never as if a machine had seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from posture_scan.rating.profile import Criterion, Machine, Profile
from posture_scan.toml_lines import Place

Found = tuple[Place, str, dict[str, str]]
_HANDED_IN: Final = "tenant"
"""The kind of asset that is known from a file alone."""

_SPEAK_OF: Final = ({_HANDED_IN}, {"address"})
"""What such files are about: a tenant, or a device that is looked at from outside as well."""


def papers(profile: Profile) -> Iterator[Found]:
    """Refuse rules that would count a file as observed, or let it speak for what it cannot."""
    for number, item in enumerate(profile.criteria):
        for position, rule in enumerate(item.machine):
            place: Place = ("criteria", number, "machine", position)
            yield from _class(place, item, rule)
            if rule.documented:
                yield from _paths(place, item, rule)


def _class(place: Place, item: Criterion, rule: Machine) -> Iterator[Found]:
    values = {"criterion": item.id}
    about = set(rule.assets)
    wrong = about not in _SPEAK_OF if rule.documented else _HANDED_IN in about
    if wrong:
        yield (*place, "evidence_class"), "tenant_is_documented", values
    for key in ("paths", "unproven_if"):
        if getattr(rule, key) and not rule.documented:
            yield (*place, key), "only_documented", {**values, "key": key}


def _paths(place: Place, item: Criterion, rule: Machine) -> Iterator[Found]:
    known = [path.id for path in item.question.paths] if item.question else []
    if known and not rule.paths:
        yield (*place, "paths"), "paths_missing", {"criterion": item.id, "known": ", ".join(known)}
    for name in rule.paths:
        if name not in known:
            values = {"key": "paths", "id": name, "known": ", ".join(known) or "-"}
            yield (*place, "paths"), "unknown_reference", values
