"""``rate``: the same evidence under any number of profiles, or a bare worksheet."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from posture_scan.cli import output
from posture_scan.cli.language import language, say
from posture_scan.cli.options import (
    FILE,
    common,
    day,
    handed_in,
    moment,
    option,
    packs_option,
    pricing,
)
from posture_scan.cli.product_data import product_data
from posture_scan.cli.spoken import command, tell
from posture_scan.cli.terms import answers_from, pricing_from
from posture_scan.cli.trust import store_folder

if TYPE_CHECKING:
    from posture_scan.rating.profile import Profile
    from posture_scan.rating.reports import Pricing

PER_CENT = 100


@command("rate")
@click.argument("path", metavar="REPORT|WORKSHEET", type=FILE)
@option("--profile", "profiles", text="profiles_of_rate", multiple=True)
@option("--answers", "answers_file", text="answers", type=FILE)
@option("--at", text="at")
@option("--store", text="store", type=FILE)
@option("--evidence", text="evidence", type=FILE)
@option("--out", text="out", type=FILE)
@option("--fail-under", text="fail_under", type=int)
@handed_in
@pricing
@packs_option
@common
def rate(path: Path, profiles: tuple[str, ...], *, as_json: bool, **options: Any) -> int:
    """Rate again; the exit code follows the first profile."""
    from posture_scan.assess.worksheet import advice, is_worksheet, rate_sheet
    from posture_scan.collect.local_file import read_bytes
    from posture_scan.report.document import LIMIT

    data, given, at = read_bytes(path, LIMIT), pricing_from(options), moment(options["at"])
    if is_worksheet(data):
        rated_sheets = [rate_sheet(data, name, given) for name in profiles or ("",)]
        _refuse_unread(given, [rating.profile for rating in rated_sheets])
        results = [rating.to_json() for rating in rated_sheets]
        lines = table(results)
        if len(results) == 1:
            texts = advice(rated_sheets[0], language())
            lines = "\n".join([summary_line(results[0]), *(f"  {text}" for text in texts)])
        click.echo(_json(results) if as_json else lines)
        return output.exit_code(results[0], options["fail_under"])
    rated = _rate_report(path, profiles, options, given, at)
    _show(rated, profiles, options, as_json=as_json)
    return output.exit_code(rated[0]["rating"], options["fail_under"])


def _rate_report(
    path: Path,
    profiles: tuple[str, ...],
    options: dict[str, Any],
    given: Pricing | None,
    at: datetime,
) -> list[dict[str, Any]]:
    from posture_scan.assess.again import own_profile, rate_again
    from posture_scan.assess.opening import open_report
    from posture_scan.rating.load import load_profile

    opened = open_report(
        path, store=store_folder(options["store"]), now=at, evidence=options["evidence"]
    )
    names = profiles or (own_profile(opened),)
    rules = [load_profile(name) for name in names]
    _refuse_unread(given, rules)
    if options["export_files"] or options["tenant_files"] or options["host_files"]:
        opened = _with_exports(opened, options, at)
    return [
        rate_again(
            opened, name, now=at, answers=answers_from(options["answers_file"], name),
            pricing=given, rules=known,
        )
        for name, known in zip(names, rules, strict=True)
    ]  # fmt: skip


def _refuse_unread(given: Pricing | None, profiles: list[Profile]) -> None:
    from posture_scan.rating.premium import refuse_unread

    if given is not None:
        refuse_unread(profiles, given.facts, given.modification, given.base_premium)


def _with_exports(report: dict[str, Any], options: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Add files to the report's evidence and judge it again; the report's own stays as it is."""
    from posture_scan.assess.exports import parse_export, supplement
    from posture_scan.assess.machine import read_all
    from posture_scan.assess.tenants import read_tenants
    from posture_scan.engine.packs import load_packs

    packs = load_packs(options["folders"])
    exports = [parse_export(text) for text in options["export_files"]]
    made = day(options["export_day"])
    lists = read_tenants(
        options["tenant_files"], packs, declared=day(options["tenant_day"]), now=at
    )  # fmt: skip
    again = supplement(
        report, exports, packs, product_data(), declared=made, now=at, beside=lists,
        machines=read_all(options["host_files"], packs),
    )  # fmt: skip
    tell("cli.rate.judged_again", err=True, judged=again.judged, changed=again.changed)
    return again.report


def _show(
    rated: list[dict[str, Any]], profiles: tuple[str, ...], options: dict[str, Any],
    *, as_json: bool,
) -> None:  # fmt: skip
    from posture_scan.engine.packs import load_packs
    from posture_scan.report.document import write_report

    if options["out"]:
        write_report(options["out"], rated[0])
    if as_json:
        click.echo(_json([report["rating"] for report in rated]))
    elif len(rated) == 1:
        named = profiles[0] if profiles else ""
        output.show_text(rated[0], load_packs(options["folders"]), profile=named)
    else:
        click.echo(table([report["rating"] for report in rated]))


def _json(ratings: list[dict[str, Any]]) -> str:
    return output.json_text(ratings[0] if len(ratings) == 1 else ratings)


def table(ratings: list[dict[str, Any]]) -> str:
    """Return several profiles' results in columns, as wide as the terminal allows."""
    from posture_scan.report.side_by_side import side_by_side

    return side_by_side(ratings, say, language(), width=output.columns()).rstrip("\n")


def summary_line(rating: dict[str, Any]) -> str:
    """Return one profile's result as a sentence."""
    from posture_scan.report.figures import money

    premium = rating["premium"]
    values = {
        **rating,
        "profile": rating["profile"]["id"],
        "coverage": per_cent(rating["coverage"]),
        "discount": per_cent(rating["discount"]),
        "status": say(f"cli.rate.status.{rating['status']}"),
        "score": rating["score"] or "-",
        "premium": "-"
        if premium is None
        else money(Decimal(premium), rating["currency"], language()),
    }
    said = say("cli.rate.under", **values)
    surcharge = Decimal(rating["discount"] or 0) < 0
    return f"{said} {say('report.surcharge_note')}" if surcharge else said


def per_cent(share: str | None) -> str:
    """Write a share such as ``0.3228`` as ``32.28%``; one that does not exist is a hyphen."""
    if share is None:
        return "-"
    return f"{(Decimal(share) * PER_CENT).normalize():f}%"
