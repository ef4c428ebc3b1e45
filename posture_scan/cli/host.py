"""``host``: evidence of this one machine, read-only, into a file; ``host bundle`` for others."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from posture_scan.cli.language import language, say, words
from posture_scan.cli.main_job import writable
from posture_scan.cli.options import (
    DEFAULT_PROFILE,
    FILE,
    common,
    now,
    option,
    packs_option,
    pricing,
)
from posture_scan.cli.product_data import product_data
from posture_scan.cli.spoken import group, tell, tell_text
from posture_scan.cli.terms import pricing_from
from posture_scan.errors import UsageError
from posture_scan.model.evidence import Attempt, Evidence

if TYPE_CHECKING:
    from posture_scan.assess.lift import Lift, Unseen
    from posture_scan.assess.machine import Surveyed
    from posture_scan.bundle.build import Built


@group("host", invoke_without_command=True)
@option("--out", text="out", type=FILE)
@option("--role", text="role", type=click.Choice(["computer", "server"]), default="computer")
@option("--name", "host_name", text="host_name")
@option("--object-lock", "buckets", text="object_lock", multiple=True)
@option("--record", "record", text="record", type=FILE)
@option("--profile", text="profile", default=DEFAULT_PROFILE)
@pricing
@packs_option
@common
@click.pass_context
def host(context: click.Context, /, out: Path | None, role: str, **options: Any) -> int:
    """Collect evidence on this machine."""
    if context.invoked_subcommand:
        return 0
    from posture_scan.assess.buckets import ask_buckets, parse_bucket
    from posture_scan.assess.machine import ENDING, write
    from posture_scan.bundle.order import plain_name
    from posture_scan.rating.load import load_profile

    # What cannot be used is named before anything is read.
    load_profile(options["profile"])
    name = options["host_name"] or socket.gethostname()
    path = out or Path(f"host-{plain_name(name)}{ENDING}")
    writable(path, options["record"])
    if options["record"] and options["record"].exists():
        raise UsageError("cli.exists", path=options["record"])
    addresses = [parse_bucket(text) for text in dict.fromkeys(options["buckets"])]
    tell("host.will_read", err=True)
    for address in addresses:
        tell("cli.host.will_ask", destination=str(address), err=True)
    surveyed, asked = ask_buckets(_survey(name, role, options), addresses, now=now())
    write(path, surveyed)
    for item in asked:
        _tell_bucket(item)
    if options["as_json"]:
        _emit(path, surveyed, asked, options)
    else:
        _tell_seen(path, surveyed, options)
    return 0


def _survey(name: str, role: str, options: dict[str, Any]) -> Surveyed:
    """Look at this computer, and keep a recording where one was asked for."""
    from posture_scan.assess.machine import survey
    from posture_scan.assess.record import survey_and_record
    from posture_scan.engine.packs import load_packs

    packs, tape = load_packs(options["folders"]), options["record"]
    if tape is None:
        return survey(name, role, packs, now=now())
    surveyed, removed = survey_and_record(tape, name, role, packs, now=now())
    tell("host.recorded", err=True, path=tape, removed=removed)
    return surveyed


def _tell_seen(path: Path, surveyed: Surveyed, options: dict[str, Any]) -> None:
    from posture_scan.assess.lift import unseen
    from posture_scan.assess.lift_told import lines

    tell(
        "host.written", path=path, computer=surveyed.asset.names[0], ok=surveyed.seen,
        total=len(surveyed.evidence),
    )  # fmt: skip
    worth = partial(_money, options=options)
    for line in lines(unseen(surveyed, product_data()), surveyed.packs, words(), worth):
        tell_text(line)


def _emit(
    path: Path, surveyed: Surveyed, asked: Sequence[Evidence], options: dict[str, Any]
) -> None:
    from posture_scan.assess.lift import unseen
    from posture_scan.cli.output import json_text

    found: dict[str, Any] = {
        "asset": surveyed.asset.id, "path": str(path), "ok": surveyed.seen,
        "total": len(surveyed.evidence), **_as_json(unseen(surveyed, product_data()), options),
    }  # fmt: skip
    if asked:
        found["object_lock"] = [_bucket_as_json(item) for item in asked]
    click.echo(json_text(found))


_TOLD: Final = {
    "boto3": "cli.host.bucket_boto3",
    "credentials": "cli.host.bucket_credentials",
    "redirect": "cli.host.bucket_redirect",
}


def _tell_bucket(record: Evidence) -> None:
    """Say in one line why a bucket stayed unseen, or that it answered."""
    values = {"destination": " ".join(record.names), "attempt": record.attempt.value}
    if record.attempt is Attempt.OK:
        tell("cli.host.bucket_asked", err=True, **values)
        return
    tell(_TOLD.get(record.detail, "cli.host.bucket_unseen"), err=True, **values)


def _bucket_as_json(record: Evidence) -> dict[str, str]:
    return {
        "destination": " ".join(record.names), "attempt": record.attempt.value,
        "detail": record.detail,
    }  # fmt: skip


def _money(lift: Lift, options: dict[str, Any]) -> str:
    from posture_scan.rating.load import load_profile
    from posture_scan.report.figures import money

    amount = _worth(lift, options)
    return money(amount, load_profile(options["profile"]).currency, language()) if amount else ""


def _worth(lift: Lift, options: dict[str, Any]) -> Any:
    from posture_scan.assess.lift_worth import most_worth
    from posture_scan.rating.reports import Pricing

    return most_worth(options["profile"], pricing_from(options) or Pricing(), lift.checks)


def _as_json(open_ones: Unseen, options: dict[str, Any]) -> dict[str, Any]:
    lifts = [
        {"right": lift.right, "checks": lift.checks, "worth_up_to": f"{_worth(lift, options):f}"}
        for lift in open_ones.lifts
    ]
    others = [{"check": item.check, "reason": item.reason} for item in open_ones.others]
    return {"lifts": lifts, "unknown": others}


@host.command("bundle", help=say("cli.host.bundle_about"))
@click.argument("path", metavar="FILE", type=FILE)
@option("--scope", "scope_path", text="scope", type=FILE, required=True)
@option("--python", "python", text="bundle_python", type=FILE)
@common
def bundle(path: Path, scope_path: Path, python: Path | None, *, as_json: bool) -> int:
    """Make a bundle for a client's computers."""
    from posture_scan.assess.run import permitted_today
    from posture_scan.bundle.build import build_pyz, build_windows, order_for
    from posture_scan.cli.output import json_text
    from posture_scan.collect.scope_file import read_scope
    from posture_scan.engine.packs import load_packs

    file = read_scope(scope_path)
    if now().astimezone().date() > file.scope.valid_until:
        permitted_today(file.scope, now)
    order, packs = order_for(file.scope, file.digest, language()), load_packs()
    if path.suffix == ".pyz":
        built = build_pyz(path, order, packs)
    elif python is None:
        raise UsageError("bundle.needs_python")
    else:
        built = build_windows(path, order, packs, python)
    if as_json:
        click.echo(json_text({"path": str(path), "sha256": built.sha256, "python": built.python,
                              "files": built.files, "return_name": built.return_name}))  # fmt: skip
    else:
        _tell_built(built, scope_path)
    return 0


def _tell_built(built: Built, scope_path: Path) -> None:
    tell("bundle.built", path=built.path, files=built.files, sha256=built.sha256)
    if built.python:
        tell("bundle.built_python", python=built.python)
    tell("bundle.how_windows" if built.python else "bundle.how_pyz", name=built.path.name)
    tell("bundle.merge", scope=scope_path)
