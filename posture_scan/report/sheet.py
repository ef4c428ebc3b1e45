"""Plain lines of a certain width for a terminal: paragraphs, headings, columns that line up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from posture_scan.report.wrap import width_of, wrap

GAP: Final = 2
"""Spaces between two columns."""

NARROW: Final = 6
"""Columns below which a column is not made narrower."""


class Sheet:
    """Text that grows line by line."""

    def __init__(self, width: int = 80) -> None:
        """Start empty, ``width`` terminal columns wide."""
        self.width = width
        self._lines: list[str] = []

    def text(self) -> str:
        """Return everything so far."""
        return "\n".join(line.rstrip() for line in self._lines) + "\n"

    def line(self, text: str = "", indent: int = 0, lead: str = "") -> None:
        """Add a paragraph; ``lead`` (a bullet) stands before it and the rest hangs under it."""
        hang = " " * width_of(lead)
        for number, part in enumerate(wrap(text, self.width - indent - len(hang))):
            self._lines.append(" " * indent + (hang if number else lead) + part)

    def head(self, title: str) -> None:
        """Add a section's heading."""
        self.line()
        self.line(title)
        self._lines.append("-" * self.width)

    def columns(
        self, rows: Sequence[Sequence[str]], *, indent: int = 2, aligned: Collection[int] = ()
    ) -> None:
        """Add columns, those ``aligned`` flush right; the widest gives way for want of room."""
        if not rows:
            return
        space = self.width - indent - GAP * (len(rows[0]) - 1)
        sizes = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
        while sum(sizes) > space and max(sizes) > NARROW:
            sizes[sizes.index(max(sizes))] -= 1
        for row in rows:
            parts = [wrap(text, size) for text, size in zip(row, sizes, strict=True)]
            for number in range(max(map(len, parts))):
                cells = [part[number] if number < len(part) else "" for part in parts]
                shown = [
                    _padded(text, size, flush=column in aligned)
                    for column, (text, size) in enumerate(zip(cells, sizes, strict=True))
                ]
                self._lines.append(" " * indent + (" " * GAP).join(shown))


def _padded(text: str, size: int, *, flush: bool) -> str:
    pad = " " * (size - width_of(text))
    return pad + text if flush else text + pad
