"""``profiles``: the rules a rating follows: listed, shown, written, checked, tried out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from posture_scan.cli.language import language, say, words
from posture_scan.cli.options import (
    DEFAULT_PROFILE,
    FILE,
    common,
    moment,
    number,
    option,
    packs_option,
    write_new,
)
from posture_scan.cli.spoken import SpokenGroup, tell, tell_text
from posture_scan.cli.trust import store_folder
from posture_scan.errors import UsageError
from posture_scan.report.clean import clean

if TYPE_CHECKING:
    from posture_scan.rating.load import Review

COMMENT_WIDTH: Final = 88
NO: Final = 1
"""Exit code where the answer is no: mistakes found, an example that differs."""
INCOMPLETE: Final = 3
"""Exit code where something could not be read, or there was nothing to try."""
PROFILE: Final = "ID|FILE"
LONGEST: Final = 1000
"""Characters of one mistake's sentence that are shown."""


@click.group(
    "profiles", cls=SpokenGroup, invoke_without_command=True, help=say("cli.profiles.about")
)
@common
@click.pass_context
def profiles(context: click.Context, *, as_json: bool) -> None:
    """List the built-in rating profiles; the commands of the group write and try out others."""
    if context.invoked_subcommand is not None:
        return
    from posture_scan.cli.profile_page import wrapped
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
        for line in wrapped(f"{row['id']}  {row['title']}", 0, 2):
            tell_text(line, bold=True)
        status = say(f"cli.profiles.status.{row['status']}")
        values = {"version": row["version"], "status": status, "digest": row["digest"][:12]}
        tell_text("  " + say("cli.profiles.row", **values))
    tell("profiles.how")


