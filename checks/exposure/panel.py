"""Administration pages by their marks in ``panels.toml``, and when the marks suffice.

A page is named on one strong mark (a header, cookie or structured answer that nothing else
gives) or on two weak ones of different places. One whole title alone only raises a suspicion:
anybody can write a title.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from posture_scan.sdk import HttpResponse, printable

STRONG: Final = "strong"
WEAK: Final = "weak"
BODY_LIMIT: Final = 65_536
_WEAK_NEEDED: Final = 2
_SHOWN: Final = 40
"""Characters of a version that are kept."""


@dataclass(frozen=True)
class Mark:
    """One thing to look for in one place."""

    where: str
    """``title``, ``realm``, ``cookie``, ``body`` or ``header:<name>``."""
    pattern: re.Pattern[str]
    strength: str = STRONG
    alone: bool = False
    """A weak mark that shows the page though not surely its maker (a router's realm)."""


@dataclass(frozen=True)
class Panel:
    """One administration page: its marks, and where its logon and version stand."""

    id: str
    title: str
    marks: tuple[Mark, ...]
    path: str = ""
    """Asked only where ``hint`` was seen on the front page; the marks then count there."""
    hint: re.Pattern[str] | None = None
    versions: tuple[Mark, ...] = ()
    """Where the version stands: the first group of the pattern."""


@dataclass(frozen=True)
class Match:
    """What one panel's marks come to on one answer."""

    panel: Panel
    strength: str
    """``strong``, ``weak`` or empty: suspected only."""
    version: str = ""


@cache
def panels() -> tuple[Panel, ...]:
    """Read ``panels.toml``."""
    text = resources.files(__package__).joinpath("panels.toml").read_text("utf-8")
    return tuple(_panel(item) for item in tomllib.loads(text)["panel"])


def _panel(item: dict[str, Any]) -> Panel:
    hint = re.compile(item["hint"]) if "hint" in item else None
    return Panel(
        item["id"], item["title"], tuple(map(_mark, item["mark"])), item.get("path", ""), hint,
        tuple(map(_mark, item.get("version", ()))),
    )  # fmt: skip


def _mark(item: dict[str, Any]) -> Mark:
    return Mark(**{**item, "pattern": re.compile(item["pattern"])})


def weigh(panel: Panel, answer: HttpResponse) -> Match | None:
    """Judge which of a panel's marks an answer has; None where there is nothing to it."""
    seen = [mark for mark in panel.marks if _shows(mark, answer)]
    weak = {mark.where for mark in seen if mark.strength == WEAK}
    if any(mark.strength == STRONG for mark in seen):
        return Match(panel, STRONG, _version(panel, answer))
    if len(weak) >= _WEAK_NEEDED or any(mark.alone for mark in seen):
        return Match(panel, WEAK, _version(panel, answer))
    return Match(panel, "") if weak - {"body"} else None


def _shows(mark: Mark, answer: HttpResponse) -> bool:
    return any(mark.pattern.search(text) for text in answer.texts(mark.where))


def _version(panel: Panel, answer: HttpResponse) -> str:
    for mark in panel.versions:
        for text in answer.texts(mark.where):
            found = mark.pattern.search(text)
            if found:
                return printable(found[1], _SHOWN)
    return ""
