"""Backups that earn credit and whose oldest trace is no older than the report."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from posture_scan.assess.drift.signal import Signal
from posture_scan.assess.drift.told import Told
from posture_scan.model.codec import CodecError, decode, encode

YOUNG: Final = timedelta(days=7)
"""A backup whose oldest trace is younger than this is asked about."""

_SURVEY: Final = "backup.BackupSurvey"
_PACK: Final = "backup."
_COPIES: Final = frozenset({"backup", "mirror"})


def of_backups(after: Told, criteria: Iterable[Mapping[str, Any]]) -> list[Signal]:
    """Return computers that all backups with a history have existed on for a few days only.

    ``criteria`` are those of the newer report as rated; a computer on which no credited
    criterion rests claims nothing.
    """
    claimed = _claimed(criteria)
    found = []
    for record in after.records(_SURVEY):
        host = str(record.get("asset", ""))
        jobs = _jobs(record["facts"])
        oldest = min((at for _, at in jobs), default=None)
        if oldest is None or host not in claimed or not _young(oldest, after.at):
            continue
        values = {
            "host": host.removeprefix("host:"), "days": (after.at - oldest).days,
            "engine": ", ".join(sorted({engine for engine, _ in jobs})),
            "date": encode(oldest), "criteria": ", ".join(claimed[host]),
        }  # fmt: skip
        found.append(Signal("backup_young", host, values, (after.id, str(record.get("id", "")))))
    return found


def _young(oldest: datetime, at: datetime) -> bool:
    return timedelta(0) <= at - oldest < YOUNG


def _claimed(criteria: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Map each computer to the credited criteria that rest on a backup check about it."""
    found: dict[str, list[str]] = {}
    for item in criteria:
        if item["status"] not in {"met", "partial"}:
            continue
        hosts = {ref.partition("@")[2] for ref in item["findings"] if ref.startswith(_PACK)}
        for host in hosts:
            found.setdefault(host, []).append(item["id"])
    return found


def _jobs(facts: Mapping[str, Any]) -> list[tuple[str, datetime]]:
    """Return engine and oldest trace of every job; empty where one leaves no list.

    Such a job may be old, so nothing can be said of the computer then.
    """
    jobs = facts.get("jobs")
    found: list[tuple[str, datetime]] = []
    for job in jobs if isinstance(jobs, list) else ():
        if not isinstance(job, dict) or job.get("kind", "backup") not in _COPIES:
            continue
        if not job.get("proofs"):
            continue  # it never ran, and earns nothing
        oldest = _moment(job.get("oldest_at"))
        if oldest is None:
            return []
        found.append((str(job.get("engine", ""))[:60], oldest))
    return found


def _moment(value: object) -> datetime | None:
    try:
        found = decode(datetime, value)
    except CodecError:
        return None
    return found if isinstance(found, datetime) else None


def hosts_without_history(after: Told) -> Collection[str]:
    """Return computers with a backup that leaves no list of restore points."""
    return sorted(
        str(record.get("asset", "")) for record in after.records(_SURVEY)
        if record["facts"].get("jobs") and not _jobs(record["facts"])
    )  # fmt: skip
