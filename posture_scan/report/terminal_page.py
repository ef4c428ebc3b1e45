"""A page of terminal text: paragraphs, headings and columns that line up in both languages.

Only characters of certain width are drawn (no box characters: a Japanese console shows them
two columns wide), and nothing is read as markup, so a banner cannot paint or forge anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from posture_scan.report.view import Pair, Summary
from posture_scan.report.wrap import Cell, width_of, wrap
from posture_scan.text.catalog import Catalog

if TYPE_CHECKING:
    from rich.console import Console

NARROW: Final = 8
"""Columns below which a column is not made narrower."""

GAP: Final = 2
"""Spaces between two columns."""

_DIGEST: Final = re.compile(r"\b([0-9a-f]{16})[0-9a-f]{48}\b")


class Page:
    """A report being printed onto one console."""

    def __init__(self, console: Console, summary: Summary) -> None:
        """Start with an empty page."""
        self.console = console
        self.summary = summary
        self.text = Catalog(summary.language)

    def word(self, key: str, **values: object) -> str:
        """Return a sentence of this room."""
        return self.text(f"report.{key}", **values)

    def line(self, text: str = "", style: str = "", indent: int = 0, lead: str = "") -> None:
        """Print a paragraph; ``lead`` (a bullet) stands before it and the rest hangs under it."""
        from rich.text import Text

        left = " " * indent
        hang = " " * width_of(lead)
        room = self.console.width - indent - len(hang)
        for number, part in enumerate(wrap(_short(text), room)):
            start = left + (hang if number else lead)
            self.console.print(Text(start).append(part, style), soft_wrap=True)

    def head(self, key: str) -> None:
        """Print a section's heading."""
        self.line()
        title = self.word(f"head.{key}")
        self.line(title, "bold")
        self.line("-" * self.console.width, "dim")

    def pairs(self, pairs: Iterable[Pair], indent: int = 2, style: str = "") -> None:
        """Print labels and values in two columns."""
        rows = [(Cell(label, "dim"), Cell(value, style)) for label, value in pairs]
        self.grid(rows, indent=indent)

    def grid(
        self,
        rows: Sequence[Sequence[Cell]],
        *,
        indent: int = 2,
        widths: Sequence[int] = (),
        right: int = -1,
    ) -> None:
        """Print columns without lines between them; ``right`` is set flush right.

        Without ``widths`` each column is as wide as it needs to be, and the widest gives way.
        """
        from rich.text import Text

        if not rows:
            return
        space = self.console.width - indent - GAP * (len(rows[0]) - 1)
        sizes = list(widths) or fitted(
            [_widest(column) for column in zip(*rows, strict=True)], space
        )
        for row in rows:
            parts = [wrap(_short(cell.text), size) for cell, size in zip(row, sizes, strict=True)]
            for number in range(max(len(part) for part in parts)):
                shown = Text(" " * indent)
                for place, cell in enumerate(row):
                    text = parts[place][number] if number < len(parts[place]) else ""
                    pad = " " * (sizes[place] - width_of(text))
                    shown.append(pad if place == right else "").append(text, cell.style)
                    shown.append(("" if place == right else pad) + " " * GAP)
                shown.rstrip()
                self.console.print(shown, soft_wrap=True)


def fitted(wanted: Sequence[int], space: int) -> list[int]:
    """Return column widths that fit; what is missing is taken from the widest, step by step."""
    sizes = [max(size, 1) for size in wanted]
    while sum(sizes) > space and max(sizes) > NARROW:
        sizes[sizes.index(max(sizes))] -= 1
    return sizes


def _widest(column: Sequence[Cell]) -> int:
    return max(width_of(_short(cell.text)) for cell in column)


def _short(text: str) -> str:
    """Show the first 16 digits of a SHA-256; the JSON report has all 64."""
    return _DIGEST.sub(r"\1...", text)
