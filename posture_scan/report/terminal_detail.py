"""The details below the first screen of the terminal report."""

from __future__ import annotations

from typing import Final

from posture_scan.report.terminal_page import Page
from posture_scan.report.view import Place, Table, Weakness
from posture_scan.report.wrap import Cell

STATUS_STYLE: Final = {
    "met": "green", "partial": "yellow", "not_met": "red", "unknown": "yellow",
    "contradicted": "bold red", "not_applicable": "dim",
}  # fmt: skip
SEVERITY_STYLE: Final = {"critical": "bold red", "high": "red", "medium": "yellow"}
MOST_PLACES: Final = 10
STATUS_COLUMNS: Final = 14
EVIDENCE_COLUMNS: Final = 15


def details(page: Page) -> None:
    """Print everything a reader may want to question."""
    _all_fixes(page)
    _criteria(page)
    page.head("findings")
    page.line(page.summary.counts, indent=2)
    for weakness in page.summary.weaknesses:
        _weakness(page, weakness)
    _informative(page)
    _unknowns(page)
    page.head("assets")
    _table(page, page.summary.assets)
    if page.summary.out_of_scope:
        page.head("out_of_scope")
        for item, why in page.summary.out_of_scope:
            page.line(item, indent=2, lead="- ")
            if why:
                page.line(why, "dim", indent=4)
    page.head("connections")
    page.line(page.summary.connections.note, indent=2)
    page.head("scope")
    page.pairs(page.summary.scope)
    if page.summary.answers:
        page.head("answers")
        page.pairs(page.summary.answers)
    _calculation(page)
    page.head("limits")
    for limit in page.summary.limits:
        page.line(limit, indent=2, lead="- ")
    page.head("tool")
    page.pairs(page.summary.tool)


def _all_fixes(page: Page) -> None:
    if len(page.summary.all_fixes) <= len(page.summary.fixes):
        return
    page.head("all_fixes")
    rows = [
        (Cell(fix.title), Cell(fix.kind_text, "dim"), Cell(fix.amount, "bold"))
        for fix in page.summary.all_fixes
    ]
    page.grid(rows, right=2)


def _criteria(page: Page) -> None:
    page.head("criteria")
    _open_items(page)
    title = page.console.width - 2 - STATUS_COLUMNS - EVIDENCE_COLUMNS - 4
    for group in page.summary.groups:
        page.line(group.title, "bold", indent=1)
        for item in group.criteria:
            row = (
                Cell(item.status_text, STATUS_STYLE.get(item.status, "")),
                Cell(item.title),
                Cell(item.evidence_text, "dim"),
            )
            page.grid([row], widths=(STATUS_COLUMNS, title, EVIDENCE_COLUMNS))
            for reason in item.reasons:
                page.line(reason, "dim", indent=2 + STATUS_COLUMNS + 2)


def _open_items(page: Page) -> None:
    """Print all that the verdict rests on where the first screen named a part of it."""
    top = page.summary.headline
    if not top.status_more:
        return
    page.line(top.status_items_title, indent=1)
    for item in top.status_items:
        page.line(item, indent=2, lead="- ")
    page.line()


def _weakness(page: Page, weakness: Weakness) -> None:
    page.line()
    style = SEVERITY_STYLE.get(weakness.severity, "")
    page.line(f"[{weakness.severity_text}] {weakness.title}", style or "bold", indent=2)
    _places(page, weakness, facts=True)
    said = (("why", weakness.why), ("how", weakness.fix), ("verify", weakness.verify))
    page.pairs([(page.word(f"label.{key}"), text) for key, text in said if text], indent=4)
    page.line(weakness.check, "dim", indent=4)


def _places(page: Page, weakness: Weakness, *, facts: bool) -> None:
    for place in weakness.places[:MOST_PLACES]:
        where = "" if place.told else _where(page, place)
        if len(place.where) > 1:
            page.line(where, indent=4)
            page.line(place.said, indent=6)
        else:
            page.line(f"{where}  {place.said}".lstrip(), indent=4)
        if facts:
            seen = "  ".join(f"{label}: {value}" for label, value in place.facts)
            page.line(seen, "dim", indent=6)
    hidden = len(weakness.places) - MOST_PLACES
    if hidden > 0:
        page.line(page.word("more", count=hidden), "dim", indent=4)


def _where(page: Page, place: Place) -> str:
    shown = page.word("list_separator").join(place.where[:MOST_PLACES])
    hidden = len(place.where) - MOST_PLACES
    return f"{shown} {page.word('more', count=hidden)}" if hidden > 0 else shown


def _informative(page: Page) -> None:
    told = page.summary.informative
    if not told.items and not told.yardsticks.rows:
        return
    page.head(told.head)
    for item in told.items:
        page.line(f"{item.title} ({item.check})", indent=2, lead="- ")
        _places(page, item, facts=False)
    if told.yardsticks.rows:
        page.line()
        _table(page, told.yardsticks)
    for cause in told.causes:
        page.line(cause, "dim", indent=2, lead="- ")


def _unknowns(page: Page) -> None:
    page.head("unknowns")
    if not page.summary.unknowns:
        page.line(page.word("none"), indent=2)
    for item in page.summary.unknowns:
        page.line(item.said, indent=2, lead="- ")
        page.line(item.titles, "dim", indent=4)
        page.line(item.where, "dim", indent=4)


def _table(page: Page, table: Table) -> None:
    if table.note:
        page.line(table.note, indent=2)
    if table.rows:
        head = tuple(Cell(column, "dim") for column in table.columns)
        body = [tuple(Cell(cell) for cell in row) for row in table.rows]
        page.grid([head, *body])


def _calculation(page: Page) -> None:
    page.head("trace")
    page.pairs(page.summary.headline.discounts)
    for number, step in enumerate(page.summary.trace, start=1):
        page.line(step, indent=2, lead=f"{number:2}. ")
    for item in page.summary.headline.referral:
        page.line(f"{page.word('label.referral')}: {item}", "bold", indent=2)
