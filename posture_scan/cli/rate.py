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
    DEFAULT_PROFILE,
    FILE,
    amount,
    common,
    day,
    exports_option,
    host_files_option,
    moment,
    option,
    packs_option,
    pricing,
    tenants_option,
)
from posture_scan.cli.spoken import command, tell
from posture_scan.cli.trust import store_folder

if TYPE_CHECKING:
    from posture_scan.assess.document import Pricing, Terms
    from posture_scan.model.answer import Answers

PER_CENT = 100


@command("rate")
@click.argument("path", metavar="REPORT|WORKSHEET", type=FILE)
@option("--profile", "profiles", text="profile", multiple=True)
@option("--answers", "answers_file", text="answers", type=FILE)
@option("--at", text="at")
@option("--store", text="store", type=FILE)
@option("--evidence", text="evidence", type=FILE)
@option("--out", text="out", type=FILE)
@option("--fail-under", text="fail_under", type=int)
@host_files_option
@exports_option
@tenants_option
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
        results = [rating.to_json() for rating in rated_sheets]
        lines = [summary_line(result) for result in results]
        if len(lines) == 1:
            lines += [f"  {text}" for text in advice(rated_sheets[0], language())]
        click.echo(_json(results) if as_json else "\n".join(lines))
        return exit_code(results[0], options["fail_under"])
    rated = _rate_report(path, profiles or (DEFAULT_PROFILE,), options, given, at)
    _show(rated, profiles or (DEFAULT_PROFILE,), options, as_json=as_json)
    return exit_code(rated[0]["rating"], options["fail_under"])


def _rate_report(
    path: Path, profiles: tuple[str, ...], options: dict[str, Any], given: Any, at: datetime
) -> list[dict[str, Any]]:
    from posture_scan.assess.document import rate_again
    from posture_scan.assess.opening import open_report

    opened = open_report(
        path, store=store_folder(options["store"]), now=at, evidence=options["evidence"]
    )
    if options["export_files"] or options["tenant_files"] or options["host_files"]:
        opened = _with_exports(opened, options, at)
    return [
        rate_again(
            opened, name, now=at, answers=answers_from(options["answers_file"], name),
            pricing=given,
        )
        for name in profiles
    ]  # fmt: skip


def _with_exports(report: dict[str, Any], options: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Add files to the report's evidence and judge it again; the report's own stays as it is."""
    from posture_scan.assess.exports import parse_export, supplement
    from posture_scan.assess.machine import read_all
    from posture_scan.assess.tenants import read_tenants
    from posture_scan.cli.scan import product_data
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
        output.show_text(rated[0], load_packs(options["folders"]), profile=profiles[0])
    else:
        click.echo("\n".join(summary_line(report["rating"]) for report in rated))


def _json(ratings: list[dict[str, Any]]) -> str:
    return output.json_text(ratings[0] if len(ratings) == 1 else ratings)


def summary_line(rating: dict[str, Any]) -> str:
    """Return one profile's result on one line, for comparing several."""
    from posture_scan.report.figures import money

    values = {
        **rating,
        "profile": rating["profile"]["id"],
        "coverage": per_cent(rating["coverage"]),
        "discount": per_cent(rating["discount"]),
        "status": say(f"cli.rate.status.{rating['status']}"),
        "score": rating["score"] or "-",
        "premium": money(Decimal(rating["premium"]), rating["currency"], language()),
    }
    return say("cli.rate.under", **values)


def per_cent(share: str) -> str:
    """Write a share such as ``0.3228`` as ``32.28%``."""
    return f"{(Decimal(share) * PER_CENT).normalize():f}%"


def exit_code(rating: dict[str, Any], fail_under: int | None = None) -> int:
    """Return 1 for an open gate or a score below the wish, 3 where too little is known, else 0."""
    if rating["status"] == "gate":
        return 1
    if fail_under is not None and Decimal(rating["score"] or 0) < fail_under:
        return 1
    return 3 if rating["status"] == "insufficient" else 0


def pricing_from(options: dict[str, Any]) -> Pricing | None:
    """Return the pricing that was asked for, or None where nothing was given."""
    from posture_scan.assess.document import Pricing

    names = ("base_premium", "group_discount", "certificates", "annual_sales", "industry")
    if not any(options[name] for name in names):
        return None
    facts = {name: str(options[name]) for name in ("annual_sales", "industry") if options[name]}
    return Pricing(
        amount(options["base_premium"]), options["group_discount"],
        tuple(options["certificates"]), facts,
    )  # fmt: skip


def terms_from(options: dict[str, Any], profile: str) -> Terms:
    """Return the rules, answers and figures that the options name."""
    from posture_scan.assess.document import Pricing, Terms
    from posture_scan.rating.load import load_profile

    load_profile(profile)  # one that cannot be used is named before anything is begun
    answers = answers_from(options["answers_file"], profile)
    return Terms(profile, answers, pricing_from(options) or Pricing())


def answers_from(path: Path | None, profile: str) -> Answers | None:
    """Read the answers file against a profile's questions, or return None without one."""
    if path is None:
        return None
    from posture_scan.assess.questionnaire import questions_of
    from posture_scan.collect.answers import read_answers
    from posture_scan.rating.load import load_profile

    return read_answers(path, questions_of(load_profile(profile)))
