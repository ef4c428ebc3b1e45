"""``frameworks``: what a report shows about SCS, IPA's self-check, CIS, CSF and others."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from posture_scan.cli import output
from posture_scan.cli.language import language
from posture_scan.cli.options import FILE, common, moment, option, write_new
from posture_scan.cli.spoken import command, tell
from posture_scan.cli.trust import store_folder

OF = ("scs3", "scs4", "ipa25", "cis", "csf", "cyber-essentials", "security-action")


@command("frameworks")
@click.argument("report", required=False, metavar="[REPORT]", type=FILE)
@option("--of", text="framework", type=click.Choice(OF), multiple=True)
@option("--profile", text="framework_profile", default="")
@option("--ipa25", "answers_file", text="ipa25", type=FILE)
@option("--new-ipa25", "new_file", text="new_ipa25", type=FILE)
@option("--security-action-id", "declared_id", text="security_action_id", default="")
@option("--at", text="at")
@option("--store", text="store", type=FILE)
@common
def frameworks(report: Path | None, *, as_json: bool, **options: Any) -> int:
    """Show what maps to what, or how far a report's evidence goes; 1 where an id is no good."""
    from posture_scan.assess.frameworks import Wanted, framework_views
    from posture_scan.rating.frameworks.ipa25_file import read_answers, template

    if options["new_file"]:
        write_new(options["new_file"], template(language()).encode())
        tell("cli.frameworks.template_written", path=options["new_file"])
        return 0
    file = options["answers_file"]
    wanted = Wanted(
        options["of"] or OF, read_answers(file) if file else None, options["declared_id"]
    )
    now = moment(options["at"])
    opened = _opened(report, options, now)
    shown = framework_views(wanted, profile=options["profile"], report=opened, now=now)
    if as_json:
        click.echo(output.json_text(shown))
    else:
        _show(shown)
    given = (shown["security_action"] or {}).get("declared_id")
    return 1 if given and given["form"] != "current" else 0


def _opened(report: Path | None, options: dict[str, Any], now: Any) -> dict[str, Any] | None:
    from posture_scan.assess.opening import open_report

    if report is None:
        return None
    return open_report(report, store=store_folder(options["store"]), now=now)


def _show(shown: dict[str, Any]) -> None:
    import shutil

    from posture_scan.report.frameworks import render_frameworks

    columns = shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else 80
    text = render_frameworks(shown, language(), max(min(columns, output.WIDEST), 60))
    click.echo(text, nl=False)
