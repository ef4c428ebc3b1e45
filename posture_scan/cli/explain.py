"""``explain``: where one thing comes from, by which evidence, rule and source."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from posture_scan.cli import output
from posture_scan.cli.language import language, words
from posture_scan.cli.options import FILE, common, moment, option, packs_option
from posture_scan.cli.spoken import command
from posture_scan.cli.trust import store_folder

if TYPE_CHECKING:
    from posture_scan.assess.explain_ground import Ground


@command("explain")
@click.argument("name", required=False, metavar="[ID]", default="")
@click.argument("report", required=False, metavar="[REPORT|WORKSHEET]", type=FILE)
@option("--profile", text="explain_profile", default="")
@option("--at", text="at")
@option("--store", text="store", type=FILE)
@option("--evidence", text="evidence", type=FILE)
@packs_option
@common
def explain(name: str, report: Path | None, *, as_json: bool, **options: Any) -> None:
    """Explain one id, from a profile alone or with a report; without an id list them."""
    from posture_scan.assess.explain import explained

    if report is None and name.endswith(".json"):
        name, report = "", Path(name)  # a report alone: what can be explained of it
    now = moment(options["at"])
    ground = _ground(report, options, now)
    shown = explained(ground, name)
    if as_json:
        click.echo(output.json_text(shown))
        return
    from posture_scan.assess.questionnaire import words_of
    from posture_scan.report.explain import render_explanation
    from posture_scan.report.wording import Wording

    currency = (shown["report"] or shown["profile"])["currency"]
    known = words_of(ground.profile, language())
    wording = Wording(words(), output.check_words(ground.packs), known, currency)
    columns = shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else 80
    width = max(min(columns, output.WIDEST), 60)
    click.echo(render_explanation(shown, wording, width), nl=False)


def _ground(report: Path | None, options: dict[str, Any], now: datetime) -> Ground:
    from posture_scan.assess.explain import ground_for, ground_of_sheet
    from posture_scan.assess.opening import open_report
    from posture_scan.assess.worksheet import is_worksheet
    from posture_scan.collect.local_file import read_bytes
    from posture_scan.engine.packs import load_packs
    from posture_scan.report.document import LIMIT

    packs = load_packs(options["folders"])
    opened = None
    if report is not None:
        data = read_bytes(report, LIMIT)
        if is_worksheet(data):
            return ground_of_sheet(data, packs, profile=options["profile"], now=now)
        store = store_folder(options["store"])
        opened = open_report(report, store=store, now=now, evidence=options["evidence"])
    return ground_for(opened, packs, profile=options["profile"], now=now)
