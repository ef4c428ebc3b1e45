"""``host``: evidence of this one machine, read-only, into a file."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import click

from posture_scan.cli.options import FILE, common, now, option, packs_option
from posture_scan.cli.spoken import command, tell


@command("host")
@option("--out", text="out", type=FILE, default=None)
@option("--role", text="role", type=click.Choice(["computer", "server"]), default="computer")
@packs_option
@common
def host(out: Path | None, role: str, folders: tuple[Path, ...], *, as_json: bool) -> int:
    """Collect evidence on this machine."""
    from posture_scan.assess.machine import survey, write
    from posture_scan.cli.output import json_text
    from posture_scan.engine.packs import load_packs

    tell("cli.host.will_read", err=True)
    surveyed = survey(socket.gethostname(), role, load_packs(folders), now=now())
    path = out or Path(f"{surveyed.asset.id.replace(':', '-')}.host.json")
    write(path, surveyed)
    values: dict[str, Any] = {
        "asset": surveyed.asset.id,
        "path": str(path),
        "ok": surveyed.seen,
        "total": len(surveyed.evidence),
    }
    if as_json:
        click.echo(json_text(values))
        return 0
    tell("cli.host.written", **values)
    if surveyed.liftable:
        tell("cli.host.more", count=surveyed.liftable)
    return 0
