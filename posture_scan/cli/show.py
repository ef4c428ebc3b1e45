"""``show``: one report for different readers."""

from __future__ import annotations

from pathlib import Path

import click

from posture_scan.cli.options import FILE, common, now, option, packs_option, write_new
from posture_scan.cli.spoken import command
from posture_scan.cli.trust import store_folder


@command("show")
@click.argument("report", type=FILE)
@option(
    "--format", "form", text="format", type=click.Choice(["text", "html", "json"]), default="text"
)
@option("--detail/--summary", text="detail", default=True)
@option("--out", text="out", type=FILE)
@option("--store", text="store", type=FILE)
@packs_option
@common
def show(
    report: Path, form: str, out: Path | None, store: Path | None, folders: tuple[Path, ...],
    *, detail: bool, as_json: bool,
) -> None:  # fmt: skip
    """Show a report, or a signed report once it is verified."""
    from posture_scan.assess.opening import open_report
    from posture_scan.cli import output
    from posture_scan.engine.packs import load_packs

    opened = open_report(report, store=store_folder(store), now=now())
    packs = load_packs(folders)
    if form == "text" and not as_json and out is None:
        output.show_text(opened, packs, detail=detail)
        return
    html = form == "html" and not as_json
    text = output.html_page(opened, packs) if html else output.json_text(opened)
    if out is None:
        click.echo(text)
    else:
        write_new(out, (text + "\n").encode())
