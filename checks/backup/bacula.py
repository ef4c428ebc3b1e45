"""Bacula and Bareos: the director plans and remembers, the computers that are saved do not.

The sample that packages bring saves ``/usr/sbin`` to a folder that does not exist: it is planned
and switched on, and is no backup. "T" (terminated normally) is also the word for a run whose
folder was missing, so a run counts only without errors, and a full one only with files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from posture_scan.checks.backup.bacula_conf import Resource, files_named, parse
from posture_scan.checks.backup.bacula_runs import Run, reports, run_of
from posture_scan.checks.backup.depth import is_deep
from posture_scan.checks.backup.destination import is_here
from posture_scan.checks.backup.facts import BackupJob, Place, Proof
from posture_scan.checks.backup.messages import LOG_LIMIT, shrunk
from posture_scan.checks.backup.surroundings import Surroundings

from posture_scan.sdk import Attempt, Look

_DAY: Final = 86_400
_SAMPLES: Final = frozenset({"/usr/sbin", "/sbin", "/usr/local/sbin"})
_RUNS: Final = (
    "SELECT Job.Name AS name, Client.Name AS client, Job.Type AS type, Job.Level AS level,"
    " Job.JobStatus AS status, Job.RealEndTime AS ended, Job.JobTDate AS epoch,"
    " Job.JobErrors AS errors, Job.JobFiles AS files, Job.JobBytes AS bytes"
    " FROM Job LEFT JOIN Client ON Job.ClientId = Client.ClientId"
    " ORDER BY Job.JobId DESC LIMIT 5000"
)


@dataclass(frozen=True)
class Flavour:
    """Where one of the two keeps its things."""

    engine: str
    director: tuple[str, ...]
    client: tuple[str, ...]
    storage: tuple[str, ...]
    log: str


_FLAVOURS: Final = (
    Flavour(
        "bacula", ("/etc/bacula/bacula-dir.conf",), ("/etc/bacula/bacula-fd.conf",),
        ("/etc/bacula/bacula-sd.conf",), "/var/log/bacula/bacula.log",
    ),
    Flavour(
        "bareos", ("/etc/bareos/bareos-dir.conf", "/etc/bareos/bareos-dir.d/*/*.conf"),
        ("/etc/bareos/bareos-fd.conf", "/etc/bareos/bareos-fd.d/*/*.conf"),
        ("/etc/bareos/bareos-sd.conf", "/etc/bareos/bareos-sd.d/*/*.conf"),
        "/var/log/bareos/bareos.log",
    ),
)  # fmt: skip


def bacula_jobs(look: Look, surroundings: Surroundings) -> list[BackupJob]:
    """Return what a director here plans for this computer; a mere client is only recognised."""
    jobs: list[BackupJob] = []
    for flavour in _FLAVOURS:
        before = len(look.not_read)
        director = _resources(look, flavour.director)
        client = _resources(look, flavour.client, hides="run")
        mine = Director(look, surroundings, flavour, director, client).jobs() if director else []
        jobs += mine
        if not mine and (client or director or len(look.not_read) > before):
            jobs.append(BackupJob(flavour.engine, flavour.client[0]))
    return jobs


def _resources(look: Look, patterns: Sequence[str], hides: str = "job") -> list[Resource]:
    found: list[Resource] = []
    for pattern in patterns:
        for info in look.files(pattern, hides=hides):
            text = look.text(info.path, hides=hides)
            if text is not None:
                found += parse(text) or [Resource("unreadable")]
    return found


class Director:
    """A director's plans for this computer, and what its catalogue says of them."""

    def __init__(
        self, look: Look, surroundings: Surroundings, flavour: Flavour,
        resources: Sequence[Resource], client: Sequence[Resource],
    ) -> None:  # fmt: skip
        """Sort the resources by kind and name."""
        self.look = look
        self.surroundings = surroundings
        self.flavour = flavour
        self.named: dict[tuple[str, str], Resource] = {}
        self.planned: list[Resource] = []
        for item in resources:
            kind = "storage" if item.kind == "autochanger" else item.kind
            self.named.setdefault((kind, item.get("name")), item)
            if kind == "job":
                self.planned.append(item)
        director = next((item for item in resources if item.kind == "director"), None)
        self.folder = director.get("workingdirectory") if director else ""
        self.own = {item.get("name") for item in client if item.kind in ("filedaemon", "client")}

    def jobs(self) -> list[BackupJob]:
        """Return one job per planned backup of this computer."""
        runs = self._runs()
        own = [
            item for item in self.planned
            if (self._value(item, "type").lower() or "backup") == "backup"
            and self._is_own(self._value(item, "client"))
        ]  # fmt: skip
        real = [item for item in own if not self._is_sample(self._sources(item))]
        return [
            with_runs(self._job(item), self._runs_of(item, runs, alone=real == [item]))
            for item in own
        ]

    def _runs_of(self, item: Resource, runs: Sequence[Run], *, alone: bool) -> list[Run]:
        """Return the runs that are surely about one plan.

        A check belongs to the plan that its ``Verify Job`` names. Of a restore nothing tells which
        plan's copy it came from, so it counts where the computer has a single one.
        """
        name, client = item.get("name"), self._value(item, "client")
        found = []
        for run in runs:
            planned = self.named.get(("job", run.name))
            named = self._value(planned, "verifyjob") if planned else ""
            about = named == name if run.kind == "V" and named else alone
            if run.name == name if run.kind == "B" else about and run.client == client:
                found.append(run)
        return found

    def _sources(self, item: Resource) -> tuple[str, ...]:
        files = self.named.get(("fileset", self._value(item, "fileset")))
        return tuple(files_named(files)) if files else ()

    def _value(self, job: Resource, name: str) -> str:
        defaults = self.named.get(("jobdefs", job.get("jobdefs")))
        return job.get(name) or (defaults.get(name) if defaults else "")

    def _is_own(self, client: str) -> bool:
        """Tell whether this client is this computer: by its own name, or by its address."""
        if client in self.own:
            return True
        resource = self.named.get(("client", client))
        return self._is_here(resource.get("address") if resource else "")

    def _is_here(self, address: str) -> bool:
        here: bool = is_here(address, self.surroundings.own_names)
        return here

    def _job(self, item: Resource) -> BackupJob:
        sources = self._sources(item)
        seconds = self._seconds(self._value(item, "schedule"))
        sample = self._is_sample(sources)
        gone = any(path.startswith("/") and self.look.is_missing(path) for path in sources)
        on = self._value(item, "enabled").lower() not in ("no", "false", "off", "0")
        destination, place = self._destination(item, sources)
        return BackupJob(
            self.flavour.engine, f"{self.flavour.director[0]} {item.get('name')}",
            source_paths=sources[:50],
            destination=destination,
            destination_class=place,
            schedule_seconds=seconds,
            enabled=(True if seconds else None) if on else False,
            traps=(("unconfigured",) if sample else ()) + (("source_missing",) if gone else ()),
            separate_credentials=True if place in _AWAY else None,
            log=self.flavour.log,
        )  # fmt: skip

    def _is_sample(self, sources: Sequence[str]) -> bool:
        """Tell whether only the packages' sample or the catalogue itself is saved, no data."""
        return all(
            path in _SAMPLES or (path.startswith(f"{self.folder}/") and path.endswith(".sql"))
            for path in sources
        )

    def _seconds(self, schedule: str) -> int:
        """Return the shortest period of a schedule's lines; 0 where it has none."""
        resource = self.named.get(("schedule", schedule))
        periods = [period_of(line) for line in (resource.values.get("run", []) if resource else [])]
        return min((period for period in periods if period), default=0)

    def _destination(self, item: Resource, sources: tuple[str, ...]) -> tuple[str, Place]:
        pool = self.named.get(("pool", self._value(item, "pool")))
        name = self._value(item, "storage") or (pool.get("storage") if pool else "")
        storage = self.named.get(("storage", name))
        if storage is None:
            return "", Place.UNKNOWN
        address = storage.get("address")
        if not self._is_here(address):
            return f"{address}: {name}", Place.OTHER_HOST if address else Place.UNKNOWN
        media = storage.get("mediatype")
        for device in _resources(self.look, self.flavour.storage, hides="run"):
            path = device.get("archivedevice")
            if device.kind == "device" and device.get("mediatype") == media and path:
                if path.startswith("/dev/"):
                    return path, Place.REMOVABLE
                return path, self.surroundings.classify(self.look, path, sources)
        return name, Place.UNKNOWN

    def _runs(self) -> list[Run]:
        """Ask the catalogue where it is a file; else the log tells less, and says so."""
        catalogue = next((one for (kind, _), one in self.named.items() if kind == "catalog"), None)
        folder = self.folder
        name = catalogue.get("dbname") if catalogue else ""
        zone = self.look.local_zone(hides="run")
        served = catalogue is not None and (catalogue.get("dbuser") or catalogue.get("dbaddress"))
        path = f"{folder}/{name}.db"
        # A file that is left over from before a move to a database server tells of old runs only.
        if folder.startswith("/") and name and not served and not self.look.is_missing(path):
            rows = self.look.select(path, _RUNS, hides="run")
            return [run for row in rows for run in run_of(row, zone)]
        text = self.look.text(self.flavour.log, hides="run", limit=LOG_LIMIT) or ""
        if not text:
            self.look.note(f"{self.flavour.engine}: {name}", Attempt.TOOL_MISSING, "run", "tool")
        found: list[Run] = reports(text, zone)
        return found


