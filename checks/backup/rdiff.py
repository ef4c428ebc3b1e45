"""rdiff-backup: beside a mirror that can be read it writes what every session did.

A session that was cut off leaves two ``current_mirror`` marks; the engine itself then refuses to
go on until the folder is put right. A mirror on another computer is known by logs only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from posture_scan.checks.backup.depth import is_deep
from posture_scan.checks.backup.facts import BackupJob, Proof
from posture_scan.checks.backup.messages import shrunk, source_sizes
from posture_scan.checks.backup.planned import Planned, base_job
from posture_scan.checks.backup.surroundings import Surroundings

from posture_scan.sdk import Look

_MARK: Final = re.compile(r"(current_mirror|session_statistics)\.(\d{4}-[0-9T:;Z+-]{10,40})\.data")
_MOST: Final = 20_000
_LINES: Final = 40
"""A session's statistics have some twenty lines."""
_ERRORS: Final = re.compile(r"^Errors (\d+)", re.MULTILINE)


def rdiff_jobs(
    look: Look, planned: Sequence[Planned], surroundings: Surroundings
) -> list[BackupJob]:
    """Return the planned calls, with what their mirrors tell where these can be read."""
    jobs = []
    for item in planned:
        if item.command.engine == "rdiff-backup":
            job = base_job(look, item, surroundings)
            target = item.command.destination
            jobs.append(_with_mirror(look, job, target) if target.startswith("/") else job)
    return jobs


def _with_mirror(look: Look, job: BackupJob, target: str) -> BackupJob:
    folder = f"{target.rstrip('/')}/rdiff-backup-data"
    mirrors = _marks(look, f"{folder}/current_mirror.*")
    sessions = _marks(look, f"{folder}/session_statistics.*")
    if len(mirrors) > 1:
        return replace(job, last_run_failed=True, traps=(*job.traps, "interrupted"))
    if not mirrors:
        return job
    (at,) = mirrors
    versioned = True if job.versioned is None and is_deep(sorted(sessions)) else job.versioned
    job = replace(job, versioned=versioned, oldest_at=min(sessions, default=None))
    text = look.head(sessions[at], lines=_LINES, hides="run") if at in sessions else None
    errors = _ERRORS.search(text or "")
    if errors is None:
        return replace(job, proofs=(*job.proofs, Proof("current_mirror", "B", at)))
    if errors.group(1).strip("0"):
        return replace(job, last_run_failed=True)
    traps = ("shrunk",) if shrunk(_sizes(look, sessions)) else ()
    proof = Proof("session_statistics", "A", at)
    return replace(job, proofs=(*job.proofs, proof), traps=job.traps + traps, last_run_failed=False)


def _marks(look: Look, pattern: str) -> dict[datetime, str]:
    """Map the moments in the names of session files to their paths."""
    found = {}
    for info in look.files(pattern, hides="run", limit=_MOST):
        name = _MARK.fullmatch(info.path.rsplit("/", 1)[-1])
        moment = parse_moment(name.group(2)) if name else None
        if moment is not None:
            found[moment] = info.path
    return found


def _sizes(look: Look, sessions: dict[datetime, str]) -> list[int]:
    """Return the source's bytes in the last two sessions, oldest first."""
    sizes: list[int] = []
    for moment in sorted(sessions)[-2:]:
        sizes += source_sizes((look.head(sessions[moment], lines=_LINES) or "").splitlines())
    return sizes


def parse_moment(text: str) -> datetime | None:
    """Read ``2026-11-22T11:40:00+09:00``; where ``:`` is no character of names ``;058`` stands."""
    try:
        moment = datetime.fromisoformat(text.replace(";058", ":"))
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
