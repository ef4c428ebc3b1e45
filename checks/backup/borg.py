"""Borg: two small files tell where a repository is and when it was last written to.

``manifest-timestamp`` also moves when old archives are pruned, the ``files`` cache only when a
backup is made: only both together prove a backup. An empty ``files`` cache is written when a
repository is set up or looked at for the first time, so it proves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from posture_scan.checks.backup.facts import BackupJob, Proof
from posture_scan.checks.backup.planned import Planned, base_job
from posture_scan.checks.backup.surroundings import Surroundings

from posture_scan.sdk import Look, redacted_address

_SLACK = timedelta(minutes=10)
"""The two files of one run are written within minutes of each other."""


@dataclass(frozen=True)
class Trace:
    """What one home knows of one repository."""

    repository: str
    location: str
    manifest: datetime | None
    files: datetime | None

    def proof(self) -> Proof | None:
        """Return the last backup that both files agree on."""
        if self.files is None or self.manifest is None:
            return None
        if self.manifest + _SLACK < self.files:
            return None  # the list of files is newer than anything that was saved
        return Proof("manifest_and_files", "A", self.files)

    def traps(self) -> tuple[str, ...]:
        """Name what makes the repository look fresher than its backups are."""
        if self.manifest is None:
            return ()
        if self.files is None or self.manifest - self.files > timedelta(days=1):
            return ("pruned_only",)
        return ()


def borg_traces(look: Look) -> tuple[Trace, ...]:
    """Read ``~/.config/borg/security/<id>`` and the times in ``~/.cache/borg/<id>``."""
    found = []
    for home in look.host.homes():
        for folder in look.files(f"{home}/.config/borg/security/*", hides="run"):
            repository = folder.path.rsplit("/", 1)[-1]
            location = look.text(f"{folder.path}/location", hides="run", limit=4096)
            stamp = look.text(f"{folder.path}/manifest-timestamp", hides="run", limit=256)
            cache = look.files(f"{home}/.cache/borg/{repository}/files*", hides="run")
            times = [info.modified for info in cache if info.size and not info.is_dir]
            found.append(
                Trace(
                    repository, (location or "").strip(), parse_stamp(stamp or ""),
                    max(times) if times else None,
                )
            )  # fmt: skip
    return tuple(found)


def parse_stamp(text: str) -> datetime | None:
    """Read borg's time, which is UTC although it does not say so."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def same_place(location: str, destination: str) -> bool:
    """Tell whether two spellings name the same repository."""
    return bool(destination) and _plain(location) == _plain(destination)


def _plain(location: str) -> str:
    """``ssh://u@h:22/./x``, ``ssh://u@h/x`` and ``u@h:x`` are spelt alike."""
    text = redacted_address(location).removeprefix("file://").rstrip("/")
    if text.startswith("ssh://"):
        host, _, path = text[6:].partition("/")
        return f"{host.split(':')[0]}:{path.lstrip('./')}"
    host, colon, path = text.partition(":")
    return f"{host}:{path.lstrip('./')}" if colon and "/" not in host else text


@dataclass(frozen=True)
class Scene:
    """What the readers of the borg family share; ``taken`` are the traces that found a job."""

    look: Look
    surroundings: Surroundings
    traces: tuple[Trace, ...]
    taken: set[str] = field(default_factory=set)

    def trace_at(self, location: str) -> Trace | None:
        """Return the trace of a repository, and remember that it has found its job."""
        found = next((one for one in self.traces if same_place(one.location, location)), None)
        if found is not None:
            self.taken.add(found.repository)
        return found


def borg_jobs(scene: Scene, planned: Sequence[Planned]) -> list[BackupJob]:
    """Join planned ``borg create`` calls with their traces; other traces stand alone."""
    jobs = []
    mine = [item for item in planned if item.command.engine == "borg"]
    for item in mine:
        job = base_job(scene.look, item, scene.surroundings)
        trace = scene.trace_at(item.command.destination)
        if trace is None and len(mine) == len(scene.traces) == 1 and not job.destination:
            trace = scene.trace_at(scene.traces[0].location)
        jobs.append(with_trace(scene, job, trace) if trace else job)
    jobs += [
        with_trace(scene, BackupJob("borg", f"borg {trace.repository[:8]}"), trace)
        for trace in scene.traces
        if trace.repository not in scene.taken
    ]
    return jobs


def with_trace(scene: Scene, job: BackupJob, trace: Trace) -> BackupJob:
    """Add to a job what a trace proves, and where it says that the repository is."""
    proof = trace.proof()
    place = scene.surroundings.classify(scene.look, trace.location, job.source_paths)
    return replace(
        job,
        destination=job.destination or redacted_address(trace.location),
        destination_class=place,
        proofs=job.proofs + ((proof,) if proof else ()),
        traps=job.traps + trace.traps(),
    )
