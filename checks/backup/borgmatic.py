"""borgmatic: borg driven by a configuration file; without the file it does nothing at all.

Debian switches its timer on when the package is installed. With no configuration every naive
sign is green (enabled, active, LAST, Result=success), and nothing is ever backed up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from posture_scan.checks.backup.borg import Scene, with_trace
from posture_scan.checks.backup.destination import redacted
from posture_scan.checks.backup.facts import BackupJob
from posture_scan.checks.backup.planned import Planned, base_job, keeps_enough

from posture_scan.sdk import Look

_SYSTEM: Final = ("/etc/borgmatic/config.yaml", "/etc/borgmatic.d/*.yaml")
_OWN: Final = (".config/borgmatic/config.yaml", ".config/borgmatic.d/*.yaml")
_CHECKS: Final = (".borgmatic/checks", ".local/state/borgmatic/checks")
"""Where check stamps lie: up to 1.8, and from 1.9 on."""

_PROVING: Final = frozenset({"repository", "archives", "data"})
_ITEM: Final = re.compile(r"^\s*(?:-\s*(?:path:\s*)?|path:\s*)(.+?)\s*$")
_KEEP: Final = re.compile(
    r"^\s*keep_(hourly|daily|weekly|monthly|yearly):\s*(\d{1,6})", re.MULTILINE
)


@dataclass(frozen=True)
class Config:
    """The few lines of a configuration file that matter here; secrets stay where they are."""

    path: str
    sources: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()
    keep: dict[str, int] = field(default_factory=dict)
    unclear: bool = False
    """It names repositories, or includes another file, in a way that is not followed here."""


def borgmatic_jobs(scene: Scene, planned: Sequence[Planned]) -> list[BackupJob]:
    """Return one job per repository of every configuration that something starts."""
    look, jobs = scene.look, []
    for item in planned:
        if item.command.engine != "borgmatic":
            continue
        before = len(look.not_read)
        configs = _configs(look, item.command.configs)
        job = base_job(look, item, scene.surroundings)
        if not any(config.repositories for config in configs):
            closed = len(look.not_read) > before
            unclear = any(config.unclear for config in configs)
            trap = "configuration_unclear" if unclear else "unconfigured"
            jobs.append(
                replace(job, traps=(*job.traps, "configuration_closed" if closed else trap))
            )
        for config in configs:
            jobs += [_repository_job(scene, job, config, name) for name in config.repositories]
    return jobs


def _repository_job(scene: Scene, job: BackupJob, config: Config, repository: str) -> BackupJob:
    look = scene.look
    missing = any(path.startswith("/") and look.is_missing(path) for path in config.sources)
    job = replace(
        job,
        source_paths=config.sources[:50],
        destination=redacted(repository),
        destination_class=scene.surroundings.classify(look, repository, config.sources),
        versioned=keeps_enough(config.keep),
        traps=job.traps + (("source_missing",) if missing else ()),
    )
    trace = scene.trace_at(repository)
    if trace is None:
        return job
    job = with_trace(scene, job, trace)
    return replace(job, integrity_at=_checked_at(look, trace.repository))


def _configs(look: Look, named: tuple[str, ...]) -> list[Config]:
    if named:
        paths = list(named)
    else:
        patterns = [*_SYSTEM, *(f"{home}/{tail}" for home in look.host.homes() for tail in _OWN)]
        paths = [info.path for pattern in patterns for info in look.files(pattern)]
    configs = []
    for path in paths:
        text = look.text(path)
        if text:
            configs.append(parse_config(path, text))
    return configs


def parse_config(path: str, text: str) -> Config:
    """Read source folders, repositories and retention of both layouts of the file.

    Up to 1.7 the lists stand under ``location:`` and repositories are plain text; later they
    stand at the top and repositories are ``- path: …``. Only these lists are looked at.
    """
    return Config(
        path,
        sources=tuple(_list_under(text, "source_directories")),
        repositories=tuple(_list_under(text, "repositories")),
        keep={name: int(count) for name, count in _KEEP.findall(text)},
        unclear=bool(re.search(r"^[^#\n]*(?:!include|repositor)", text, re.MULTILINE)),
    )


def _list_under(text: str, key: str) -> list[str]:
    items: list[str] = []
    depth = -1
    for line in text.splitlines():
        bare = line.split(" #")[0].rstrip()
        if not bare.strip() or bare.lstrip().startswith("#"):
            continue
        indent = len(bare) - len(bare.lstrip())
        if depth < 0:
            name, _, rest = bare.strip().partition(":")
            if name == key:
                depth = indent
                items += re.findall(r"[^\[\],\s'\"]+", rest)
            continue
        found = _ITEM.match(bare)
        if found and indent >= depth:
            value = found.group(1).strip("'\"")
            items += [] if value.startswith("label:") else [value]
        elif indent <= depth:
            break
    return items[:100]


def _checked_at(look: Look, repository: str) -> datetime | None:
    times = [
        info.modified
        for home in look.host.homes()
        for folder in _CHECKS
        for info in look.files(f"{home}/{folder}/{repository}/*", hides="run")
        if info.path.rsplit("/", 1)[-1] in _PROVING
    ]
    return max(times) if times else None
