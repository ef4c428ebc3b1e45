"""``drill``: seal a canary file, and have it restored; the one command that writes elsewhere."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from posture_scan.cli.language import say
from posture_scan.cli.options import FILE, common, now, option
from posture_scan.cli.spoken import group, tell
from posture_scan.errors import AnswerIsNoError, UsageError

if TYPE_CHECKING:
    from posture_scan.drill.record import SealRecord
    from posture_scan.drill.verify import Drill, Restored

RECORD: Final = "posture-drill.json"
ENGINES: Final = ("restic", "borg", "duplicity", "rsnapshot")
INCOMPLETE: Final = 3


@group("drill")
def drill() -> None:
    """Group the two halves of a restore drill."""


@drill.command("seal", help=say("cli.drill.seal_about"))
@click.argument("folders", nargs=-1, required=True, metavar="FOLDER...", type=FILE)
@option("--record", text="drill_record", type=FILE, default=RECORD)
@option("--yes", text="yes", is_flag=True)
@common
def seal(folders: tuple[Path, ...], record: Path, *, yes: bool, as_json: bool) -> int:
    """Write one canary file into each folder, after saying so."""
    from posture_scan.drill.canary import SIZE
    from posture_scan.drill.seal import plan
    from posture_scan.drill.seal import seal as put

    planned = plan(folders, record)
    files = "\n".join(f"  {path}" for path in planned.paths)
    tell("drill.will_write", err=True, files=files, size=SIZE, record=record)
    if not _confirmed("drill.ask_seal", yes=yes):
        tell("drill.declined", err=True)
        return 1
    done = put(planned, socket.gethostname(), now)
    _tell_sealed(done, record, as_json=as_json)
    for folder in done.failed:
        tell("drill.not_sealed", err=True, folder=folder)
    return INCOMPLETE if done.failed else 0


def _confirmed(question: str, *, yes: bool) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError("drill.not_confirmed")
    return click.confirm(say(question), err=True)


def _tell_sealed(done: SealRecord, record: Path, *, as_json: bool) -> None:
    if not as_json:
        tell("drill.sealed", count=len(done.canaries), record=record)
        return
    from posture_scan.cli.output import json_text

    files = [str(canary.path) for canary in done.canaries]
    click.echo(json_text({"record": str(record), "files": files, "failed": list(done.failed)}))


@drill.command("verify", help=say("cli.drill.verify_about"))
@option("--record", text="drill_record", type=FILE, default=RECORD)
@option("--engine", text="drill_engine", type=click.Choice(ENGINES))
@option("--repository", text="repository", default="")
@option("--by-hand", "by_hand", text="by_hand", multiple=True, type=FILE)
@option("--keep-canary", text="keep_canary", is_flag=True)
@option("--yes", text="yes", is_flag=True)
@option("--timeout", text="drill_timeout", type=click.IntRange(1, 86_400), default=900)
@option("--out", text="out", type=FILE)
@common
def verify(record: Path, *, as_json: bool, **options: Any) -> int:
    """Have every canary restored, write what came of it as evidence, and tidy up."""
    from posture_scan.assess.drill import write_drill
    from posture_scan.drill.record import read_record
    from posture_scan.engine.packs import load_packs

    if bool(options["engine"]) == bool(options["by_hand"]):
        raise UsageError("drill.how")
    sealed = read_record(record, now())
    found = _look(sealed, options)
    path = options["out"] or Path(f"host-{sealed.host}.drill.json")
    write_drill(path, sealed.host, found, load_packs())
    kept = options["keep_canary"] or bool(_failures(found))
    left = [] if kept else _tidy(sealed, found, yes=options["yes"])
    _tell_found(found, f"host:{sealed.host}", path, left, as_json=as_json)
    return _exit_code(found)


def _look(sealed: SealRecord, options: dict[str, Any]) -> Drill:
    from posture_scan.drill import verify as drills
    from posture_scan.drill.engines import engine
    from posture_scan.sdk import redacted_address

    if options["by_hand"]:
        return drills.verify_by_hand(sealed, options["by_hand"], now)
    with drills.temporary() as folder:
        asked = engine(
            options["engine"], options["repository"], environment=os.environ, scratch=folder,
            seconds=options["timeout"],
        )  # fmt: skip
        where = redacted_address(asked.repository) or "-"
        count = len(sealed.canaries)
        tell("drill.will_restore", err=True, engine=asked.name, repository=where, count=count)
        return drills.verify(sealed, asked, folder, now)


def _tidy(sealed: SealRecord, found: Drill, *, yes: bool) -> list[str]:
    """Take away the canaries that came back; returns those that are left."""
    from posture_scan.drill.canary import remove

    proven = {item.name for item in found.files if item.sha256_ok}
    mine = [canary for canary in sealed.canaries if canary.name in proven]
    if mine and not yes and sys.stdin.isatty() and not click.confirm(say("drill.ask_remove"),
                                                                   err=True):  # fmt: skip
        return [str(canary.path) for canary in mine]
    return [str(canary.path) for canary in mine if remove(canary) == "kept"]


def _tell_found(found: Drill, asset: str, path: Path, left: list[str], *, as_json: bool) -> None:
    from posture_scan.cli.output import json_text
    from posture_scan.model.codec import encode

    if as_json:
        click.echo(json_text({"asset": asset, "path": str(path), **encode(found), "left": left}))
        return
    for item in found.files:
        if item.sha256_ok:
            tell("drill.by_hand" if found.evidence_class == "B" else "drill.proven",
                 **_values(found, item))  # fmt: skip
    for place in left:
        tell("drill.left", path=place)
    tell("drill.written", asset=asset, path=path)


def _exit_code(found: Drill) -> int:
    """Return 0 when all is proven and 3 when something is missing.

    Raises:
        AnswerIsNoError: ``drill.mismatch``, ``drill.changed`` or ``drill.damaged``.
    """
    for item in _failures(found):
        raise AnswerIsNoError(f"drill.{item.outcome.value}", **_values(found, item))
    missing = [item.folder for item in found.files if not item.sha256_ok]
    for folder in (*missing, *found.not_sealed):
        tell("drill.missing", err=True, folder=folder)
    return INCOMPLETE if missing or found.not_sealed else 0


def _failures(found: Drill) -> tuple[Restored, ...]:
    from posture_scan.drill.verify import BAD

    return found.having(*BAD)


def _values(found: Drill, item: Restored) -> dict[str, Any]:
    return {
        "engine": found.engine, "version": found.engine_version, "folder": item.folder,
        "point": item.point[:20] or "-", "seconds": item.seconds, "size": item.size,
        "at": item.point_at.strftime("%Y-%m-%dT%H:%MZ") if item.point_at else "-",
    }  # fmt: skip
