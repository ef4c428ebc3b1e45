"""A report with one member changed or left out, as a damaged or forged file has it."""

from __future__ import annotations

import copy
from typing import Any, Final

Place = tuple[str | int, ...]
"""Names and numbers on the way to a member."""

LEFT_OUT: Final = object()
"""Stands for no value at all."""


def places(value: Any, path: Place = ()) -> list[Place]:
    """Return where every member is."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, item in value.items():
            found += places(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            found += places(item, (*path, number))
    return found


def damaged(report: dict[str, Any], place: Place, value: object) -> dict[str, Any]:
    """Return a copy that has this value there."""
    changed = copy.deepcopy(report)
    inner: Any = changed
    for key in place[:-1]:
        inner = inner[key]
    if value is LEFT_OUT:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return changed
