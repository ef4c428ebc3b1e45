"""rsnapshot: only its log tells the truth; folders are renewed even when every copy failed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Final

from posture_scan.checks.backup.depth import DEEP_DAYS, keeps_enough
from posture_scan.checks.backup.facts import BackupJob, Proof
from posture_scan.checks.backup.messages import LOG_LIMIT
from posture_scan.checks.backup.planned import Planned, base_job
from posture_scan.checks.backup.surroundings import Surroundings

from posture_scan.sdk import Look

_DAY: Final = 86_400
_DEFAULT: Final = "/etc/rsnapshot.conf"
_LINE: Final = re.compile(
    r"^\[(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)\] \S*rsnapshot (?:\S++ )*?(\w++): (.++)$"
)


@dataclass(frozen=True)
class Config:
    """The lines of the configuration that matter here."""

    sources: tuple[str, ...] = ()
    root: str = ""
    log: str = ""
    retain: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """The last word of the log about one interval."""

    ok: bool
    at: datetime


def rsnapshot_jobs(
    look: Look, planned: Sequence[Planned], surroundings: Surroundings
) -> list[BackupJob]:
    """Return one job per configuration: its shortest interval, which makes the real copies."""
    mine = [item for item in planned if item.command.engine == "rsnapshot"]
    jobs = []
    for path in dict.fromkeys((item.command.configs or (_DEFAULT,))[0] for item in mine):
        group = [item for item in mine if (item.command.configs or (_DEFAULT,))[0] == path]
        text = look.text(path)
        config = parse_config(text or "")
        first = next(iter(config.retain), "")
        item = next((one for one in group if one.command.interval == first), group[0])
        command = replace(item.command, sources=config.sources, destination=config.root)
        job = base_job(look, replace(item, command=command, log=""), surroundings)
        if config.sources:
            jobs.append(_with_log(look, job, config, item.command.interval))
            continue
        known = text is not None or look.is_missing(path)
        trap = "unconfigured" if known else "configuration_closed"
        jobs.append(replace(job, traps=(*job.traps, trap)))
    return jobs


def _with_log(look: Look, job: BackupJob, config: Config, interval: str) -> BackupJob:
    job = replace(job, log=config.log, versioned=_keeps(config, job.schedule_seconds))
    if not config.log:
        return replace(job, traps=(*job.traps, "no_log"))
    text = look.text(config.log, hides="run", limit=LOG_LIMIT)
    outcome = last_outcome(text or "", interval, look.local_zone(hides="run"))
    if outcome is None:
        return job
    proofs = job.proofs + ((Proof("engine_log", "A", outcome.at),) if outcome.ok else ())
    return replace(job, proofs=proofs, last_run_failed=not outcome.ok)


def parse_config(text: str) -> Config:
    """Read the tab-separated lines ``backup``, ``snapshot_root``, ``logfile`` and ``retain``."""
    sources: list[str] = []
    values: dict[str, str] = {}
    retain: dict[str, int] = {}
    for line in text.splitlines():
        parts = [part for part in line.strip().split("\t") if part]
        if len(parts) < 2 or line.startswith("#"):  # noqa: PLR2004 -- a name and a value
            continue
        if parts[0] == "backup":
            sources.append(parts[1].rstrip("/") or "/")
        elif parts[0] in ("retain", "interval") and parts[-1].isdigit():
            retain[parts[1]] = int(parts[-1])
        else:
            values[parts[0]] = parts[1]
    return Config(
        tuple(sources), values.get("snapshot_root", ""), values.get("logfile", ""), retain
    )


def _keeps(config: Config, seconds: int) -> bool | None:
    """Judge the depth by the usual names, or by the number of copies and their distance."""
    known = {"hourly", "daily", "weekly", "monthly", "yearly"}
    if set(config.retain) & known:
        enough: bool | None = keeps_enough(config.retain)
        return enough
    count = next(iter(config.retain.values()), 0)
    if not seconds or not count:
        return None
    return True if count * seconds >= DEEP_DAYS * _DAY else None


def last_outcome(text: str, interval: str, zone: tzinfo | None) -> Outcome | None:
    """Return how the newest run of an interval ended; its times are local to the computer.

    None where that run has no readable time: an older one would not be the newest.
    """
    outcome = None
    for line in text.splitlines():
        found = _LINE.match(line)
        if not found or (interval and found.group(2) != interval):
            continue
        said = found.group(3)
        if said == "completed successfully" or said.endswith("with some warnings"):
            ok = True
        elif said.startswith("ERROR"):
            ok = False
        else:
            continue
        at = _moment(found.group(1), zone)
        outcome = Outcome(ok, at) if at else None
    return outcome


def _moment(text: str, zone: tzinfo | None) -> datetime | None:
    try:
        local = datetime.fromisoformat(text).replace(tzinfo=zone)
        return local.astimezone(UTC) if zone else None
    except (ValueError, OverflowError):
        return None
