"""``data``: how old the product data is, renewing it, and carrying it to other machines."""

from __future__ import annotations

import json
import os
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from posture_scan.cli.language import say
from posture_scan.cli.options import FILE, common, now, option, write_new
from posture_scan.cli.product_data import chosen_data
from posture_scan.cli.spoken import SpokenGroup, tell, tell_text
from posture_scan.errors import IncompleteError, PostureError, UsageError

if TYPE_CHECKING:
    from posture_scan.model.product import ProductData
    from posture_scan.products.place import Chosen
    from posture_scan.products.renew import Part

LIFECYCLE_URL: Final = "https://endoflife.date/api/v1/products/full"
"""The whole table of endoflife.date, API v1; POSTURE_SCAN_LIFECYCLE_URL replaces it."""
EXPLOITED_URL: Final = (
    "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
)
"""CISA's list of exploited flaws; POSTURE_SCAN_EXPLOITED_URL replaces it."""
STALE: Final = 3
"""Exit code where something needed is missing: here, data young enough to rely on."""


@click.group("data", cls=SpokenGroup, invoke_without_command=True, help=say("products.data.about"))
@common
@click.pass_context
def data(context: click.Context, *, as_json: bool) -> int:
    """Show how old the product data is and how long it may still be relied on."""
    if context.invoked_subcommand is not None:
        return 0
    chosen = chosen_data(quiet=as_json)
    today = now().date()
    if as_json:
        click.echo(json.dumps(_facts(chosen, today), ensure_ascii=False, sort_keys=True))
    else:
        tell_text("\n".join(_lines(chosen, today)))
    return STALE if _overdue(chosen.data, today) else 0


@data.command("update", help=say("products.update.about"))
@option("--lifecycle-url", text="lifecycle_url", envvar="POSTURE_SCAN_LIFECYCLE_URL",
        default=LIFECYCLE_URL)  # fmt: skip
@option("--exploited-url", text="exploited_url", envvar="POSTURE_SCAN_EXPLOITED_URL",
        default=EXPLOITED_URL)  # fmt: skip
@common
def update(lifecycle_url: str, exploited_url: str, *, as_json: bool) -> int:
    """Fetch both public services and keep what is newer and sound."""
    from posture_scan.products import kev, lifecycle
    from posture_scan.products.fetch import fetch

    answers: dict[str, bytes | PostureError] = {}
    for service, url in ((lifecycle.SERVICE, lifecycle_url), (kev.SERVICE, exploited_url)):
        if not as_json:
            tell("products.asking", err=True, service=service, url=url)
        try:
            answers[service] = fetch(url, service)
        except IncompleteError as error:
            answers[service] = error
    return _renew(answers, as_json=as_json)


@data.command("import", help=say("products.import.about"))
@click.argument("file", type=FILE)
@common
def import_(file: Path, *, as_json: bool) -> int:
    """Take a file that another machine exported, or that a service was saved into."""
    from posture_scan.collect.local_file import read_bytes
    from posture_scan.products.fetch import LIMIT
    from posture_scan.products.renew import accept, service_of

    content = read_bytes(file, LIMIT)
    service = service_of(content, str(file))
    if service:
        return _renew({service: content}, as_json=as_json)
    have = chosen_data(quiet=True)
    offered = accept(content, str(file), have.data, now().date())
    same = offered.sha256 == have.data.sha256
    if not same:
        _keep(content)
    if as_json:
        click.echo(json.dumps(_facts(chosen_data(quiet=True), now().date()), ensure_ascii=False))
    else:
        tell("products.import_same" if same else "products.imported", path=file,
             as_of=offered.as_of, exploited_as_of=offered.exploited_as_of)  # fmt: skip
    return 0


@data.command("export", help=say("products.export.about"))
@click.argument("file", type=FILE)
@common
def export(file: Path, *, as_json: bool) -> int:
    """Write the data in use into a file for a machine without a network."""
    chosen = chosen_data(quiet=as_json)
    write_new(file, _content(chosen))
    if as_json:
        click.echo(json.dumps({"path": str(file), "sha256": chosen.data.sha256}))
    else:
        tell("products.exported", path=file, sha256=chosen.data.sha256)
    return 0


# --- what the subcommands share -------------------------------------------------------------------


