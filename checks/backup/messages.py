"""What engines print when a run ends: the lines that prove it, and those that take it back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
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
_MISSING: Final = " does not exist, skipping"
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
        if line.endswith(_MISSING):
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


_PASSED: Final[dict[str, re.Pattern[str]]] = {
    "restic": re.compile(r"^no errors were found$"),
    "borg": re.compile(
        r"Finished .*repository check, no problems found|"
        r"Archive consistency check complete, no problems found"
    ),
    "duplicity": re.compile(r"^Verify complete: [1-9]\d* files? compared, 0 differences found"),
    "rdiff-backup": re.compile(r"(?:All files|Every file) verified successfully"),
}
"""What engines print at the end of a check that found nothing wrong; borg only with ``-v``."""

_BROKEN: Final[dict[str, re.Pattern[str]]] = {
    "restic": re.compile(r"^(?:Fatal: |error for tree|pack .* contains \d+ errors)"),
    "borg": re.compile(
        r"[1-9]\d* integrity errors|Data integrity error|errors found|terminating with error status"
    ),
    "duplicity": re.compile(r"^Verify complete: .*, [1-9]\d* differences? found"),
    "rdiff-backup": re.compile(r"do(?:es)?n't match|could not be verified|^Fatal Error"),
}
_DATA: Final[dict[str, re.Pattern[str]]] = {
    "restic": re.compile(r"^read (?:all data|.+ data packs)"),
    "borg": re.compile(r"verified [1-9]\d* chunks with 0 integrity errors"),
}
"""What says that the saved data were read, too; the two others always read them."""

_ALWAYS_DATA: Final = frozenset({"duplicity", "rdiff-backup"})


def check_grade(engine: str, lines: Iterable[str]) -> str:
    """Return ``data`` or ``structure`` if the newest word is that of a passed check, else empty."""
    passed, broken = _PASSED.get(engine), _BROKEN.get(engine)
    saved = _SAVED.get(engine)
    if passed is None or broken is None or saved is None:
        return ""
    grade, data = "", engine in _ALWAYS_DATA
    for raw in lines:
        line = raw.strip()
        if saved.search(line) or broken.search(line):
            grade, data = "", engine in _ALWAYS_DATA
        elif engine in _DATA and _DATA[engine].search(line):
            data = True
            grade = "data" if grade else ""
        elif passed.search(line):
            grade, data = ("data" if data else "structure"), engine in _ALWAYS_DATA
    return grade


_SOURCE_SIZE: Final = re.compile(r"^SourceFileSize (\d{1,18})\b")
_SHRUNK_TO: Final = 0.2


def shrunk(sizes: Sequence[int]) -> bool:
    """Tell whether the newest source has lost more than four fifths since the run before."""
    return len(sizes) > 1 and sizes[-1] < _SHRUNK_TO * sizes[-2]


def source_sizes(lines: Iterable[str]) -> list[int]:
    """Read the bytes of the source that duplicity and rdiff-backup print after every run."""
    found = (_SOURCE_SIZE.match(line.strip()) for line in lines)
    return [int(one.group(1)) for one in found if one]


@dataclass(frozen=True)
class LogEnd:
    """The end of a log file and when it was last written."""

    said: Said
    written: datetime
    checked: str = ""
    """How deep the check went that is the log's newest word; empty without one."""
    shrunk: bool = False


def log_end(look: Look, path: str, engine: str) -> LogEnd | None:
    """Read a job's own log; None when there is none or it is closed (noted)."""
    if not path:
        return None
    text = look.text(path, hides="run", limit=LOG_LIMIT)
    info = look.info(path) if text is not None else None
    if text is None or info is None or not text.strip():
        return None
    lines = text.splitlines()[-2000:]
    return LogEnd(
        last_run(engine, lines), info.modified, check_grade(engine, lines),
        shrunk(source_sizes(lines)),
    )  # fmt: skip