_AWAY: Final = (Place.OTHER_HOST, Place.REMOVABLE)


def with_runs(job: BackupJob, runs: Sequence[Run]) -> BackupJob:
    """Add what its runs prove: the last backup, checks by reading back, and restores."""
    ended = [run for run in runs if run.kind == "B" and run.ended]
    good = [run for run in ended if run.good()]
    # An increment without any files is worth something only on top of a run that had some.
    good = good if any(run.files for run in good) else []
    restores = [
        run.at for run in runs
        if run.kind == "R" and run.good() and run.files and not run.logged
    ]  # fmt: skip
    checks = [run for run in runs if run.checked and run.good()]
    checked = max(checks, key=lambda run: run.at, default=None)
    full = sorted((run for run in good if run.level == "F"), key=lambda run: run.at)
    newest = max(ended, key=lambda run: run.at, default=None)
    proofs = job.proofs
    if good:
        evidence = "B" if any(run.logged for run in good) else "A"
        proofs += (Proof("catalogue", evidence, max(run.at for run in good)),)
    return replace(
        job,
        proofs=proofs,
        last_run_failed=None if newest is None else not newest.good(),
        versioned=True if is_deep([run.at for run in good]) else job.versioned,
        oldest_at=min((run.at for run in good), default=None),
        traps=job.traps + (("shrunk",) if shrunk([run.size for run in full]) else ()),
        integrity_at=checked.at if checked else None,
        integrity_grade=checked.checked if checked else "",
        restore_proven_at=max(restores, default=None),
    )


def period_of(line: str) -> int:
    """Return the period of a ``Run =`` line: hours, days, weekdays or months.

    ``Incremental mon-sat at 23:05`` leaves out a day, which another line has: daily. What names
    weeks of the month, or days of it, comes once a month.
    """
    words = line.lower().split()
    if "hourly" in words:
        return 3600
    if any(re.fullmatch(r"(?:\d(?:st|nd|rd|th)|first|second|third|fourth|fifth)(?:-.*)?", word)
           for word in words) or "monthly" in words:  # fmt: skip
        return 31 * _DAY
    days = "mon|tue|wed|thu|fri|sat|sun"
    spans = [word for word in words if re.match(rf"(?:{days})", word)]
    if any("-" in word or "," in word for word in spans) or not spans:
        return _DAY if "at" in words or "daily" in words or spans else 0
    return 7 * _DAY
