"""``plan``: what to fix next, in money."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from posture_scan.cli import output
from posture_scan.cli.language import language, words
from posture_scan.cli.options import (
    FILE,
    amount,
    common,
    moment,
    option,
    packs_option,
    pricing,
    write_new,
)
from posture_scan.cli.spoken import command, tell
from posture_scan.cli.terms import answers_from, pricing_from
from posture_scan.cli.trust import store_folder
from posture_scan.errors import UsageError

if TYPE_CHECKING:
    from posture_scan.assess.plan import Standing
    from posture_scan.rating.reports import Pricing

MOST_HOURS: Final = 1_000_000
PLATFORMS: Final = {"win32": "windows", "darwin": "macos"}


@command("plan")
@click.argument("path", metavar="REPORT|WORKSHEET", type=FILE)
@option("--profile", text="profile_of_plan")
@option("--target-premium", text="target_premium")
@option("--budget", text="budget")
@option("--hours", text="hours")
@option("--prices", text="prices", type=FILE)
@option("--new-prices", text="new_prices", type=FILE)
@option("--answers", "answers_file", text="answers", type=FILE)
@option("--at", text="at")
@option("--store", text="store", type=FILE)
@option("--evidence", text="evidence", type=FILE)
@pricing
@packs_option
@common
def plan(path: Path, *, as_json: bool, **options: Any) -> int:
    """Say what to fix next; 1 where a premium was named that cannot be reached."""
    from posture_scan.assess.plan import Asked, make_plan
    from posture_scan.rating.premium import refuse_unread

    asked = Asked(
        amount(options["target_premium"]), amount(options["budget"]), _hours(options["hours"]),
        options["prices"],
    )  # fmt: skip
    given = pricing_from(options)
    standing = _standing(path, options, given, moment(options["at"]))
    if given is not None:
        refuse_unread([standing.profile], given.facts, given.modification)
    if options["new_prices"]:
        _write_prices(options["new_prices"], standing, options["folders"])
        return 0
    found, result = make_plan(standing, asked)
    if as_json:
        click.echo(output.json_text(result))
    else:
        _show(result, standing, options["folders"])
    return 1 if found.target and found.target.set is None else 0


def _standing(path: Path, options: dict[str, Any], given: Pricing | None, at: datetime) -> Standing:
    from posture_scan.assess.again import own_profile
    from posture_scan.assess.opening import open_report
    from posture_scan.assess.plan import report_standing, sheet_standing
    from posture_scan.assess.worksheet import is_worksheet
    from posture_scan.collect.local_file import read_bytes
    from posture_scan.report.document import LIMIT

    data = read_bytes(path, LIMIT)
    if is_worksheet(data):
        return sheet_standing(data, options["profile"] or "", given)
    opened = open_report(
        path, store=store_folder(options["store"]), now=at, evidence=options["evidence"]
    )
    profile = options["profile"] or own_profile(opened)
    answers = answers_from(options["answers_file"], profile)
    return report_standing(opened, profile, now=at, answers=answers, pricing=given)


def _write_prices(path: Path, standing: Standing, folders: tuple[Path, ...]) -> None:
    from posture_scan.engine.packs import load_packs
    from posture_scan.rating.plan.prices_template import write_prices

    known = output.check_words(load_packs(folders))
    titles = {name: check.title for name, check in known.items()}
    text = write_prices(standing.profile, standing.tasks(), language(), titles)
    write_new(path, text.encode())
    tell("plan.template.written", path=path)


def _show(result: dict[str, Any], standing: Standing, folders: tuple[Path, ...]) -> None:
    from posture_scan.engine.packs import load_packs
    from posture_scan.report.plan_page import render_plan
    from posture_scan.report.plan_words import PlanWords
    from posture_scan.report.wording import Wording

    speech = Wording(
        words(), output.check_words(load_packs(folders)), standing.profile.words(language()),
        standing.profile.currency,
    )  # fmt: skip
    columns = shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else 80
    width = min(max(columns, 60), output.WIDEST)
    said = PlanWords(speech, PLATFORMS.get(sys.platform, "linux"))
    click.echo("\n".join(render_plan(result, said, width)))


def _hours(value: str | None) -> Decimal | None:
    if value is None:
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number <= MOST_HOURS:
        raise UsageError("plan.number", option="--hours", value=value)
    return number
