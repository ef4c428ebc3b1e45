"""Synology Hyper Backup: the task list, with or without the state of each task, as JSON.

Such a file comes out of DSM's own interface (``SYNO.Backup.Task``, methods ``list`` and
``status``); several answers may stand in one list. Names of fields and words of results follow
answers of Hyper Backup 4.2 and DSM 7 published by others. A word that is not known proves neither
success nor failure.
"""

from __future__ import annotations

from typing import Any, Final

from posture_scan.checks.backup.facts import BackupJob, Proof
from posture_scan.checks.backup.nas_facts import (
    NasBackups,
    built,
    json_items,
    nas_moment,
    not_mine,
)

from posture_scan.sdk import Document, collector

_TITLE: Final = "Synology Hyper Backup"
_GOOD: Final = frozenset({"done", "success"})
_BAD: Final = frozenset({"error", "failed", "partial", "cksum_failed", "dest_missing"})
_USELESS: Final = frozenset({"restore_only", "broken", "unauth", "endofservice"})
"""States in which a task cannot save any more, whatever its last result was."""


@collector(on=Document("device_export"))
def synology_hyper_backup(content: bytes) -> NasBackups:
    """Read the tasks of Hyper Backup."""
    answers = [_data(item) for item in json_items(content)]
    lists = [item["task_list"] for item in answers if isinstance(item.get("task_list"), list)]
    tasks = [task for tasks in lists for task in tasks]
    if not lists or not all(map(_is_task, tasks)):
        raise not_mine()
    states = {item["task_id"]: item for item in answers if _is_task(item)}
    jobs = [_job({**task, **states.get(task["task_id"], {})}) for task in tasks]
    return built(content, _TITLE, jobs)


def _is_task(item: object) -> bool:
    return isinstance(item, dict) and type(item.get("task_id")) is int


def _data(item: dict[str, Any]) -> dict[str, Any]:
    """Take off what the interface wraps its answers in."""
    inner = item.get("data")
    return inner if isinstance(inner, dict) else item


def _job(task: dict[str, Any]) -> BackupJob:
    result = str(task.get("last_bkp_result") or "").lower()
    ended = task.get("last_bkp_end_time") if result in _GOOD else None
    last = nas_moment(task.get("last_bkp_success_time")) or nas_moment(ended)
    failed = False if result in _GOOD else None
    if result in _BAD or str(task.get("state")) in _USELESS:
        failed = True
    name = task.get("name")
    return BackupJob(
        engine="synology_hyper_backup", job=str(name)[:60] if name else f"task {task['task_id']}",
        enabled=_enabled(task),
        proofs=(Proof("task_record", "D", last),) if last else (),
        last_run_failed=failed,
    )  # fmt: skip


def _enabled(task: dict[str, Any]) -> bool | None:
    """The plan stands beside the state; a next run that is named says the same."""
    plan = task.get("schedule")
    told = plan.get("schedule_enable") if isinstance(plan, dict) else None
    if isinstance(told, bool):
        return told
    return True if nas_moment(task.get("next_bkp_time")) else None
