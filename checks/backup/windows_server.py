"""Windows Server Backup: its summary, its catalogue of restore points and its events.

The catalogue names each restore point by a time in UTC (``03/15/2024-15:16``, always month
first); the time that stands beside it is local, which is where nine hours get lost in Japan.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from posture_scan.checks.backup.depth import is_deep
from posture_scan.checks.backup.facts import BackupJob, Proof
from posture_scan.checks.backup.windows_places import Drives, place_of

from posture_scan.sdk import ScriptAnswer, moment, number_of, redacted_address

_DAY: Final = 86_400
_GOOD: Final = 4
_ENDED: Final = 14
"""The event of any end; its ``HRESULT`` says which."""

_BAD: Final = frozenset({5, 9, 49, 517, 521, 546, 547})
_HRESULT: Final = re.compile(r"<Data Name=['\"]HRESULT['\"]>0x([0-9A-Fa-f]{1,8})</Data>")
_AGREE: Final = timedelta(minutes=15)
"""Summary and catalogue speak of the same run when they differ by no more."""

_ROTATION: Final = timedelta(days=30)


def server_backup(answer: ScriptAnswer, drives: Drives, now: datetime) -> list[BackupJob]:
    """Return the one plan of Windows Server Backup, or nothing where there is no trace of it."""
    summary = answer.row("wsb")
    events = answer.rows("wsb_events", hides="run")
    if not summary and not events:
        return []
    points = _points(summary)
    recent = {target for at, target in points if target and now - at <= _ROTATION}
    target = str(summary.get("target") or "")
    proofs, failed = _proofs(summary, events, [at for at, _ in points])
    return [
        BackupJob(
            engine="windows_server_backup", job="Windows Server Backup",
            destination=redacted_address(target), destination_class=place_of(target, drives),
            schedule_seconds=_DAY if summary.get("next") else 0,
            enabled=bool(summary.get("policy")) and bool(summary.get("next")) if summary else None,
            proofs=proofs, last_run_failed=failed,
            versioned=True if is_deep([at for at, _ in points]) else None,
            oldest_at=min((at for at, _ in points), default=None),
            rotated_media=True if len(recent) > 1 else None,
        )
    ]  # fmt: skip


def _points(summary: dict[str, Any]) -> list[tuple[datetime, str]]:
    """Return each restore point's moment and disk; the disk is empty where it was not told."""
    sets = summary.get("sets")
    items = sets if isinstance(sets, list) else [sets]
    return [
        (at, str(item.get("target") or "").strip("|"))
        for item in items
        if isinstance(item, dict)
        and (at := version_moment(item.get("version")) or moment(item.get("at"))) is not None
    ]


def version_moment(text: object) -> datetime | None:
    """Read the catalogue's name of a restore point, which is in UTC to the minute."""
    try:
        return datetime.strptime(f"{text}+0000", "%m/%d/%Y-%H:%M%z").astimezone(UTC)
    except ValueError:
        return None


def _proofs(
    summary: dict[str, Any], events: list[dict[str, Any]], points: list[datetime]
) -> tuple[tuple[Proof, ...], bool | None]:
    proofs: list[Proof] = []
    last = moment(summary.get("last_success"))
    if last is not None:
        proofs.append(Proof("wb_summary", "A", _as_catalogued(last, points)))
    ends = [end for item in events if (end := _end(item)) is not None]
    good = [at for at, ok in ends if ok]
    bad = [at for at, ok in ends if not ok]
    if good:
        proofs.append(Proof("wb_event", "A", max(good)))
    failed = summary["hr"] != 0 if type(summary.get("hr")) is int else None
    newest = max((proof.at for proof in proofs), default=None)
    if bad and (newest is None or max(bad) > newest):
        failed = True
    return tuple(proofs), failed


def _as_catalogued(last: datetime, points: list[datetime]) -> datetime:
    """Return the catalogue's time where it has one and the summary claims another, later one."""
    if not points or any(abs(last - at) <= _AGREE for at in points):
        return last
    return min(last, max(points))


def _end(item: dict[str, Any]) -> tuple[datetime, bool] | None:
    at, number = moment(item.get("at")), number_of(item.get("id"))
    if at is None:
        return None
    if number == _ENDED:
        found = _HRESULT.search(str(item.get("xml") or ""))
        return (at, int(found.group(1), 16) == 0) if found else None
    if number == _GOOD or number in _BAD:
        return at, number == _GOOD
    return None
