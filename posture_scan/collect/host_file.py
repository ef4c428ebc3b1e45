"""The host-evidence file: what one computer said about itself, carried to where it is rated.

The facts inside stay plain JSON here; the engine, which knows the packs, turns them into typed
facts again. The file holds nothing that was not seen on that computer and no secret.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from posture_scan.collect.local_file import open_file
from posture_scan.collect.strict_json import as_object, bounded_json, members
from posture_scan.errors import UsageError
from posture_scan.model.codec import CodecError, decode, encode
from posture_scan.model.confidence import Method
from posture_scan.model.evidence import Asset, Attempt, Evidence, Vantage

SCHEMA: Final = "posture-scan/host-evidence/1"
LIMIT: Final = 16_777_216
"""Bytes such a file may have unless the caller says otherwise."""

MOST_RECORDS: Final = 10_000
"""Evidence records one computer may bring; a real one brings some dozens."""

_TEXTS: Final = ("id", "kind", "asset", "collector", "observed_at")


def write_host_evidence(
    path: Path, asset: Asset, evidence: Sequence[Evidence], tool: dict[str, Any]
) -> None:
    """Write the file in one step, readable by its owner only.

    Args:
        path: where to; an existing file is replaced.
        asset: the computer.
        evidence: its records, all about this asset and seen from the computer itself.
        tool: name and version of the program, and which packs it used.

    Raises:
        UsageError: ``host_file.foreign`` for a record about something else,
            ``host_file.unwritable``.
    """
    for record in evidence:
        if record.asset != asset.id or record.vantage is not Vantage.HOST:
            raise UsageError("host_file.foreign", path=str(path), record=record.id)
    document = {
        "schema": SCHEMA,
        "tool": encode(tool),
        "asset": encode(asset),
        "evidence": [encode(record) for record in evidence],
    }
    data = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False).encode() + b"\n"
    try:
        _replace(path, data)
    except OSError as error:
        raise UsageError(
            "host_file.unwritable", path=str(path), cause=error.strerror or ""
        ) from error


def read_host_evidence(path: Path, limit: int = LIMIT) -> tuple[Asset, tuple[dict[str, Any], ...]]:
    """Read the computer and its raw records; their facts stay plain JSON.

    Raises:
        UsageError: ``host_file.unreadable``, ``host_file.malformed``, ``host_file.schema`` or
            ``host_file.foreign``.
    """
    where = str(path)
    try:
        with open_file(path) as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise UsageError("host_file.unreadable", path=where, cause=error.strerror or "") from error
    table = as_object(
        bounded_json(data, limit, "host_file.malformed", where), "host_file.malformed", where
    )
    if table.get("schema") != SCHEMA:
        raise UsageError(
            "host_file.schema", path=where, found=str(table.get("schema"))[:60], known=SCHEMA
        )
    asset = _asset(table, where)
    records = members(table.get("evidence"), dict, "host_file.malformed", where, "evidence")
    if len(records) > MOST_RECORDS:
        raise UsageError("host_file.malformed", path=where, member=f"evidence > {MOST_RECORDS}")
    seen: set[str] = set()
    for number, record in enumerate(records):
        _check_record(record, asset, where, number)
        if record["id"] in seen:
            raise UsageError("host_file.malformed", path=where, member=f"evidence.{number}.id")
        seen.add(record["id"])
    return asset, tuple(records)


def _asset(table: dict[str, Any], where: str) -> Asset:
    try:
        asset = decode(Asset, table.get("asset"), "asset")
    except CodecError as error:
        raise UsageError("host_file.malformed", path=where, member=str(error)[:80]) from error
    if not isinstance(asset, Asset) or not asset.id or asset.kind != "host":
        raise UsageError("host_file.malformed", path=where, member="asset.kind")
    return asset


def _check_record(record: dict[str, Any], asset: Asset, where: str, number: int) -> None:
    place = f"evidence.{number}"
    for name in _TEXTS:
        if not isinstance(record.get(name), str) or not record[name]:
            raise UsageError("host_file.malformed", path=where, member=f"{place}.{name}")
    if not _is_sound(record):
        raise UsageError("host_file.malformed", path=where, member=place)
    if record["asset"] != asset.id or record.get("vantage") != Vantage.HOST:
        raise UsageError("host_file.foreign", path=where, record=record["id"][:60])


def _is_sound(record: dict[str, Any]) -> bool:
    """Tell whether the members hang together: facts are there just when the attempt was ok."""
    try:
        attempt = Attempt(str(record.get("attempt")))
        Method(str(record.get("method")))
        moment = datetime.fromisoformat(record["observed_at"])
    except ValueError:
        return False
    facts = record.get("facts")
    return (
        moment.tzinfo is not None
        and type(record.get("collector_version")) is int
        and (isinstance(facts, dict) if attempt is Attempt.OK else facts is None)
    )


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
