"""A sheet of plain text on which explanations are written, at most so many columns wide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from posture_scan.report.figures import percent
from posture_scan.report.wording import Wording
from posture_scan.report.wrap import width_of, wrap

STEP: Final = 2
"""Columns by which what belongs to something stands further right."""


class Sheet:
    """Lines of text in one language."""

    def __init__(self, words: Wording, width: int, *, priced: bool = True) -> None:
        """Start with an empty sheet; ``priced`` tells whether the profile has a premium."""
        self.priced = priced
        self.words = words
        self.width = width
        self.lines: list[str] = []

    def word(self, key: str, **values: object) -> str:
        """Return a sentence of this room: ``explain.<key>``."""
        return self.words.text(f"explain.{key}", **values)

    def knows(self, key: str) -> bool:
        """Tell whether this room has the sentence."""
        return f"explain.{key}" in self.words.text

    def own(self, text: Mapping[str, str]) -> str:
        """Return a text that is there in both languages in that of the reader."""
        return text["ja" if self.words.text.language == "ja" else "en"]

    def head(self, text: str) -> None:
        """Write a heading below an empty line."""
        self.gap()
        self.lines += wrap(text, self.width)
        self.lines.append("-" * min(max(width_of(line) for line in wrap(text, self.width)), 78))

    def gap(self) -> None:
        """Leave one line empty, never two."""
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def say(self, text: str, indent: int = 0, lead: str = "") -> None:
        """Write a paragraph; ``lead`` (a bullet) stands before it and the rest hangs under it."""
        if not text:
            return
        left, hang = " " * indent, " " * width_of(lead)
        parts = wrap(text, max(self.width - indent - len(hang), 20))
        self.lines += [
            left + (hang if number else lead) + part for number, part in enumerate(parts)
        ]

    def tell(self, key: str, indent: int = 0, /, **values: object) -> None:
        """Write one of this room's sentences."""
        self.say(self.word(key, **values), indent)

    def item(self, text: str, indent: int = STEP) -> None:
        """Write one item of a list."""
        self.say(text, indent, "- ")

    def held(self, key: str, /, **values: object) -> None:
        """Write what something holds back: discounts, or requirements where there are none."""
        self.say(self.word(key if self.priced else f"{key}_required", **values))

    def gate(self, level: str, indent: int = 0) -> None:
        """Write what a gate of this level does."""
        self.say(self.word(f"gate.{level}" if self.priced else "gate.required"), indent)

    def pair(self, label: str, text: str) -> None:
        """Write a labelled value on one line, or below its label where it is long."""
        if text:
            self.say(f"{self.word(f'label.{label}')}: {text}")

    def table(self, rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> None:
        """Write columns as wide as what stands in them; the first goes on below itself."""
        flush = set(right)
        count = len(rows[0])
        wide = [max(width_of(row[column]) for row in rows) for column in range(count)]
        wide[0] = min(wide[0], self.width - sum(wide[1:]) - STEP * count)
        for row in rows:
            first, *rest = wrap(row[0], max(wide[0], 20))
            cells = [first, *row[1:]]
            padded = (
                " " * (room - width_of(cell)) + cell
                if column in flush
                else cell + " " * (room - width_of(cell))
                for column, (cell, room) in enumerate(zip(cells, wide, strict=True))
            )
            self.lines.append((" " * STEP + (" " * STEP).join(padded)).rstrip())
            self.lines += [" " * (2 * STEP) + part for part in rest]

    def check(self, name: str) -> str:
        """Return a check by title and id."""
        title = self.words.check(name).title
        return name if title == name else f"{title} ({name})"

    def criterion(self, name: str) -> str:
        """Return a criterion by id and title."""
        title = self.words.criterion(name).title
        return name if title == name else f"{name} {title}"

    def listed(self, items: Iterable[str]) -> str:
        """Return items with what stands between them in this language."""
        return self.words("list_separator").join(items)

    def text(self) -> str:
        """Return all that was written."""
        return "\n".join(self.lines) + "\n"


def share(value: Any) -> str:
    """Return decimal text as percent; what is no number stays as it stands."""
    try:
        return percent(Decimal(str(value)))
    except InvalidOperation:
        return str(value)


def source(sheet: Sheet, item: Mapping[str, Any], indent: int = 0) -> None:
    """Write where a figure comes from, in full."""
    status = sheet.word(f"source_status.{item['status']}")
    sheet.tell("source", indent, text=sheet.own(item["text"]), status=status, id=item["id"])
