"""``diff``: what changed since the last report, and what of it a renewal must know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

import click

from posture_scan.cli import output
from posture_scan.cli.language import language
from posture_scan.cli.options import FILE, common, now, option, packs_option, pricing
from posture_scan.cli.spoken import command
from posture_scan.cli.terms import pricing_from
from posture_scan.cli.trust import store_folder
from posture_scan.errors import UsageError

PER_CENT: Final = 100


@command("diff")
@click.argument("reports", metavar="OLD NEW...", type=FILE, nargs=-1)
@option("--profile", text="diff_profile")
@option("--granted", text="granted")
@option("--anyway", text="anyway", is_flag=True)
@option("--evidence", "evidence_files", text="evidence_any", type=FILE, multiple=True)
@option("--store", text="store", type=FILE)
@pricing
@packs_option
@common
def diff(reports: tuple[Path, ...], *, as_json: bool, **options: Any) -> int:
    """Compare the two newest of some reports; the exit code says whether anything is worse."""
    from posture_scan.assess.drift.compare import Options, compare

    if len(reports) < 2:  # noqa: PLR2004 -- a comparison takes two
        raise UsageError("diff.too_few")
    granted = share(options["granted"])
    opened = _open(reports, options["evidence_files"], store_folder(options["store"]), now())
    wish = Options(options["profile"] or "", granted, pricing_from(options), options["anyway"])
    found = compare(opened, wish)
    click.echo(
        output.json_text(found) if as_json else _text(found, wish.profile, options), nl=False
    )
    if as_json:
        click.echo()
    code: int = found["exit_code"]
    return code


def _open(
    paths: Sequence[Path], evidence: Sequence[Path], store: Path, at: datetime
) -> list[dict[str, Any]]:
    """Open every report, each with that of the evidence files which was signed with it.

    A signed report whose time is over is opened too: the older one of two always may be.
    """
    from posture_scan.assess.opening import open_report

    left = list(evidence)
    found = []
    for path in paths:
        report = open_report(path, store=store, now=at, archive=True)
        for file in () if report["evidence"] else tuple(left):
            joined = _with(path, file, store, at)
            if joined is not None:
                left.remove(file)
                report = joined
                break
        found.append(report)
    if left:
        raise UsageError("diff.evidence_unmatched", path=left[0])
    return found


def _with(path: Path, evidence: Path, store: Path, at: datetime) -> dict[str, Any] | None:
    """Open a signed report with an evidence file, or return None where the two do not belong."""
    from posture_scan.assess.opening import open_report
    from posture_scan.errors import AnswerIsNoError

    try:
        report = open_report(path, store=store, now=at, evidence=evidence, archive=True)
    except AnswerIsNoError:
        return None
    return report if report["evidence"] else None


def _text(found: dict[str, Any], profile: str, options: dict[str, Any]) -> str:
    from posture_scan.engine.packs import load_packs
    from posture_scan.report.drift import render_drift
    from posture_scan.report.wording import Wording
    from posture_scan.text.catalog import Catalog

    words = Wording(
        Catalog(language()), output.check_words(load_packs(options["folders"])),
        output.criterion_words({"rating": {"profile": found["profile"]}}, profile),
        found["reports"][-1].get("currency") or "",
    )  # fmt: skip
    return render_drift(found, words, width=output.columns())


def share(text: str | None) -> Decimal | None:
    """Read a discount written like ``0.15`` or ``15%``; None stays None.

    Raises:
        UsageError: ``diff.bad_share``.
    """
    if text is None:
        return None
    plain, mark, rest = text.strip().partition("%")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        value = Decimal("NaN")
    if mark and not rest:
        value /= PER_CENT
    if rest or not value.is_finite() or not 0 <= value < 1:
        raise UsageError("diff.bad_share", value=text)
    return value