def _command(name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """Declare a command of the group; its help is ``profiles.<name>.about``, in lists ``short``."""
    key = f"profiles.{name}"
    return profiles.command(name, help=say(f"{key}.about"), short_help=say(f"{key}.short"))


@_command("new")
@click.argument("file", type=FILE)
@option("--id", "name", text="profile_id", required=True)
@option("--from", "source", text="profile_from")
@option("--kind", text="profile_kind")
@option("--minimal", text="profile_minimal", is_flag=True)
@option("--valid-from", "at", text="valid_from_day")
@common
def new(
    file: Path, name: str, source: str | None, kind: str | None, at: str | None,
    *, minimal: bool, as_json: bool,
) -> None:  # fmt: skip
    """Write a profile to start from; a file that is there is never overwritten."""
    from posture_scan.rating import draft
    from posture_scan.rating.load import profile_source

    if minimal + (source is not None) + (kind is not None) > 1:
        raise UsageError("profiles.one_source")
    if minimal:
        text = draft.starter()
    else:
        text = draft.source_of_kind(kind) if kind else profile_source(source or DEFAULT_PROFILE)
    written = draft.draft(text, name, moment(at).date(), _comments(file))
    write_new(file, written.encode("utf-8"))
    if as_json:
        click.echo(json.dumps({"path": str(file), "id": name}, ensure_ascii=False))
    else:
        tell("profiles.new.written", path=file)


def _comments(file: Path) -> dict[str, tuple[str, ...]]:
    from posture_scan.rating.draft import EXPLAINED
    from posture_scan.report.wrap import wrap

    keys = {"": "profiles.comment.head", **{name: f"profiles.comment.{name}" for name in EXPLAINED}}
    return {
        name: tuple(
            line
            for part in say(key, file=file.name).split("\n")
            for line in wrap(part, COMMENT_WIDTH)
        )
        for name, key in keys.items()
    }


@_command("lint")
@click.argument("files", metavar="ID|FILE...", nargs=-1, required=True)
@option("--at", text="at")
@packs_option
@common
def lint(
    files: tuple[str, ...], at: str | None, folders: tuple[Path, ...], *, as_json: bool
) -> int:
    """Name every mistake with its line, as of today and for the checks there are."""
    from posture_scan.engine.packs import load_packs
    from posture_scan.rating.load import review_profile

    known = frozenset(item.id for item in load_packs(folders).checks)
    today: date = moment(at).date()
    reviews = [review_profile(file, known_checks=known, today=today) for file in files]
    if as_json:
        click.echo(json.dumps([_review(item) for item in reviews], ensure_ascii=False))
    for review in reviews if not as_json else ():
        for mistake in review.mistakes:
            tell_text(clean(mistake.sentence(words()), LONGEST))
        for warning in review.warnings:
            sentence = clean(warning.sentence(words()), LONGEST)
            tell_text(say("profiles.lint.warning", sentence=sentence))
        if not review.mistakes:
            tell("profiles.lint.none", file=review.file)
    return NO if any(item.mistakes for item in reviews) else 0


def _review(review: Review) -> dict[str, Any]:
    def rows(items: tuple[Any, ...]) -> list[dict[str, Any]]:
        return [
            {"line": item.line, "code": item.code, "text": item.sentence(words()),
             "values": {key: str(value) for key, value in item.values.items()}}
            for item in items
        ]  # fmt: skip

    return {
        "file": review.file, "ok": not review.mistakes,
        "mistakes": rows(review.mistakes), "warnings": rows(review.warnings),
    }  # fmt: skip


@_command("show")
@click.argument("profile", metavar=PROFILE)
@common
def show(profile: str, *, as_json: bool) -> None:
    """Show a whole profile for a person."""
    from posture_scan.cli.output import json_text
    from posture_scan.cli.profile_page import page
    from posture_scan.model.codec import encode
    from posture_scan.rating.load import load_profile

    found = load_profile(profile)
    click.echo(json_text(encode(found)) if as_json else "\n".join(page(found, language())))


@_command("test")
@click.argument("files", metavar="ID|FILE...", nargs=-1, required=True)
@common
def test(files: tuple[str, ...], *, as_json: bool) -> int:
    """Work out the examples inside profiles and compare them with what they expect."""
    from posture_scan.cli.profile_results import outcome_lines
    from posture_scan.rating.examples import run_examples
    from posture_scan.rating.load import load_profile

    results = [(file, load_profile(file)) for file in files]
    outcomes = [(file, profile, run_examples(profile)) for file, profile in results]
    if as_json:
        rows = [
            {"file": file, "profile": profile.id, "examples": [item.to_json() for item in ran]}
            for file, profile, ran in outcomes
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
    for _, profile, ran in outcomes if not as_json else ():
        tell_text(f"{profile.id} {profile.version}", bold=True)
        for item in ran:
            for line in outcome_lines(profile, item, language()):
                tell_text(line)
        if not ran:
            tell("profiles.test.none")
    if not all(item.ok for _, _, ran in outcomes for item in ran):
        return NO
    return 0 if all(ran for _, _, ran in outcomes) else INCOMPLETE


@_command("dry-run")
@click.argument("old", metavar=PROFILE)
@click.argument("new_", metavar=PROFILE)
@click.argument("reports", metavar="REPORT|FOLDER...", nargs=-1, required=True, type=FILE)
@option("--store", text="store", type=FILE)
@option("--at", text="at")
@common
def dry_run(
    old: str, new_: str, reports: tuple[Path, ...], store: Path | None, at: str | None,
    *, as_json: bool,
) -> int:  # fmt: skip
    """Rate a portfolio under two profiles, firm by firm and together."""
    from posture_scan.assess.dry_run import compare
    from posture_scan.cli.dry_run import show_portfolio
    from posture_scan.cli.output import json_text

    portfolio = compare(old, new_, reports, store=store_folder(store), now=moment(at))
    if as_json:
        click.echo(json_text(portfolio.to_json()))
    else:
        show_portfolio(portfolio)
    return INCOMPLETE if portfolio.unreadable or not portfolio.firms else 0


@_command("schema")
@common
def schema(*, as_json: bool) -> None:  # noqa: ARG001 -- the schema is JSON either way
    """Print the JSON Schema by which an editor checks a profile while it is written."""
    from posture_scan.rating.form.export import schema_text

    click.echo(schema_text(), nl=False)


@_command("relativity")
@option("--rr", text="rr", required=True)
@option("--prevalence", text="prevalence", required=True)
@option("--keep", text="keep", default="1")
@common
def relativity(rr: str, prevalence: str, keep: str, *, as_json: bool) -> None:
    """Work out what a control does to the premium, from published claims data."""
    from posture_scan.cli.profile_results import relativity_json, relativity_lines
    from posture_scan.rating.figures import ClaimsData
    from posture_scan.rating.relativity import relativity as worked_out

    data = ClaimsData(number("--rr", rr), number("--prevalence", prevalence),
                      number("--keep", keep))  # fmt: skip
    result = worked_out(data)
    if as_json:
        click.echo(json.dumps(relativity_json(result)))
        return
    for line in relativity_lines(result, language()):
        tell_text(line)
