"""``verify``: the underwriter's first command."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from posture_scan.cli.language import say
from posture_scan.cli.options import FILE, common, moment, option, packs_option
from posture_scan.cli.spoken import command, tell_text
from posture_scan.cli.trust import store_folder
from posture_scan.errors import PostureError

if TYPE_CHECKING:
    from posture_scan.trust.outcome import Verified

DIFFERS: Final = "differs"
"""Findings that do not follow from the evidence: whoever signed them, the answer is no."""
ALREADY_SAID: Final = "E-EVD-005"
"""That the evidence file is missing has a sentence of its own."""


@command("verify")
@click.argument("signed", type=FILE)
@option("--evidence", text="evidence", type=FILE)
@option("--require-evidence", text="require_evidence", is_flag=True)
@option("--store", text="store", type=FILE)
@option("--at", text="at")
@option("--out", text="out", type=FILE)
@packs_option
@common
def verify(
    signed: Path, evidence: Path | None, store: Path | None, at: str | None, out: Path | None,
    folders: tuple[Path, ...], *, require_evidence: bool, as_json: bool,
) -> int:  # fmt: skip
    """Check a signed report and say what was checked."""
    from posture_scan.collect.local_file import read_bytes
    from posture_scan.report.document import LIMIT
    from posture_scan.trust.policy import Policy
    from posture_scan.trust.store import load_store
    from posture_scan.trust.verify import examine

    result = examine(
        read_bytes(signed, LIMIT), load_store(store_folder(store)), now=moment(at),
        evidence=read_bytes(evidence, LIMIT) if evidence else None,
        policy=Policy(evidence_required=require_evidence),
    )  # fmt: skip
    if result.error is not None or result.verified is None:
        if as_json:
            click.echo(json.dumps(result.to_json(), ensure_ascii=False, sort_keys=True))
        raise result.error or PostureError("internal")
    report = result.verified.report
    outcome, sentence = _recheck(report, folders)
    lines = [*_good(result.verified.facts), *_notes(result.verified), *_data(report), *sentence]
    if report.get("complete") is False:
        lines.append(say("cli.verify.incomplete"))
    if out:
        _write(out, report)
        lines.append(say("cli.verify.written", path=out))
    told = {**result.to_json(), "recheck": outcome, "product_data": report.get("product_data", {})}
    tell_text(json.dumps(told, ensure_ascii=False, sort_keys=True) if as_json else "\n".join(lines))
    return 1 if outcome == DIFFERS else 0


def _good(facts: Mapping[str, Any]) -> list[str]:
    from posture_scan.report.figures import moment as moment_text

    lines = [
        say("cli.verify.good", name=signer["name"], role=say(f"trust.role.{signer['role']}"))
        for signer in facts["signers"]
    ]
    times = {key: moment_text(str(facts[key])) for key in ("finished_at", "expires_at")}
    lines.append(say("cli.verify.subject", **{**facts, **times}))
    if facts["evidence_checked"]:
        lines.append(say("cli.verify.evidence_good", records=facts["evidence_records"]))
    else:
        lines.append(say("cli.verify.evidence_absent"))
    return lines


def _notes(verified: Verified) -> list[str]:
    """What is true beside the yes: time unproven, permission stated only, contradictions."""
    said = [line for line in verified.notes if line.code != ALREADY_SAID]
    return [say(f"error.{line.code}", **line.values) for line in said]


_ORIGINS: Final = frozenset({"builtin", "user", "file"})


def _data(report: Mapping[str, Any]) -> list[str]:
    """Say by which product data was judged: a file of one's own may call anything supported."""
    used = report.get("product_data")
    if not used:
        return []
    said = say(
        "report.data_used", as_of=used["as_of"], exploited_as_of=used["exploited_as_of"]
    )  # fmt: skip
    known = used["origin"] in _ORIGINS
    origin = say(f"report.data_origin.{used['origin']}") if known else used["origin"]
    label = say("report.label.product_data")
    return [f"{label}: {said} {origin} (SHA-256 {used['sha256']})"]


def _recheck(report: Mapping[str, Any], folders: tuple[Path, ...]) -> tuple[str, list[str]]:
    """Work the findings out again; returns the outcome's id and what to say about it."""
    if not report.get("evidence"):
        return "no_evidence", []
    from posture_scan.assess.document import differences
    from posture_scan.engine.packs import load_packs
    from posture_scan.products.place import matching

    used = report.get("product_data", {}).get("sha256", "")
    products = matching(used, None, os.environ, sys.platform)
    odd = differences(report, report["evidence"], load_packs(folders), products)
    if odd is None:
        return "other_packs", [say("cli.verify.recheck_packs")]
    if odd:
        examples = ", ".join(odd[:3])
        return DIFFERS, [say("cli.verify.recheck_differs", count=len(odd), examples=examples)]
    return "same", [say("cli.verify.recheck_good", count=len(report["findings"]))]


def _write(path: Path, report: Mapping[str, Any]) -> None:
    from posture_scan.assess.opening import with_evidence
    from posture_scan.report.document import write_report

    write_report(path, with_evidence(report))
