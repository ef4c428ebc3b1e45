"""The journal: the newest run of a service that really ended, and what it said."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from posture_scan.sdk import Attempt, Look

SUCCEEDED: Final = "7ad2d189f7e94e70a38c781354912448"
FAILED: Final = frozenset({"d9b373ed55a64feb8242e02dbe79a49c", "be02cf6855d2428ba40df7e9d022f03d"})
"""Message ids of systemd's journal catalogue: "unit succeeded", "unit failed", "job failed"."""
_JOB_DONE: Final = "39f53479d3a045ac8e11786248231fbf"
"""Written at the end of a start; without any invocation where a condition skipped the unit."""
_NEAR: Final = timedelta(seconds=5)
"""How far from the words that name a run one that names none may lie, to be taken for the run's."""


@dataclass(frozen=True)
class Run:
    """The newest finished run that the journal tells of."""

    ok: bool | None
    """None: it tells of no run, only that starts were skipped."""
    at: datetime
    messages: tuple[str, ...] = ()
    skipped: bool = False
    """A condition skipped the newest start, after that run."""


@dataclass
class _Invocation:
    first: datetime
    """When the journal first and last had a word that names this run."""
    last: datetime
    ended: datetime | None = None
    ok: bool = False
    failed: bool = False
    messages: list[str] = field(default_factory=list)


@dataclass
class _Told:
    """What the entries tell of a service: its runs by number, and what a condition skipped."""

    runs: dict[str, _Invocation] = field(default_factory=dict)
    streams: dict[str, str] = field(default_factory=dict)
    """The run that each output stream belongs to."""
    skipped: datetime | None = None


def newest_run(look: Look, service: str, days: int = 40) -> Run | None:
    """Return the newest finished run in the journal; closed to plain users (noted)."""
    since = int((look.host.now - timedelta(days=days)).timestamp())
    result = look.run(
        ("journalctl", f"--unit={service}", "--output=json", "--no-pager", f"--since=@{since}",
         "--lines=5000"),
        hides="run", timeout=10.0,
    )  # fmt: skip
    if result is None:
        return None
    if b"insufficient permissions" in result.stderr or b"not seeing messages" in result.stderr:
        look.note("journalctl", Attempt.PERMISSION_DENIED, "run", "journal_group")
    entries = _entries(result.stdout)
    told = _Told()
    for entry, at in entries:
        _sort_in(entry, at, told)
    for entry, at in entries:
        _hand_out(entry, at, service, told)
    return _newest(told)


def _entries(data: bytes) -> list[tuple[dict[str, Any], datetime]]:
    """Part the lines, each an entry of its own, and take those that have a time."""
    found = []
    for line in data.splitlines():
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        stamp = str(entry.get("__REALTIME_TIMESTAMP", "")) if isinstance(entry, dict) else ""
        if re.fullmatch(r"\d{13,16}", stamp):
            found.append((entry, datetime.fromtimestamp(int(stamp) // 1_000_000, UTC)))
    return found


def _newest(told: _Told) -> Run | None:
    skip = told.skipped
    ended = [(run.ended, run) for run in told.runs.values() if run.ended is not None]
    if not ended:
        return Run(None, skip, skipped=True) if skip else None
    at, run = max(ended, key=lambda pair: pair[0])
    skipped = skip is not None and skip > at
    return Run(run.ok, at, tuple(run.messages), skipped)


def _sort_in(entry: dict[str, Any], at: datetime, told: _Told) -> None:
    """Learn from an entry that names its run when that was, how it ended and where it wrote."""
    by_systemd = "UNIT" in entry
    name = entry.get("INVOCATION_ID" if by_systemd else "_SYSTEMD_INVOCATION_ID")
    identity = entry.get("MESSAGE_ID")
    if name == "" and by_systemd and identity == _JOB_DONE:
        told.skipped = at
    if not isinstance(name, str) or not name:
        return
    run = told.runs.setdefault(name, _Invocation(at, at))
    run.first, run.last = min(run.first, at), max(run.last, at)
    if by_systemd and (identity == SUCCEEDED or identity in FAILED):
        run.ended = at
        run.ok = identity == SUCCEEDED and not run.failed
        run.failed = run.failed or identity in FAILED
    stream = _stream(entry)
    if stream and not by_systemd:
        told.streams[stream] = name


def _hand_out(entry: dict[str, Any], at: datetime, service: str, told: _Told) -> None:
    """Give a line of the service itself to the run that wrote it."""
    message = entry.get("MESSAGE")
    if "UNIT" in entry or not isinstance(message, str):
        return
    name = entry.get("_SYSTEMD_INVOCATION_ID")
    run = told.runs.get(name) if isinstance(name, str) else _writer(entry, at, service, told)
    if run is not None:
        run.messages.append(message)


def _stream(entry: dict[str, Any]) -> str:
    """Return the number of the output that a line came by; empty for what was sent otherwise."""
    return str(entry.get("_STREAM_ID") or "")


def _writer(entry: dict[str, Any], at: datetime, service: str, told: _Told) -> _Invocation | None:
    """Find the run of a line that names none: its stream's, else the only one of that time.

    The journal asks the process for its run, and a process may have ended by then: on a busy
    computer the last words of a backup, or all of them, name the service alone. Where two runs
    lie so near that the line may be either's, it is nobody's.
    """
    if entry.get("_SYSTEMD_UNIT") != service:
        return None
    name = told.streams.get(_stream(entry))
    if name is not None:
        return told.runs[name]
    near = [run for run in told.runs.values() if run.first - _NEAR <= at <= run.last + _NEAR]
    return near[0] if len(near) == 1 else None
