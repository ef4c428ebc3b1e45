"""``key``, ``sign`` and ``trust``: keys, signatures and whom one trusts."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import click

from posture_scan.cli.language import say
from posture_scan.cli.options import FILE, common, day, now, option, write_new
from posture_scan.cli.spoken import command, group, tell, tell_text
from posture_scan.errors import UsageError

PASSPHRASE_LIMIT: Final = 4096
"""Bytes of the longest passphrase that a file's first line may hold."""

ROLES: Final = ("agent", "contractor", "sme", "underwriter")


def store_folder(given: Path | None) -> Path:
    """Return the folder of trusted keys: the one given, else the user's own."""
    base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return given or Path(base).expanduser() / "posture-scan" / "trust"


def passphrase_from(file: Path | None, *, confirm: bool) -> str:
    """Read the passphrase from a file's first line, or ask for it on the terminal."""
    if file is None:
        return _asked(confirm=confirm)
    try:
        with file.open("rb") as source:
            lines = source.readline(PASSPHRASE_LIMIT).decode("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("cli.cannot_read", path=file, detail=str(error)[:200]) from error
    if not lines or not lines[0]:
        raise UsageError("cli.empty_passphrase", path=file)
    return lines[0]


def _asked(*, confirm: bool) -> str:
    while True:
        said = str(click.prompt(say("cli.key.passphrase"), hide_input=True, err=True))
        if not confirm:
            return said
        if said == str(click.prompt(say("cli.key.repeat"), hide_input=True, err=True)):
            return said
        tell("cli.key.differs", err=True)


def _spoken(values: dict[str, str]) -> dict[str, str]:
    """Return the values with the role in the reader's words."""
    return {**values, "role": say(f"trust.role.{values['role']}")}


def _emit(values: dict[str, str], text: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(values, ensure_ascii=False))
    else:
        tell_text(text)


@group("key")
def key() -> None:
    """Group the commands about keys."""


@key.command("new", help=say("cli.key.new_about"))
@click.argument("path", metavar="FILE", type=FILE)
@option("--name", text="name", required=True)
@option("--role", text="key_role", type=click.Choice(ROLES), default="contractor")
@option("--passphrase-file", text="passphrase_file", type=FILE)
@common
def new(path: Path, name: str, role: str, passphrase_file: Path | None, *, as_json: bool) -> None:
    """Make a key pair."""
    from posture_scan.trust.keys import may_be_made, new_key, public_path

    may_be_made(path, name, role)
    secret = passphrase_from(passphrase_file, confirm=True)
    public = new_key(path, name, role, secret, created=now())
    values = {
        "path": str(path),
        "public": str(public_path(path)),
        "keyid": public.key.keyid,
        "fingerprint": public.key.fingerprint,
    }
    _emit(values, say("cli.key.written", **values), as_json=as_json)


@command("sign")
@click.argument("report", type=FILE)
@option("--key", "key_file", text="key", type=FILE, required=True)
@option("--out", text="out", type=FILE)
@option("--passphrase-file", text="passphrase_file", type=FILE)
@option("--unreconciled", text="unreconciled", is_flag=True)
@common
def sign(
    report: Path, key_file: Path, out: Path | None, passphrase_file: Path | None,
    *, unreconciled: bool, as_json: bool,
) -> None:  # fmt: skip
    """Sign a report."""
    from posture_scan.report.document import read_report
    from posture_scan.trust.keys import locked_key
    from posture_scan.trust.public_key import grouped
    from posture_scan.trust.signing import EVIDENCE_SUFFIX, SIGNED_SUFFIX, sign_with

    document = read_report(report)
    base = str(out or report).removesuffix(SIGNED_SUFFIX).removesuffix(".json")
    envelope, evidence = Path(base + SIGNED_SUFFIX), Path(base + EVIDENCE_SUFFIX)
    for path in (envelope, evidence):
        if path.exists():
            raise UsageError("cli.exists", path=path)
    locked = locked_key(key_file)  # the files first: a passphrase is asked for only if it serves
    signer = locked.open(passphrase_from(passphrase_file, confirm=False))
    bundle = sign_with(document, [signer], now=now(), unreconciled=unreconciled)
    write_new(envelope, bundle.envelope)
    write_new(evidence, bundle.evidence)
    values = {
        "envelope": str(envelope),
        "evidence": str(evidence),
        "payload_sha256": bundle.payload_sha256,
        "name": signer.name,
        "role": signer.role,
        "keyid": signer.keyid,
        "fingerprint": grouped(signer.keyid),
    }
    _emit(values, say("cli.sign.written", **_spoken(values)), as_json=as_json)


@group("trust")
def trust() -> None:
    """Group the commands about trusted keys."""


@trust.command("add", help=say("cli.trust.add_about"))
@click.argument("public_key", type=FILE)
@option("--fingerprint", text="fingerprint", required=True)
@option("--store", text="store", type=FILE)
@option("--from", "first", text="not_before")
@option("--until", "last", text="valid_until")
@common
def add(
    public_key: Path, fingerprint: str, store: Path | None, first: str | None, last: str | None,
    *, as_json: bool,
) -> None:  # fmt: skip
    """Trust a public key whose fingerprint was compared over the telephone."""
    from posture_scan.collect.local_file import read_bytes
    from posture_scan.trust.store import add_trusted_key

    today = now().date()
    entry = add_trusted_key(
        store_folder(store),
        read_bytes(public_key, 65_536),
        fingerprint=fingerprint,
        vetted="fingerprint compared by its reader",
        added_at=now(),
        valid_from=_start(day(first) or today - timedelta(days=30)),
        valid_until=_start((day(last) or today + timedelta(days=365)) + timedelta(days=1)),
    )
    until = entry.valid_until.date().isoformat() if entry.valid_until else ""
    values = {
        "name": entry.name,
        "role": entry.role,
        "keyid": entry.key.keyid,
        "fingerprint": entry.key.fingerprint,
        "until": until,
    }
    _emit(values, say("cli.trust.added", **_spoken(values)), as_json=as_json)


def _start(value: date) -> datetime:
    return datetime.combine(value, time(0), UTC)


@trust.command("remove", help=say("cli.trust.remove_about"))
@click.argument("keyid", metavar="FINGERPRINT")
@option("--store", text="store", type=FILE)
@common
def remove(keyid: str, store: Path | None, *, as_json: bool) -> None:
    """Trust a key no longer."""
    from posture_scan.trust.store import remove_trusted_key

    entry = remove_trusted_key(store_folder(store), "".join(keyid.split()).lower())
    values = {"name": entry.name, "role": entry.role, "keyid": entry.key.keyid}
    role = say(f"trust.role.{entry.role}")
    _emit(values, say("cli.trust.removed", name=entry.name, role=role), as_json=as_json)


@trust.command("list", help=say("cli.trust.list_about"))
@option("--store", text="store", type=FILE)
@common
def list_keys(store: Path | None, *, as_json: bool) -> None:
    """List the trusted keys."""
    from posture_scan.trust.store import list_trusted

    entries = list_trusted(store_folder(store))
    rows = [
        {
            "name": entry.name,
            "role": entry.role,
            "keyid": entry.key.keyid,
            "fingerprint": entry.key.fingerprint,
            "until": entry.valid_until.date().isoformat() if entry.valid_until else "",
        }
        for entry in entries
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        tell_text(say("cli.trust.row", **_spoken(row)))
    if not rows:
        tell("cli.trust.none")
