"""restic: its cache tells when snapshots were saved, without the repository's password."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from posture_scan.checks.backup.depth import is_deep
from posture_scan.checks.backup.facts import BackupJob, Proof
from posture_scan.checks.backup.planned import Planned, base_job
from posture_scan.checks.backup.surroundings import Surroundings

from posture_scan.sdk import Look

_MOST: Final = 20_000
_TOGETHER: Final = timedelta(hours=2)
"""Two traces this close are taken for traces of the same run."""


@dataclass(frozen=True)
class Cache:
    """What the cache of one repository tells."""

    repository: str
    home: str
    saved: tuple[datetime, ...]
    """Times at which one snapshot came alone: backups, or single look-ups."""
    listed: bool
    """Snapshots that came in the same second: the mark of a plain ``restic snapshots``."""


def restic_jobs(
    look: Look, planned: Sequence[Planned], surroundings: Surroundings
) -> list[BackupJob]:
    """Join planned calls with caches; a cache that fits no plan becomes a job of its own."""
    caches = find_caches(look)
    jobs = []
    used: set[str] = set()
    mine = [item for item in planned if item.command.engine == "restic"]
    for item in mine:
        job = base_job(look, item, surroundings)
        cache = _cache_of(job, caches, alone=len(mine) == 1)
        if cache is not None:
            used.add(cache.repository)
            job = _with_cache(job, cache)
        jobs.append(job)
    if len(mine) == len(used) == 1:
        return jobs
    jobs += [
        _with_cache(BackupJob("restic", f"restic {cache.repository[:8]}"), cache)
        for cache in caches
        if cache.repository not in used
    ]
    return jobs


def find_caches(look: Look) -> tuple[Cache, ...]:
    """Read ``~/.cache/restic/<id>/snapshots`` of every home: names and times only."""
    found = []
    for home in look.host.homes():
        for folder in look.files(f"{home}/.cache/restic/*", hides="run"):
            name = folder.path.rsplit("/", 1)[-1]
            if len(name) == 64 and folder.is_dir:  # noqa: PLR2004 -- SHA-256 in hex
                files = look.files(f"{folder.path}/snapshots/*/*", hides="run", limit=_MOST)
                if files:
                    found.append(judge_cache(name, home, [info.modified for info in files]))
    return tuple(found)


def judge_cache(repository: str, home: str, times: Sequence[datetime]) -> Cache:
    """Part times of backups from times of listings.

    Somebody who runs ``restic snapshots`` with an empty cache writes every file in the same
    second; such a group proves that somebody looked, not that anything was saved.
    """
    seconds = Counter(moment.replace(microsecond=0) for moment in times)
    saved = tuple(sorted(moment for moment, count in seconds.items() if count == 1))
    return Cache(repository, home, saved, any(count > 1 for count in seconds.values()))


def _cache_of(job: BackupJob, caches: Sequence[Cache], *, alone: bool) -> Cache | None:
    """Find the cache that belongs to a plan: the only one, or the one that agrees in time."""
    if alone and len(caches) == 1:
        return caches[0]
    for proof in job.proofs:
        near = [
            cache
            for cache in caches
            if cache.saved and abs(cache.saved[-1] - proof.at) <= _TOGETHER
        ]
        if len(near) == 1:
            return near[0]
    return None


def _with_cache(job: BackupJob, cache: Cache) -> BackupJob:
    traps = job.traps + (("listing_only",) if cache.listed and not cache.saved else ())
    proofs = job.proofs
    if cache.saved:
        proofs += (Proof("cache", "B", cache.saved[-1]),)
    versioned = job.versioned
    if versioned is None and is_deep(cache.saved):
        versioned = True
    # a listing into an empty cache hides how old the points are that it found
    oldest = None if cache.listed else min(cache.saved, default=None)
    return replace(job, traps=traps, proofs=proofs, versioned=versioned, oldest_at=oldest)
