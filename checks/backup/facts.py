"""What a look at one computer's backups brings: jobs, what proves their runs, what was not seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from posture_scan.sdk import Facts, Method, NotRead


class Kind(StrEnum):
    """What a job is for; only ``backup`` and ``mirror`` keep a copy that outlives a mistake."""

    BACKUP = "backup"
    MIRROR = "mirror"
    """A copy without versions (rsync, robocopy /MIR, rclone sync): counts up to level 2."""
    SYNC = "sync"
    """Follows every change and every encryption at once (OneDrive, rclone bisync): level 0."""
    SNAPSHOT = "snapshot"
    """Old states on the same disk (timeshift, shadow copies): level 0."""


class Place(StrEnum):
    """Where a destination is, as far as failing together with the source is concerned."""

    SAME_DISK = "same_disk"
    OTHER_DISK = "other_disk"
    REMOVABLE = "removable"
    MOUNTED_SHARE = "other_host_mounted"
    NETWORK_SHARE = "network_share"
    SAME_HOST = "same_host"
    OTHER_HOST = "other_host"
    REST_SERVER = "rest_server"
    OBJECT_STORAGE = "object_storage"
    CLOUD_DRIVE = "cloud_drive"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Proof:
    """One trace of a run that ended well.

    ``evidence_class``: A the engine says so, B a consistent trace, C a scheduler started it, D a
    record that somebody handed in.
    Two traces are independent when their ``artefact`` differs.
    """

    artefact: str
    evidence_class: str
    at: datetime


@dataclass(frozen=True)
class BackupJob:
    """One backup as it is set up and as its traces tell of it."""

    engine: str
    job: str
    """Where it is set up: a unit, ``/etc/cron.d/x:3``, a task, or the trace's own name."""
    kind: Kind = Kind.BACKUP
    source_paths: tuple[str, ...] = ()
    destination: str = ""
    """Without user names or passwords."""
    destination_class: Place = Place.UNKNOWN
    schedule_seconds: int = 0
    """Seconds between two runs; 0 = not known."""
    enabled: bool | None = None
    """None: a schedule was not seen, which does not mean that there is none."""
    proofs: tuple[Proof, ...] = ()
    last_run_failed: bool | None = None
    """Only what the newest run itself says; None when it is silent."""
    traps: tuple[str, ...] = ()
    """Reasons why it looks better than it is, such as ``unconfigured``."""
    versioned: bool | None = None
    """At least 14 daily restore points, or 30 days."""
    oldest_at: datetime | None = None
    """Oldest restore point, or run that ended well, of which a trace is left; None where the
    engine leaves no list. Logs and caches may have been cleared since, so it can only be older."""
    separate_credentials: bool | None = None
    """The daily user cannot write to the destination."""
    rotated_media: bool | None = None
    """Two or more media took turns in the last 30 days."""
    locked_until: datetime | None = None
    """Object lock on the newest restore point."""
    integrity_at: datetime | None = None
    integrity_grade: str = ""
    """How deep the last passed check went: ``structure``, ``data`` or empty (not known)."""
    restore_proven_at: datetime | None = None
    log: str = ""


@dataclass(frozen=True)
class BackupSurvey(Facts):
    """Everything this computer says about its backups."""

    method: ClassVar[Method] = Method.REGISTRY_OR_PACKAGE

    platform: str
    elevated: bool
    role: str
    """``server``, ``computer`` or empty."""
    clock_synchronised: bool | None
    jobs: tuple[BackupJob, ...] = ()
    not_read: tuple[NotRead, ...] = ()
    collected_at: datetime | None = None


@dataclass(frozen=True)
class BackupProof(Facts):
    """Base of what is known of a backup from elsewhere; weighed beside the survey."""


@dataclass(frozen=True)
class ObjectLock(BackupProof):
    """What a bucket says of its newest restore point: who can still delete it, and until when."""

    method: ClassVar[Method] = Method.PROTOCOL_HANDSHAKE

    destination: str
    """Without any key; compared with the destinations of jobs."""
    lock_enabled: bool | None
    """None: the bucket's configuration was not seen."""
    default_mode: str = ""
    """``COMPLIANCE``, ``GOVERNANCE`` or empty; what the writer asks for counts more."""
    default_days: int = 0
    versioning: str = ""
    """``Enabled`` alone keeps nothing: who may delete versions deletes them all."""
    layout: str = ""
    """``restic`` where its folders were seen, else ``objects``: the newest of all counts."""
    objects_seen: int = 0
    listing_whole: bool = False
    newest_at: datetime | None = None
    newest_mode: str = ""
    newest_until: datetime | None = None
    newest_seen: bool = False
    """Whether its lock, or that it has none, was really told."""
    legal_hold: bool = False
    not_read: tuple[NotRead, ...] = ()


class Outcome(StrEnum):
    """What became of one sealed file in a restore drill."""

    PROVEN = "proven"
    MISMATCH = "mismatch"
    """It came back with other bytes than were sealed."""
    CHANGED = "changed"
    """It came back as it lies in its folder, which is not as it was sealed."""
    DAMAGED = "damaged"
    """The engine says that it cannot bring back what it saved."""
    MISSING = "missing"
    """In no restore point that was made since the seal."""


@dataclass(frozen=True)
class RestoredFile:
    """One sealed file's way back."""

    folder: str
    name: str
    outcome: Outcome
    sha256_ok: bool
    point: str = ""
    """The restore point as the engine names it; empty when somebody restored by hand."""
    point_at: datetime | None = None
    size: int = 0
    seconds: int = 0


@dataclass(frozen=True)
class RestoreDrill(BackupProof):
    """A restore that this program itself had made, or was shown, and compared byte for byte.

    ``evidence_class``: A the engine brought the file back out of its repository; B somebody
    says that he restored it, and the bytes are those that were sealed.
    """

    method: ClassVar[Method] = Method.VERIFIED_ACTION
    valid_for: ClassVar[timedelta] = timedelta(days=365)
    """The longer of the two windows of level 5; the check knows which one holds."""

    engine: str
    """``restic``, ``borg``, ``duplicity``, ``rsnapshot`` or ``by_hand``."""
    engine_version: str
    evidence_class: str
    sealed_at: datetime
    verified_at: datetime
    destination: str
    """Without user names or passwords."""
    files: tuple[RestoredFile, ...] = ()
    not_sealed: tuple[str, ...] = ()
    """Folders that were to be part of the drill and could not be written to."""
