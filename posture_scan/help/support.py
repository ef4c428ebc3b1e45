"""The support matrix: on which system each check of a computer was tried, and on what.

A pack whose collectors look at the computer itself says it in ``support.toml``, a table for each
check with one word for each system. The page of the manual is made from these rows.
"""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from posture_scan.engine.pack_set import PackSet
from posture_scan.model.evidence import Machine
from posture_scan.text.catalog import Catalog

SYSTEMS: Final = ("linux", "windows", "darwin")
STATES: Final = ("real", "wine", "recorded", "constructed", "none")
"""A real computer; Windows' own calls under Wine; somebody's recording; built from documents;
nothing to be judged there."""

_NAME: Final = "support.toml"


@dataclass(frozen=True)
class Support:
    """One check, and how it was tried on each system."""

    check: str
    pack: str
    states: dict[str, str]
    """By system, one of ``STATES``."""


def support() -> tuple[Support, ...]:
    """Read the rows of every built-in pack, in order of pack and check."""
    base = Path(next(iter(importlib.import_module("posture_scan.checks").__path__)))
    found = []
    for path in sorted(base.glob(f"*/{_NAME}")):
        table = tomllib.loads(path.read_text("utf-8"))
        found += [
            Support(check, path.parent.name, {name: str(states[name]) for name in SYSTEMS})
            for check, states in sorted(table.items())
        ]
    return tuple(found)


def expected(packs: PackSet) -> dict[str, frozenset[str]]:
    """Return every check of the computer itself, with the systems its evidence comes from."""
    systems: dict[type, set[str]] = {}
    for _, item in packs.collectors:
        if isinstance(item.on, Machine):
            systems.setdefault(item.returns, set()).update(item.on.platforms)
    return {
        check.id: frozenset(systems[check.check.needs])
        for check in packs.checks
        if check.check.needs in systems
    }


def support_page(rows: Sequence[Support], packs: PackSet, language: str) -> str:
    """Return the page: one table, a row for each check."""
    say = Catalog(language)
    titles = {check.id: check.meta.words[language].title for check in packs.checks}
    heads = [say("help.column.check"), *(say(f"help.system.{name}") for name in SYSTEMS)]
    lines = [f"# {say('help.support.title')}", "", say("help.support.about"), ""]
    lines += [f"- {say(f'help.state.{state}')}: {say(f'help.state_means.{state}')}"
              for state in STATES]  # fmt: skip
    lines += ["", _row(heads), _row(["---"] * len(heads))]
    for row in rows:
        cells = [say(f"help.state.{row.states[name]}") for name in SYSTEMS]
        lines.append(_row([f"{titles.get(row.check, row.check)} (`{row.check}`)", *cells]))
    return "\n".join(lines) + "\n"


def support_lines(rows: Sequence[Support], packs: PackSet, language: str) -> tuple[str, ...]:
    """Return the same for a terminal: one line for each check."""
    say = Catalog(language)
    titles = {check.id: check.meta.words[language].title for check in packs.checks}
    lines = [say("help.support.title"), "", say("help.support.about"), ""]
    lines += [f"  {say(f'help.state.{state}')}: {say(f'help.state_means.{state}')}"
              for state in STATES]  # fmt: skip
    lines.append("")
    for row in rows:
        told = [
            f"{say(f'help.system.{name}')} {say(f'help.state.{row.states[name]}')}"
            for name in SYSTEMS
        ]
        lines.append(f"{titles.get(row.check, row.check)} ({row.check})")
        lines.append("  " + ", ".join(told))
    return tuple(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
