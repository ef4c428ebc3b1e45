"""``checks``: what is looked for."""

from __future__ import annotations

import json
import shutil
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from posture_scan.cli.language import language, say, words
from posture_scan.cli.options import common, packs_option
from posture_scan.cli.spoken import command, tell, tell_text
from posture_scan.errors import UsageError
from posture_scan.report.wrap import width_of, wrap

if TYPE_CHECKING:
    from posture_scan.engine.pack_set import LoadedCheck


@command("checks")
@click.argument("check", required=False)
@packs_option
@common
def checks(check: str | None, folders: tuple[Path, ...], *, as_json: bool) -> None:
    """List the checks with pack, origin and digest, or show one."""
    from posture_scan.engine.packs import load_packs

    loaded = load_packs(folders)
    packs = {pack.name: pack for pack in loaded.packs}
    rows = [
        {
            "check": item.id,
            "severity": item.meta.severity.value,
            "title": item.meta.words[language()].title,
            "pack": item.pack,
            "origin": packs[item.pack].origin,
            "digest": packs[item.pack].digest,
        }
        for item in loaded.checks
        if check in {None, item.id}
    ]
    if not rows:
        raise UsageError("cli.unknown_check", check=check)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    if check:
        _explain(next(item for item in loaded.checks if item.id == check))
    else:
        _list(rows)
    for problem in loaded.problems:
        values = {"pack": problem.pack, "origin": problem.origin, "detail": problem.detail}
        tell(f"reason.{problem.reason}", err=True, **values)


def _list(rows: list[dict[str, str]]) -> None:
    """Print the checks under their packs: severity, id, and what it is called."""
    left = max(len(row["check"]) for row in rows)
    marks = [say(f"report.severity.{row['severity']}") for row in rows]
    wide = max(width_of(mark) for mark in marks)
    room = max(shutil.get_terminal_size((80, 24)).columns - left - wide - 6, 24)
    pairs = sorted(zip(rows, marks, strict=True), key=lambda pair: pair[0]["pack"])
    for pack, group in groupby(pairs, lambda pair: pair[0]["pack"]):
        members = list(group)
        first = members[0][0]
        values = {"origin": _word("origin", first["origin"]), "digest": first["digest"][:12]}
        tell_text(say("cli.checks.pack", pack=_word("pack", pack), **values), bold=True)
        for row, mark in members:
            lines = wrap(row["title"], room)
            pad = " " * (wide - width_of(mark))
            click.echo(f"  {mark}{pad}  {row['check']:<{left}}  {lines[0]}")
            for line in lines[1:]:
                click.echo(" " * (left + wide + 6) + line)
        click.echo()
    tell("cli.checks.one", check=rows[0]["check"])


def _word(table: str, name: str) -> str:
    """Return the word for an id of ours; a stranger's pack is called by its own name."""
    key = f"report.{table}.{name}"
    return say(key) if key in words() else name


def _explain(check: LoadedCheck) -> None:
    """Print everything that is known about one check."""
    from posture_scan.report.explain_check import about
    from posture_scan.report.wording import Wording

    known = Wording(words(), {check.id: check.meta.words[language()]}, {}, "")
    tell_text(known.check(check.id).title, bold=True)
    for label, text in about(known, check.meta.severity.value, check.id):
        tell_text(f"\n{label}:\n  {text}")
