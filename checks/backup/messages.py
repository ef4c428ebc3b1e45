"""What engines print when a run ends: the lines that prove it, and those that take it back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from posture_scan.sdk import Look

LOG_LIMIT: Final = 8_388_608
"""Bytes of a log that are read; a bigger one is noted as not read."""

_SAVED: Final[dict[str, re.Pattern[str]]] = {
    "restic": re.compile(r"^snapshot [0-9a-f]{8,64} saved$"),
    "rsnapshot": re.compile(r": completed successfully$"),
    "duplicity": re.compile(r"^Errors 0$"),
    "rdiff-backup": re.compile(r"^Errors 0\b"),
    "borg": re.compile(r"^Archive fingerprint: [0-9a-f]{64}$"),
}
_FAILED: Final[dict[str, re.Pattern[str]]] = {
    "restic": re.compile(r"^(?:Fatal: |Warning: at least one source file could not be read)"),
    "rsnapshot": re.compile(r"completed, but with some errors|ERROR: "),
    "duplicity": re.compile(r"^Errors [1-9]|^Traceback|Fatal Error"),
    "rdiff-backup": re.compile(r"^Errors [1-9]|^Fatal Error"),
    "borg": re.compile(r"terminating with error status|^Repository .* does not exist"),
}
_MISSING: Final = re.compile(r"(.+) does not exist, skipping$")
"""restic's word for a source that is not there; it saves a snapshot and exits 0 all the same."""


@dataclass(frozen=True)
class Said:
    """What the last run said in its own words."""

    saved: bool = False
    failed: bool = False
    source_missing: bool = False


def last_run(engine: str, lines: Iterable[str]) -> Said:
    """Judge the end of a log; lines of earlier runs do not count for the last one."""
    saved_pattern, failed_pattern = _SAVED.get(engine), _FAILED.get(engine)
    if saved_pattern is None or failed_pattern is None:
        return Said()
    saved = failed = missing = skipping = False
    for raw in lines:
        line = raw.strip()
        if _MISSING.search(line):
            skipping = True
        elif failed_pattern.search(line):
            saved, failed, missing, skipping = False, True, skipping, False
        elif saved_pattern.search(line) or _json_saved(engine, line):
            saved, failed, missing, skipping = True, False, skipping, False
    return Said(saved, failed, missing)


def _json_saved(engine: str, line: str) -> bool:
    """Recognise the last line of ``restic backup --json``."""
    if engine != "restic" or not line.startswith("{") or "summary" not in line:
        return False
    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return item.get("message_type") == "summary" and bool(item.get("snapshot_id"))


@dataclass(frozen=True)
class LogEnd:
    """The end of a log file and when it was last written."""

    said: Said
    written: datetime


def log_end(look: Look, path: str, engine: str) -> LogEnd | None:
    """Read a job's own log; None when there is none or it is closed (noted)."""
    if not path:
        return None
    text = look.text(path, hides="run", limit=LOG_LIMIT)
    info = look.info(path) if text is not None else None
    if text is None or info is None or not text.strip():
        return None
    return LogEnd(last_run(engine, text.splitlines()[-2000:]), info.modified)