def _content(chosen: Chosen) -> bytes:
    from posture_scan.collect.local_file import read_bytes
    from posture_scan.products.place import builtin_bytes
    from posture_scan.products.read import LIMIT

    return builtin_bytes() if chosen.path is None else read_bytes(chosen.path, LIMIT)


def _keep(content: bytes) -> Path:
    """Replace the user's file in one step."""
    from posture_scan.collect.local_file import write_atomically
    from posture_scan.products.place import user_file

    path = user_file(os.environ, sys.platform)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError("cli.cannot_write", path=path, detail=error.strerror) from error
    write_atomically(path, content)
    return path


def _renew(answers: dict[str, bytes | PostureError], *, as_json: bool) -> int:
    from posture_scan.products.place import builtin_bytes
    from posture_scan.products.renew import accept, renew_newest

    chosen, today = chosen_data(quiet=as_json), now().date()
    name = str(chosen.path or "product_data.json")
    renewed = renew_newest(_content(chosen), builtin_bytes(), answers, today, name)
    if renewed.data is not None:
        accept(renewed.data, name, chosen.data, today)
        _keep(renewed.data)
    after = chosen_data(quiet=True)
    if as_json:
        told = {"parts": [_part(part) for part in renewed.parts], **_facts(after, today)}
        click.echo(json.dumps(told, ensure_ascii=False, sort_keys=True))
    else:
        for part in renewed.parts:
            _tell_part(part)
        tell_text("\n".join(_lines(after, today)))
    failed = any(part.result == "failed" for part in renewed.parts)
    return STALE if failed else 0


def _part(part: Part) -> dict[str, Any]:
    error = part.error
    values = {} if error is None else {key: str(value) for key, value in error.values.items()}
    return {
        "service": part.service, "result": part.result, "kept": list(part.kept),
        "code": "" if error is None else error.code, "values": values,
    }  # fmt: skip


def _tell_part(part: Part) -> None:
    if part.error is not None:
        tell(f"error.{part.error.code}", err=True, **part.error.values)
    tell(f"products.part_{part.result}", err=part.result == "failed", service=part.service)
    if part.kept:
        tell("products.part_kept", products=", ".join(part.kept[:10]), count=len(part.kept))


def _limits(data: ProductData) -> tuple[tuple[str, date, date], ...]:
    """Return both parts of the data: its id, its day, and the last day it may be relied on."""
    from posture_scan.model.product import EXPLOITED_FRESH_FOR, SUPPORT_FRESH_FOR

    return (
        ("support", data.as_of, data.as_of + SUPPORT_FRESH_FOR),
        ("exploited", data.exploited_as_of, data.exploited_as_of + EXPLOITED_FRESH_FOR),
    )


def _overdue(data: ProductData, today: date) -> bool:
    return any(today > until for _, _, until in _limits(data))


def _facts(chosen: Chosen, today: date) -> dict[str, Any]:
    products = chosen.data.products.values()
    return {
        "as_of": chosen.data.as_of.isoformat(),
        "exploited_as_of": chosen.data.exploited_as_of.isoformat(),
        "relied_until": {name: until.isoformat() for name, _, until in _limits(chosen.data)},
        "stale": [name for name, _, until in _limits(chosen.data) if today > until],
        "origin": chosen.data.origin,
        "path": str(chosen.path or ""),
        "sha256": chosen.data.sha256,
        "products": len(products),
        "branches": sum(len(product.branches) for product in products),
        "exploited": sum(len(product.exploits) for product in products),
        "sources": dict(chosen.data.sources),
        "passed_over": "" if chosen.passed_over is None else chosen.passed_over.code,
    }


def _lines(chosen: Chosen, today: date) -> list[str]:
    facts = _facts(chosen, today)
    lines = [say("products.data.origin", origin=say(f"products.origin.{chosen.data.origin}"))]
    for name, day, until in _limits(chosen.data):
        values = {"day": day, "until": until, "age": (today - day) // timedelta(days=1)}
        state = "stale" if today > until else "fresh"
        lines.append(say(f"products.data.{name}_{state}", **values))
    lines.append(say("products.data.counts", **facts))
    lines.append(say("products.data.sha256", **facts))
    if facts["path"]:
        lines.append(say("products.data.path", **facts))
    if facts["stale"]:
        lines.append(say("products.data.renew"))
    return lines
