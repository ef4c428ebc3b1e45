"""QNAP Hybrid Backup Sync 3: rows of its ``jobs`` and ``job_logs`` tables, as JSON.

There is no supported way to export them; whoever looks after the NAS reads a copy of its two
databases with ``sqlite3 -json``. Tables, columns and the two sentences that a log writes follow one
public description of a real NAS. A job that synchronises in both directions is no backup, one in
one direction is a mirror.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from posture_scan.checks.backup.facts import BackupJob, Kind, Proof
from posture_scan.checks.backup.nas_facts import (
    NasBackups,
    built,
    json_items,
    nas_moment,
    not_mine,
)

from posture_scan.sdk import Document, collector

_TITLE: Final = "QNAP Hybrid Backup Sync 3"
_FINISHED: Final = re.compile(r"^Finished \w{1,20} job: ")


@collector(on=Document("device_export"))
def qnap_hybrid_backup(content: bytes) -> NasBackups:
    """Read the jobs of HBS 3 and what their log says."""
    rows = json_items(content)
    jobs = {str(row["key"]): row["value"] for row in rows if _plan(row) is not None}
    if not jobs:
        raise not_mine()
    logs = [row for row in rows if isinstance(row.get("message"), str) and "job_id" in row]
    return built(content, _TITLE, [_job(key, jobs[key], logs) for key in jobs])


def _plan(row: dict[str, Any]) -> dict[str, Any] | None:
    """Return the job in a row, which is JSON within JSON; other rows are None."""
    value = row.get("value")
    if not isinstance(row.get("key"), str) or not isinstance(value, str):
        return None
    try:
        plan = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return plan if isinstance(plan, dict) and {"enable", "type"} <= plan.keys() else None


def _job(key: str, value: str, logs: list[dict[str, Any]]) -> BackupJob:
    plan = json.loads(value)
    mine = sorted(
        (at, str(row["message"]))
        for row in logs
        if str(row["job_id"]) == key and (at := nas_moment(row.get("date"))) is not None
    )
    ends = [at for at, message in mine if _FINISHED.match(message)]
    newest = bool(mine) and bool(_FINISHED.match(mine[-1][1]))
    return BackupJob(
        engine="qnap_hbs3", job=f"job {key[:8]}", kind=_kind(plan, value), enabled=_switch(plan),
        proofs=(Proof("job_log", "D", max(ends)),) if ends else (),
        last_run_failed=False if newest else None,
    )  # fmt: skip


def _kind(plan: dict[str, Any], value: str) -> Kind:
    if str(plan["type"]).lower() != "sync":
        return Kind.BACKUP
    return Kind.SYNC if "twoway" in value else Kind.MIRROR


def _switch(plan: dict[str, Any]) -> bool | None:
    """Switched off is certain; switched on says nothing of a plan, which stands beside it."""
    if plan["enable"] in (False, 0):
        return False
    return True if plan.get("schedule") else None
