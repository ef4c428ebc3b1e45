"""Ids of other frameworks that a profile names: a slip of the pen would map to nothing, unseen."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterator
from typing import Final

from posture_scan.rating.frameworks.data import known_ids
from posture_scan.rating.profile import Frameworks, Profile
from posture_scan.toml_lines import Place

Found = tuple[Place, str, dict[str, str]]
_CLOSE: Final = 0.5
"""How alike two ids must be; ids are short, so that one wrong letter of two still counts."""


def frameworks(profile: Profile) -> Iterator[Found]:
    """Refuse an id that the framework's data does not know, and name the nearest it knows."""
    fields = [field.name for field in dataclasses.fields(Frameworks)]
    for number, criterion in enumerate(profile.criteria):
        for field in fields:
            known = known_ids(field)
            for name in getattr(criterion.frameworks, field):
                if name not in known:
                    place: Place = ("criteria", number, "frameworks", field)
                    yield place, *_unknown(field, name, known)


def _unknown(field: str, name: str, known: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    values = {"key": field, "id": name}
    marked = [item for item in known if item.startswith(f"{name} ")]
    near = marked or difflib.get_close_matches(name, known, n=1, cutoff=_CLOSE)
    if near:
        return "unknown_framework_id_did_you_mean", {**values, "near": near[0]}
    return "unknown_framework_id", values
