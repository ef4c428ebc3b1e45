"""The rows of the manual as a page of Markdown, and as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from posture_scan.engine.packs import load_packs
from posture_scan.help.observations import Fingerprint, Observation, fingerprints, observations
from posture_scan.help.support import support, support_page
from posture_scan.text.catalog import LANGUAGES, Catalog

COLUMNS: Final = ("sends", "counts", "cannot")


def markdown(rows: Sequence[Observation], products: Sequence[Fingerprint], language: str) -> str:
    """Return the whole page, with a table for each pack and one for the products."""
    say = Catalog(language)
    lines = [f"# {say('help.observed.title')}", "", say("help.observed.about"), ""]
    heads = [say(f"help.column.{name}") for name in ("name", *COLUMNS, "tried")]
    for pack in dict.fromkeys(row.pack for row in rows):
        lines += [f"## {say(f'report.pack.{pack}')}", "", *_table_head(heads)]
        lines += [_row(_cells(row, say)) for row in rows if row.pack == pack]
        lines.append("")
    heads = [say(f"help.column.{name}") for name in ("name", "asks", "marks", "version", "tried")]
    lines += [f"## {say('help.observed.products')}", "", say("help.observed.products_about"), ""]
    lines += [*_table_head(heads), *(_row(_product(item, say)) for item in products)]
    return "\n".join(lines) + "\n"


def plain(
    rows: Sequence[Observation], products: Sequence[Fingerprint], language: str
) -> tuple[str, ...]:
    """Return the same for a terminal: a block for each row, nothing wider than it must be."""
    say = Catalog(language)
    lines = [say("help.observed.title"), "", say("help.observed.about")]
    for row in rows:
        name, *cells = _cells(row, say)
        heads = (say(f"help.column.{head}") for head in (*COLUMNS, "tried"))
        lines += ["", f"{name} ({say(f'report.pack.{row.pack}')})"]
        lines += [f"  {head}: {cell}" for head, cell in zip(heads, cells, strict=True)]
    lines += ["", say("help.observed.products"), "", say("help.observed.products_about")]
    for item in products:
        name, *cells = _product(item, say)
        heads = (say(f"help.column.{head}") for head in ("asks", "marks", "version", "tried"))
        lines += ["", name]
        lines += [f"  {head}: {cell}" for head, cell in zip(heads, cells, strict=True)]
    return tuple(lines)


def _cells(row: Observation, say: Catalog) -> list[str]:
    words = row.words[say.language]
    tried = say(f"help.tried.{row.tried}", what=words["with"])
    name = f"{words.get('name', row.name)} ({say(f'help.transport.{row.transport}')})"
    return [name, *(words[column] for column in COLUMNS), tried]


def _product(item: Fingerprint, say: Catalog) -> list[str]:
    asks = ", ".join(item.asks) or say("help.observed.no_request")
    marks = say("help.observed.marks", strong=item.strong, weak=item.weak)
    version = say(f"help.version.{item.version or 'not_readable'}")
    return [item.name, asks, marks, version, say(f"help.product_tried.{item.tried}")]


def _table_head(heads: Sequence[str]) -> Iterable[str]:
    return _row(heads), _row(["---"] * len(heads))


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def page_path(topic: str, language: str) -> Path:
    """Return where a page of the manual lies in the program."""
    return Path(__file__).parent / f"{topic}.{language}.md"


def write_pages() -> list[Path]:
    """Write the generated pages in both languages; a test holds that they are up to date."""
    rows, products, packs = observations(), fingerprints(), load_packs()
    written = []
    for language in LANGUAGES:
        path = page_path("observed", language)
        path.write_text(markdown(rows, products, language), "utf-8")
        matrix = page_path("support", language)
        matrix.write_text(support_page(support(), packs, language), "utf-8")
        written += [path, matrix]
    return written
