"""borgmatic: borg driven by a configuration file; without the file it does nothing at all.

Debian switches its timer on when the package is installed. With no configuration every naive
sign is green (enabled, active, LAST, Result=success), and nothing is ever backed up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from posture_scan.checks.backup.borg import Scene, with_trace
from posture_scan.checks.backup.depth import keeps_enough
from posture_scan.checks.backup.facts import BackupJob
from posture_scan.checks.backup.planned import Planned, base_job

from posture_scan.sdk import Look, redacted_address

_SYSTEM: Final = ("/etc/borgmatic/config.yaml", "/etc/borgmatic.d/*.yaml")
_OWN: Final = (".config/borgmatic/config.yaml", ".config/borgmatic.d/*.yaml")
_CHECKS: Final = (".borgmatic/checks", ".local/state/borgmatic/checks")
"""Where check stamps lie: up to 1.8, and from 1.9 on."""

_GRADES: Final = {
    "repository": "structure", "archives": "structure", "data": "data", "extract": "data",
}  # fmt: skip
"""How deep each check goes. ``extract`` reads the newest archive back: it deepens a check, is none
by itself, and restores nothing."""

_ITEM: Final = re.compile(r"^\s*+(?:-\s*+(?:path:\s*+)?+|path:\s*+)(.+)$")
_SAMPLE: Final = "ssh://user@backupserver/"
"""Stands in the file that ``borgmatic config generate`` makes until somebody puts in a real one."""
_SAME_RUN: Final = timedelta(days=1)
_KEEP: Final = re.compile(
    r"^[ \t]*+keep_(hourly|daily|weekly|monthly|yearly):[ \t]*+(\d{1,6})", re.MULTILINE
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
        destination=redacted_address(repository),
        destination_class=scene.surroundings.classify(look, repository, config.sources),
        versioned=keeps_enough(config.keep),
        traps=job.traps + (("source_missing",) if missing else ()),
    )
    trace = scene.trace_at(repository)
    if trace is None:
        return job
    job = with_trace(scene, job, trace)
    checked = _checked(look, trace.repository)
    return replace(job, integrity_at=checked[0], integrity_grade=checked[1]) if checked else job


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
    repositories = tuple(_list_under(text, "repositories"))
    if any(name.startswith(_SAMPLE) for name in repositories):
        return Config(path)
    return Config(
        path,
        sources=tuple(_list_under(text, "source_directories")),
        repositories=repositories,
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


def _checked(look: Look, repository: str) -> tuple[datetime, str] | None:
    """Return when the newest check passed, and the deepest of those of the same day.

    Stamps are files; from 1.8 on those of archives and data lie in a folder of that name.
    """
    found: list[tuple[datetime, str]] = []
    for home in look.host.homes():
        for folder in _CHECKS:
            base = f"{home}/{folder}/{repository}"
            stamps = [
                *look.files(f"{base}/*", hides="run"),
                *look.files(f"{base}/*/*", hides="run"),
            ]
            for info in stamps:
                name = info.path.removeprefix(f"{base}/").split("/")[0]
                if name in _GRADES and not info.is_dir:
                    found.append((info.modified, name))
    newest = max((at for at, name in found if name != "extract"), default=None)
    if newest is None:
        return None
    deep = any(_GRADES[name] == "data" and newest - at <= _SAME_RUN for at, name in found)
    return newest, "data" if deep else "structure"
