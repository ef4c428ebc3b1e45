"""The frameworks that are known: ids, edition, source and year, one data file each.

``total`` is the count that the framework itself has, with ``source`` and ``year``; where fewer
ids are listed, the rest of the list is not known here and nothing can be said about it.
"""

from __future__ import annotations

import pkgutil
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

FILES: Final = ("scs", "ipa25", "cis", "csf", "cyber-essentials")
VIEWS: Final = ("scs3", "scs4", "ipa25", "cis", "csf", "cyber-essentials")
"""What can be looked at, in the order it is shown."""


@dataclass(frozen=True)
class Part:
    """A section of a framework; ``counted`` is false for ids that ``total`` leaves out."""

    id: str
    ids: tuple[str, ...]
    counted: bool


@dataclass(frozen=True)
class Framework:
    """One framework, or one level of it, as far as it is known here."""

    id: str
    field: str
    """The name of its ids in a criterion's ``frameworks``."""
    edition: str
    source: str
    year: int
    total: int
    parts: tuple[Part, ...]
    machine: tuple[str, ...]
    """The ids that what a machine saw can decide; empty where that holds for every id."""

    @property
    def listed(self) -> int:
        """How many of the ``total`` are known here by their ids."""
        return sum(len(part.ids) for part in self.parts if part.counted)


def framework(name: str) -> Framework:
    """Return the framework of this view; ``name`` is one of ``VIEWS``."""
    return _frameworks()[name]


def known_ids(field: str) -> tuple[str, ...]:
    """Return every id that a profile may write under this name of ``frameworks``."""
    found = [part.ids for item in _frameworks().values() if item.field == field
             for part in item.parts]  # fmt: skip
    return tuple(dict.fromkeys(name for ids in found for name in ids))


@cache
def table(name: str) -> dict[str, Any]:
    """Return a data file of this folder as it stands; callers leave it unchanged."""
    data = pkgutil.get_data(__package__, f"{name}.toml") or b""
    return tomllib.loads(data.decode("utf-8"))


@cache
def _frameworks() -> dict[str, Framework]:
    found = {}
    for name in FILES:
        data = table(name)
        for shown in data["views"]:
            found[shown["id"]] = Framework(
                shown["id"], data["field"], data["edition"], data["source"], data["year"],
                shown["total"], _parts(data, shown), tuple(data.get("machine", ())),
            )  # fmt: skip
    return found


def _parts(data: dict[str, Any], shown: dict[str, Any]) -> tuple[Part, ...]:
    wanted = (*shown["counted"], *shown.get("beside", ()))
    return tuple(
        Part(part["id"], tuple(part["ids"]), part["id"] in shown["counted"])
        for part in data["parts"]
        if part["id"] in wanted
    )
