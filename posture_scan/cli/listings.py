"""``checks`` and ``profiles``: what is looked for and by which rules it is rated."""

from __future__ import annotations

import json
from pathlib import Path

import click

from posture_scan.cli.language import language, say
from posture_scan.cli.options import common, packs_option
from posture_scan.cli.spoken import command
from posture_scan.errors import UsageError


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
    for row in rows:
        click.echo(f"{row['check']:<28} {row['severity']:<9} {row['title']}")
        click.echo(f"{'':<28} {row['pack']} | {row['origin']} | {row['digest'][:12]}")
    if check:
        words = next(item for item in loaded.checks if item.id == check).meta.words[language()]
        click.echo(f"\n{words.why}\n{words.fix}\n{words.verify}")
    for problem in loaded.problems:
        values = {"pack": problem.pack, "origin": problem.origin, "detail": problem.detail}
        click.echo(say(f"reason.{problem.reason}", **values), err=True)


@command("profiles")
@common
def profiles(*, as_json: bool) -> None:
    """List the built-in rating profiles."""
    from posture_scan.rating.load import list_profiles, load_profile

    found = [load_profile(name) for name in list_profiles()]
    rows = [
        {"id": item.id, "version": item.version, "title": item.name.of(language()),
         "status": item.status, "digest": item.digest}
        for item in found
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['id']:<16} {row['version']:<10} {row['status']:<13} {row['title']}")
        click.echo(f"{'':<16} {row['digest'][:12]}")
