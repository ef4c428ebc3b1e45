"""The report on a terminal: right at 80 columns, in both languages, with or without colour.

Only characters of certain width are drawn (no box characters: a Japanese console shows them
two columns wide), and nothing is read as markup, so a banner cannot paint or forge anything.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from posture_scan.model.words import CheckWords, CriterionWords
from posture_scan.report import terminal_detail
from posture_scan.report.summary import summarise
from posture_scan.report.view import Fix, Pair, Summary
from posture_scan.report.wrap import Cell, width_of, wrap
from posture_scan.text.catalog import Catalog

if TYPE_CHECKING:
    from rich.console import Console

NARROWEST: Final = 60
WIDEST: Final = 120
BAR: Final = 40
"""Columns of the score bar."""

NARROW: Final = 8
"""Columns below which a column is not made narrower."""

GAP: Final = 2
"""Spaces between two columns."""

_DIGEST: Final = re.compile(r"\b([0-9a-f]{16})[0-9a-f]{48}\b")

STYLE: Final = {"ok": "bold green", "gate": "bold red", "insufficient": "bold yellow"}


def render_terminal(
    report: Mapping[str, Any],
    words: Mapping[str, CheckWords],
    criteria: Mapping[str, CriterionWords],
    language: str,
    *,
    width: int = 80,
    plain: bool = False,
    full: bool = True,
) -> str:
    """Return the report as terminal text.

    ``width`` is the terminal's columns (used between 60 and 120), ``plain`` leaves out colour
    for pipes and files, ``full`` adds the details below the first screen.
    """
    from rich.console import Console

    sink = io.StringIO()
    console = Console(
        file=sink,
        width=min(max(width, NARROWEST), WIDEST),
        force_terminal=not plain,
        color_system=None if plain else "standard",
        no_color=plain,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        _environ={},
    )
    page = Page(console, summarise(report, words, criteria, language))
    page.first_screen()
    if full:
        terminal_detail.details(page)
    page.end(full=full)
    return "\n".join(line.rstrip() for line in sink.getvalue().split("\n"))


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

    def first_screen(self) -> None:
        """Print what a person must know: verdict, score, money, the three things to do."""
        summary, top = self.summary, self.summary.headline
        self.line(summary.title, "bold")
        self.line(f"{summary.organisation}  {summary.period}", "dim")
        if summary.incomplete:
            self.line()
            self.line(summary.incomplete, "bold yellow")
        self.line()
        self.line(f"[{top.status_title}]", STYLE[top.status])
        self.line(top.status_text, indent=2)
        if top.status_items:
            self.line(top.status_items_title, indent=2)
        for item in top.status_items:
            self.line(item, indent=2, lead="- ")
        if top.unlock:
            self.line(top.unlock, "bold", indent=2)
        self.line()
        self._score()
        self.head("money")
        self._money()
        self.head("fixes")
        if not summary.fixes:
            self.line(self.word("fix.none"), indent=2)
        for number, fix in enumerate(summary.fixes, start=1):
            self._fix(number, fix)
        self._contradictions()

    def _score(self) -> None:
        from rich.text import Text

        top = self.summary.headline
        figures = (
            (self.word("label.score"), top.score_text),
            (self.word("label.grade"), top.grade),
            (self.word("label.coverage"), top.coverage),
        )
        shown = Text("  ")
        for label, value in figures:
            shown.append(f"{label} ", "dim").append(value, "bold").append("   ")
        self.console.print(shown)
        if top.score is not None:
            filled = int(top.score * BAR / 100)
            bar = Text("  [").append("#" * filled, STYLE[top.status]).append("." * (BAR - filled))
            self.console.print(bar.append("]"))
        self.pairs(top.scores)

    def _money(self) -> None:
        rows = [
            (Cell(label, "dim"), Cell(value, "bold"))
            for label, value in self.summary.headline.money
        ]
        self.grid(rows, right=1)
        self.line(self.summary.illustrative, "dim", indent=2)

    def _fix(self, number: int, fix: Fix) -> None:
        badge = f"[{fix.badge_text}] " if fix.badge else ""
        self.line(f"{badge}{fix.title}", "bold", lead=f"{number}. ")
        self.line(fix.worth, "green", indent=3)
        if fix.how:
            self.line(fix.how, indent=3)
        for step in fix.steps:
            self.line(step, indent=3, lead="- ")
        if fix.effort:
            self.line(f"{self.word('label.effort')}: {fix.effort}", "dim", indent=3)

    def _contradictions(self) -> None:
        if not self.summary.contradictions:
            return
        self.head("contradictions")
        self.line(self.word("contradiction.intro"), indent=2)
        for title, lines in self.summary.contradictions:
            self.line(title, "bold", indent=2, lead="- ")
            for text in lines:
                self.line(text, indent=4)

    def end(self, *, full: bool) -> None:
        """Print what stands at the foot of every report."""
        self.line()
        self.line(self.summary.principle, "bold")
        self.line(self.summary.signature, "dim")
        if not full:
            self.line(self.word("detail_hint"), "dim")
        self.line(self.summary.report_id, "dim")


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
