"""Line breaking by terminal columns, with the Japanese rules on where a line may not break."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

NOT_FIRST: Final = frozenset(
    "、。,.,.・:;:;!?!?)]})」』】〕〉》ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ%%円"
)
"""What may not begin a line (JIS X 4051: closing marks, small kana, marks of repetition)."""

LAST_PLAIN: Final = "\uffff"

NOT_LAST: Final = frozenset("([{([{「『【〔〈《")
"""What may not end a line: opening marks."""


@dataclass(frozen=True)
class Cell:
    """One cell of a grid: text that is never read as markup, and its style."""

    text: str
    style: str = ""


def width_of(text: str) -> int:
    """Return how many columns a text takes on a terminal.

    Plain letters and Japanese are counted here, so that ``--help`` loads nothing heavy; marks
    that join other characters, and everything beyond U+FFFF, are left to rich's tables.
    """
    if all(char <= LAST_PLAIN and unicodedata.category(char)[0] not in "MC" for char in text):
        return sum(2 if _wide(char) else 1 for char in text)
    from rich.cells import cell_len

    return cell_len(text)


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines of at most ``width`` columns; it has at least one line."""
    lines: list[str] = []
    line = ""
    for unit in _units(text):
        if width_of(line + unit.rstrip()) <= width:
            line += unit
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = unit.lstrip()
        while width_of(line) > width and line.strip():
            head = _head(line, width)
            lines.append(head)
            line = line[len(head) :]
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _units(text: str) -> Iterator[str]:
    """Cut a text into pieces between which a line may break."""
    unit = ""
    for char in text:
        if unit and _may_break(unit[-1], char):
            yield unit
            unit = ""
        unit += char
    if unit:
        yield unit


def _may_break(before: str, after: str) -> bool:
    if after in NOT_FIRST or before in NOT_LAST or unicodedata.combining(after):
        return False
    if before == " ":
        return after != " "
    return after != " " and (_wide(before) or _wide(after))


def _wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in {"W", "F"}


def _head(text: str, width: int) -> str:
    """Return as many characters as fit, at least one, for a word longer than a line."""
    end = 1
    while end < len(text) and width_of(text[: end + 1]) <= width:
        end += 1
    return text[:end]
