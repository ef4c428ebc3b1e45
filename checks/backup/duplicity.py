"""duplicity: the names of its cached manifests tell when chains were begun and lengthened, in UTC.

A cache folder is named after the MD5 of the address it saves to, or after ``--name``: the address
cannot be read back from it, but a planned address can be confirmed. Of a manifest only the first
two lines are read; below them stand the names of everything that was saved.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from posture_scan.checks.backup.depth import is_deep
from posture_scan.checks.backup.facts import BackupJob, Proof
from posture_scan.checks.backup.planned import Planned, base_job
from posture_scan.checks.backup.surroundings import Surroundings

from posture_scan.sdk import Look

_MANIFEST: Final = re.compile(
    r"duplicity-(?:(full)|inc\.(\d{8}T\d{6})Z\.to)\.(\d{8}T\d{6})Z\.manifest(?:\.part)?"
)
_MOST: Final = 20_000


@dataclass(frozen=True)
class Cache:
    """What one cache folder tells."""

    name: str
    points: tuple[datetime, ...] = ()
    """When each set that belongs to a whole chain was made, sorted."""
    newest: str = ""
    """The path of the newest manifest."""
    broken: bool = False
    """The newest set hangs on none that is there, or was cut off."""


def duplicity_jobs(
    look: Look, planned: Sequence[Planned], surroundings: Surroundings
) -> list[BackupJob]:
    """Join planned calls with the caches that their addresses confirm; others stand alone."""
    caches = _caches(look)
    jobs: list[BackupJob] = []
    used: set[str] = set()
    mine = [item for item in planned if item.command.engine == "duplicity"]
    for item in mine:
        job = base_job(look, item, surroundings)
        cache = next((one for one in caches if one.name in _names(item)), None)
        if cache is None and len(mine) == len(caches) == 1 and "$" in item.command.destination:
            cache = caches[0]  # an address made by a script, so it cannot be compared
        if cache is not None:
            used.add(cache.name)
            job = _with_cache(look, job, cache)
        jobs.append(job)
    return jobs + [
        _with_cache(look, BackupJob("duplicity", f"duplicity {cache.name[:8]}"), cache)
        for cache in caches
        if cache.name not in used
    ]


def _names(item: Planned) -> frozenset[str]:
    """Return the names under which this call keeps its cache."""
    if item.command.label:
        return frozenset({item.command.label})
    address = item.command.destination.encode()
    return frozenset({hashlib.md5(address, usedforsecurity=False).hexdigest()})


def _caches(look: Look) -> tuple[Cache, ...]:
    found = []
    for home in look.host.homes():
        for folder in look.files(f"{home}/.cache/duplicity/*", hides="run"):
            files = look.files(f"{folder.path}/*.manifest*", hides="run", limit=_MOST)
            cache = judge(folder.path.rsplit("/", 1)[-1], [info.path for info in files])
            if cache.newest:
                found.append(cache)
    return tuple(found)


def judge(name: str, paths: Sequence[str]) -> Cache:
    """Follow the chains: an increment counts only if the set that it builds upon is there."""
    ends: list[tuple[datetime, datetime | None, str]] = []
    for path in paths:
        found = _MANIFEST.fullmatch(path.rsplit("/", 1)[-1])
        end = parse_compact(found.group(3)) if found else None
        if found and end is not None and not path.endswith(".part"):
            ends.append((end, parse_compact(found.group(2) or ""), path))
    if not ends:
        return Cache(name)
    whole: set[datetime] = set()
    for end, start, _ in sorted(ends, key=lambda item: item[0]):
        if start is None or start in whole:
            whole.add(end)
    newest = max(ends, key=lambda item: item[0])
    return Cache(name, tuple(sorted(whole)), newest[2], newest[0] not in whole)


def _with_cache(look: Look, job: BackupJob, cache: Cache) -> BackupJob:
    proofs, versioned = job.proofs, job.versioned
    if cache.points:
        proofs += (Proof("manifest_name", "B", cache.points[-1]),)
    if versioned is None and is_deep(cache.points):
        versioned = True
    return replace(
        job,
        proofs=proofs,
        versioned=versioned,
        oldest_at=min(cache.points, default=None),
        source_paths=job.source_paths or _saved_folder(look, cache.newest),
        last_run_failed=True if cache.broken else job.last_run_failed,
    )


def _saved_folder(look: Look, manifest: str) -> tuple[str, ...]:
    """Read the folder that was saved from a manifest's first two lines."""
    head = look.head(manifest, lines=2, hides="run") or ""
    found = re.search(r"^Localdir (\S.{0,300})$", head, re.MULTILINE)
    return (found.group(1).strip(),) if found else ()


def parse_compact(text: str) -> datetime | None:
    """Read ``20261122T024000`` as UTC."""
    try:
        return datetime.strptime(f"{text}+0000", "%Y%m%dT%H%M%S%z").astimezone(UTC)
    except ValueError:
        return None
