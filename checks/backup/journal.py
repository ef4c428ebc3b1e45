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
    ended: datetime | None = None
    skipped: datetime | None = None
    ok: bool = False
    failed: bool = False
    messages: list[str] = field(default_factory=list)


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
    runs: dict[str, _Invocation] = {}
    for line in result.stdout.splitlines():
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict):
            _sort_in(entry, runs)
    return _newest(runs)


def _newest(runs: dict[str, _Invocation]) -> Run | None:
    skip = runs.get("", _Invocation()).skipped
    ended = [(run.ended, run) for run in runs.values() if run.ended is not None]
    if not ended:
        return Run(None, skip, skipped=True) if skip else None
    at, run = max(ended, key=lambda pair: pair[0])
    skipped = skip is not None and skip > at
    return Run(run.ok, at, tuple(run.messages), skipped)


def _sort_in(entry: dict[str, Any], runs: dict[str, _Invocation]) -> None:
    invocation = entry.get("_SYSTEMD_INVOCATION_ID") or entry.get("INVOCATION_ID")
    message, stamp = entry.get("MESSAGE"), str(entry.get("__REALTIME_TIMESTAMP", ""))
    if "UNIT" in entry:  # a word of systemd itself about the unit
        invocation = entry.get("INVOCATION_ID")
    if not isinstance(invocation, str) or not re.fullmatch(r"\d{13,16}", stamp):
        return
    run = runs.setdefault(invocation, _Invocation())
    identity = entry.get("MESSAGE_ID")
    if not invocation:
        if identity == _JOB_DONE:
            run.skipped = datetime.fromtimestamp(int(stamp) // 1_000_000, UTC)
    elif "UNIT" in entry:
        if identity == SUCCEEDED or identity in FAILED:
            run.ended = datetime.fromtimestamp(int(stamp) // 1_000_000, UTC)
            run.ok = identity == SUCCEEDED and not run.failed
            run.failed = run.failed or identity in FAILED
    elif isinstance(message, str):
        run.messages.append(message)
