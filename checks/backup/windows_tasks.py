"""Planned tasks of Windows that start a backup engine, itself or through one batch file."""

from __future__ import annotations

import re
from typing import Any, Final

from posture_scan.checks.backup.destination import redacted
from posture_scan.checks.backup.facts import BackupJob, Kind, Proof

from posture_scan.sdk import Look, moment, number_of

_DAY: Final = 86_400
_ENGINES: Final[dict[str, Kind]] = {
    "robocopy": Kind.MIRROR, "xcopy": Kind.MIRROR, "fastcopy": Kind.MIRROR,
    "bunbackup": Kind.MIRROR, "realsync": Kind.MIRROR, "freefilesync": Kind.MIRROR,
    "syncback": Kind.MIRROR, "syncbackfree": Kind.MIRROR, "7z": Kind.MIRROR, "7za": Kind.MIRROR,
    "wbadmin": Kind.BACKUP, "restic": Kind.BACKUP, "kopia": Kind.BACKUP,
    "duplicati": Kind.BACKUP, "duplicati.commandline": Kind.BACKUP, "cbb": Kind.BACKUP,
    "reflect": Kind.BACKUP, "reflectbin": Kind.BACKUP, "aipcontrol": Kind.BACKUP,
    "rclone": Kind.SYNC,
}  # fmt: skip
_CALL: Final = re.compile(
    r"(?:^|[\s\"'&@\\/(])("
    + "|".join(map(re.escape, _ENGINES))
    + r")(?:\.exe|\.com)?(?=[\s\"']|$)",
    re.IGNORECASE,
)
_SCRIPT: Final = re.compile(r"[A-Za-z]:\\[^\"'<>|?*\r\n]+?\.(?:bat|cmd|ps1)", re.IGNORECASE)
_COMMENT: Final = re.compile(r"^\s*(?:rem\b|::|#)", re.IGNORECASE)
_PATH: Final = re.compile(r"\"((?:[A-Za-z]:|\\\\)[^\"]*)\"|((?:[A-Za-z]:\\|\\\\)[^\s\"]+)")
_READY, _RUNNING_STATE = 3, 4
_RUNNING: Final = 0x41301
_NEVER_RUN: Final = 0x41303
_NEVER: Final = frozenset({0x41300, _NEVER_RUN, 0x8004131F, _RUNNING})
"""Results that say nothing about an end: ready, never run, already running, running."""

_ROBOCOPY_BAD: Final = 8
"""From this exit code on robocopy could not copy something."""


def task_jobs(look: Look, tasks: list[dict[str, Any]], drives: dict[str, Any]) -> list[BackupJob]:
    """Return one job per task whose action starts a known engine."""
    jobs = []
    for task in tasks:
        path = str(task.get("path") or "")
        if path.lower().startswith("\\microsoft\\"):
            continue
        for action in _dicts(task.get("actions")):
            job = _job(look, task, path, action, drives)
            if job is not None:
                jobs.append(job)
    return jobs


def _job(
    look: Look, task: dict[str, Any], path: str, action: dict[str, Any], drives: dict[str, Any]
) -> BackupJob | None:
    from posture_scan.checks.backup.windows import place_of

    line = f"{action.get('run') or ''} {action.get('with') or ''}"
    direct = True
    found = _CALL.search(line)
    if not found:
        direct, line = False, _script_line(look, line)
        found = _CALL.search(line)
    if not found:
        return None
    engine = found.group(1).lower()
    kind = _ENGINES[engine]
    paths = [a or b for a, b in _PATH.findall(line[found.end() :])]
    target = paths[1] if len(paths) > 1 else ""
    proofs, failed = _outcome(task, engine, direct=direct)
    return BackupJob(
        engine=engine, job=path[:200], kind=kind, source_paths=tuple(paths[:1]),
        destination=redacted(target), destination_class=place_of(target, drives),
        schedule_seconds=_period(task),
        enabled=number_of(task.get("state")) in (_READY, _RUNNING_STATE),
        proofs=proofs, last_run_failed=failed,
        traps=("never_run",) if number_of(task.get("result")) == _NEVER_RUN else (),
        versioned=False if kind is Kind.MIRROR else None,
    )  # fmt: skip


def _script_line(look: Look, line: str) -> str:
    """Read the batch file a task starts, one level down, and return the line with an engine."""
    found = _SCRIPT.search(line)
    data = look.data(found.group(0), limit=262_144) if found else None
    for text in (data or b"").decode("utf-8", "replace").splitlines():
        if not _COMMENT.match(text) and _CALL.search(text):
            return text
    return ""


def _outcome(
    task: dict[str, Any], engine: str, *, direct: bool
) -> tuple[tuple[Proof, ...], bool | None]:
    """Judge the last result; that of a batch file only proves that the batch file ended."""
    last, told = moment(task.get("last")), task.get("result")
    result = told & 0xFFFFFFFF if type(told) is int else _RUNNING
    if last is None or result in _NEVER:
        return (), None
    good = result == 0 or (direct and engine == "robocopy" and result < _ROBOCOPY_BAD)
    if not good:
        return (), True
    return (Proof("task_result", "B" if direct else "C", last),), False if direct else None


def _period(task: dict[str, Any]) -> int:
    periods = []
    for trigger in _dicts(task.get("triggers")):
        days, weeks = trigger.get("days"), trigger.get("weeks")
        if trigger.get("on") is False:
            continue
        if isinstance(days, int) and days > 0:
            periods.append(days * _DAY)
        if isinstance(weeks, int) and weeks > 0:
            periods.append(weeks * 7 * _DAY)
    return min(periods) if periods else 0


def _dicts(value: object) -> list[dict[str, Any]]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]
