"""How a report leaves the program: the screen, a file, JSON for programs, the exit code."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import click

from posture_scan.cli.language import language
from posture_scan.engine.pack_set import PackSet
from posture_scan.model.words import CheckWords, CriterionWords

NARROWEST: Final = 60
WIDEST: Final = 120


def check_words(packs: PackSet) -> dict[str, CheckWords]:
    """Return every check's words in this run's language."""
    return {item.id: item.meta.words[language()] for item in packs.checks}


def criterion_words(report: Mapping[str, Any], profile: str = "") -> dict[str, CriterionWords]:
    """Return the words of the profile that a report was rated under, as far as it is at hand."""
    from posture_scan.assess.again import own_profile
    from posture_scan.assess.questionnaire import words_of
    from posture_scan.errors import PostureError
    from posture_scan.rating.load import load_profile

    try:
        rules = load_profile(profile or own_profile(report))
    except PostureError:
        return {}
    return words_of(rules, language())


def show_text(
    report: Mapping[str, Any], packs: PackSet, *, profile: str = "", detail: bool = False
) -> None:
    """Print the report for a person; without colour and at 80 columns in a pipe."""
    from posture_scan.report.terminal import render_terminal

    on_screen = sys.stdout.isatty()
    width = min(shutil.get_terminal_size((80, 40)).columns, WIDEST) if on_screen else 80
    text = render_terminal(
        report, check_words(packs), criterion_words(report, profile), language(),
        width=width, plain=not on_screen, full=detail,
    )  # fmt: skip
    if on_screen:
        click.echo()  # between the progress of the run and its report
    click.echo(text, nl=not text.endswith("\n"), color=on_screen)


def columns() -> int:
    """Return the terminal's columns, within what a page can be laid out in; 80 in a pipe."""
    if not sys.stdout.isatty():
        return 80
    return min(max(shutil.get_terminal_size((80, 40)).columns, NARROWEST), WIDEST)


def html_page(report: Mapping[str, Any], packs: PackSet, profile: str = "") -> str:
    """Return the report as a self-contained HTML page in this run's language."""
    from posture_scan.report.html import render_html

    words = criterion_words(report, profile)
    return render_html(report, check_words(packs), words, language())


def write_html(path: Path, report: Mapping[str, Any], packs: PackSet, profile: str = "") -> None:
    """Write the HTML page in one step, replacing an older one of the same name."""
    from posture_scan.collect.local_file import write_atomically

    write_atomically(path, html_page(report, packs, profile).encode())


def json_text(value: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> str:
    """Return JSON for programs: stable keys, real characters."""
    from posture_scan.report.document import report_bytes

    return report_bytes(value).decode().rstrip("\n")


def exit_code(rating: Mapping[str, Any], fail_under: int | None = None) -> int:
    """Return 1 for an open gate or a score below the wish, 3 where too little is known, else 0."""
    if rating["status"] == "gate":
        return 1
    if fail_under is not None and Decimal(rating["score"] or 0) < fail_under:
        return 1
    return 3 if rating["status"] == "insufficient" else 0
