"""The report on a terminal: right at 80 columns, in both languages, with or without colour.

Only characters of certain width are drawn (no box characters: a Japanese console shows them
two columns wide), and nothing is read as markup, so a banner cannot paint or forge anything.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Final

from posture_scan.model.words import CheckWords, CriterionWords
from posture_scan.report.summary import summarise
from posture_scan.report.terminal_detail import details
from posture_scan.report.terminal_page import Page
from posture_scan.report.view import Fix
from posture_scan.report.wrap import Cell

NARROWEST: Final = 60
WIDEST: Final = 120
BAR: Final = 40
"""Columns of the score bar."""

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
    page = FirstScreen(console, summarise(report, words, criteria, language))
    page.first_screen()
    if full:
        details(page)
    page.end(full=full)
    return "\n".join(line.rstrip() for line in sink.getvalue().split("\n"))


class FirstScreen(Page):
    """What a busy person reads: verdict, score, money, the three things to do."""

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
        for item in top.status_first:
            self.line(item, indent=2, lead="- ")
        if top.status_more:
            self.line(top.status_more, indent=4)
        if top.unlock:
            self.line(top.unlock, "bold", indent=2)
        self.line()
        self._score()
        if top.money:
            self.head("money")
            self._money()
        else:
            self.line(self.summary.illustrative, "dim", indent=2)
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
        if top.found:
            self.line(top.found, "bold", indent=2)
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
