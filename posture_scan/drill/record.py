"""The seal record: which files were put where, when, and with what content.

Kept by its owner alone (mode 0600) and outside the sealed folders. Its own digest shows a slip
or a half-written file; it cannot stop an owner who rewrites it, and is not meant to: what a drill
is worth rests on who signs the report.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from posture_scan.collect.local_file import read_bytes
from posture_scan.collect.strict_json import as_object, bounded_json
from posture_scan.drill.canary import LARGEST, PREFIX, Canary
from posture_scan.errors import UsageError
from posture_scan.model.codec import CodecError, decode, encode

SCHEMA: Final = "posture-scan/drill-seal/1"
LIMIT: Final = 262_144
MOST_FOLDERS: Final = 50
CLOCK_SLACK: Final = timedelta(minutes=5)

_NAME: Final = re.compile(rf"{PREFIX}[0-9a-f]{{8}}\.txt")
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class SealRecord:
    """What one ``seal`` did."""

    host: str
    """The computer's name, which makes the evidence's asset ``host:<name>``."""
    sealed_at: datetime
    canaries: tuple[Canary, ...]
    failed: tuple[str, ...] = ()
    """Folders that were asked for and could not be written to."""


def to_bytes(record: SealRecord) -> bytes:
    """Return the record as it is stored."""
    content = {"schema": SCHEMA, **encode(record)}
    document = {**content, "sha256": _digest(content)}
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def read_record(path: Path, now: datetime) -> SealRecord:
    """Read a seal record.

    Raises:
        UsageError: ``drill.no_record``, ``drill.record_open`` when others may read or write it,
            ``drill.record_altered`` when it is not as it was written, ``drill.record_empty``.
    """
    if not path.is_file():
        raise UsageError("drill.no_record", path=path)
    _refuse_open(path)
    where = str(path)
    table = as_object(
        bounded_json(read_bytes(path, LIMIT), LIMIT, "drill.record_altered", where),
        "drill.record_altered", where,
    )  # fmt: skip
    content = {name: value for name, value in table.items() if name != "sha256"}
    if table.get("schema") != SCHEMA or table.get("sha256") != _digest(content):
        raise UsageError("drill.record_altered", path=where)
    try:
        record = decode(SealRecord, content)
    except CodecError as error:
        raise UsageError("drill.record_altered", path=where) from error
    assert isinstance(record, SealRecord)  # noqa: S101 -- narrows the codec's Any
    if not _is_sound(record, now):
        raise UsageError("drill.record_altered", path=where)
    if not record.canaries:
        raise UsageError("drill.record_empty", path=where)
    return record


def _refuse_open(path: Path) -> None:
    if os.name != "posix":
        return
    info = path.lstat()
    if not stat.S_ISREG(info.st_mode) or info.st_mode & _OTHERS or info.st_uid != os.geteuid():
        raise UsageError("drill.record_open", path=path)


def _is_sound(record: SealRecord, now: datetime) -> bool:
    return (
        0 < len(record.host) <= 255  # noqa: PLR2004 -- POSIX HOST_NAME_MAX
        and len(record.canaries) <= MOST_FOLDERS
        and record.sealed_at <= now + CLOCK_SLACK
        and all(
            _NAME.fullmatch(item.name) and _HEX.fullmatch(item.sha256)
            and _HEX.fullmatch(item.nonce) and 0 < item.size <= LARGEST
            and Path(item.folder).is_absolute()
            for item in record.canaries
        )
    )  # fmt: skip


def _digest(content: dict[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
