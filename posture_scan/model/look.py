"""Looking at the computer so that what could not be seen is written down, never forgotten."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import ClassVar, Final

from posture_scan.model.confidence import Method
from posture_scan.model.evidence import Attempt, Facts
from posture_scan.model.finding import Verdict
from posture_scan.model.verdict import unknown
from posture_scan.model.world import (
    AttemptError,
    CommandResult,
    FileInfo,
    Host,
    RegistryData,
    SystemRow,
)
from posture_scan.model.zone import zone_of

GAP: Final = "not on the tape"
"""How a recording says that it does not know, which is not the same as "no such file"."""

_LOCAL_TIME: Final = "/etc/localtime"
_LIFT: Final[dict[Attempt, str]] = {
    Attempt.PERMISSION_DENIED: "administrator",
    Attempt.LIMIT_REACHED: "larger_limit",
    Attempt.TIMEOUT: "again",
    Attempt.TOOL_MISSING: "tool",
}


@dataclass(frozen=True)
class NotRead:
    """A place that could not be looked into."""

    what: str
    """A path, a command, a registry key or the name of a system."""
    attempt: str
    lift: str
    """What would open it: ``administrator``, ``full_disk_access``, ``journal_group``, ``tool``,
    ``systemd``, ``recording``, ``larger_limit`` or ``again``."""
    hides: str = "job"
    """What may be hidden there, in the pack's own word; of backups ``job`` (a whole one) or
    ``run`` (only the proof of a run)."""


@dataclass(frozen=True)
class HostFacts(Facts):
    """Base of evidence types that tell what a computer says of itself.

    ``platform`` is ``linux``, ``windows`` or ``darwin``; ``elevated`` whether it was asked with an
    administrator's rights.
    """

    method: ClassVar[Method] = Method.REGISTRY_OR_PACKAGE

    platform: str
    elevated: bool
    not_read: tuple[NotRead, ...] = field(default=(), kw_only=True)
    """What stayed closed, so that no check takes it for empty."""


_KEPT: Final = 200
"""Closed places that facts keep; one is enough to keep a check from passing."""


class Look:
    """A host with a memory of the places that stayed closed."""

    def __init__(self, host: Host) -> None:
        """Look through ``host``; notes gather in ``not_read``."""
        self.host = host
        self.not_read: list[NotRead] = []

    def text(self, path: str, *, hides: str = "job", limit: int = 1_048_576) -> str | None:
        """Return a file's text, or None when it is not there or closed (noted)."""
        try:
            return self.host.read(path, limit=limit).decode("utf-8", "replace")
        except AttemptError as error:
            self._note_unless_absent(path, error, hides)
            return None

    def data(self, path: str, *, hides: str = "job", limit: int = 1_048_576) -> bytes | None:
        """Return a file's bytes, or None when it is not there or closed (noted)."""
        try:
            return self.host.read(path, limit=limit)
        except AttemptError as error:
            self._note_unless_absent(path, error, hides)
            return None

    def head(self, path: str, *, lines: int, hides: str = "job") -> str | None:
        """Return a file's first lines, or None when it is not there or closed (noted)."""
        try:
            return self.host.head(path, lines=lines).decode("utf-8", "replace")
        except AttemptError as error:
            self._note_unless_absent(path, error, hides)
            return None

    def select(self, path: str, statement: str, *, hides: str = "job") -> tuple[SystemRow, ...]:
        """Ask a SQLite file; one that is not there or closed (noted) looks empty."""
        try:
            return self.host.select(path, statement)
        except AttemptError as error:
            self._note_unless_absent(path, error, hides)
            return ()

    def files(self, pattern: str, *, hides: str = "job", limit: int = 1000) -> tuple[FileInfo, ...]:
        """List what matches; a closed folder is noted and looks empty."""
        try:
            return self.host.glob(pattern, limit=limit)
        except AttemptError as error:
            self._note_unless_absent(pattern, error, hides)
            return ()

    def info(self, path: str, *, hides: str = "run") -> FileInfo | None:
        """Return what the file system says of a path, or None."""
        try:
            return self.host.stat(path)
        except AttemptError as error:
            self._note_unless_absent(path, error, hides)
            return None

    def local_zone(self, *, hides: str) -> tzinfo | None:
        """Return the zone that this computer's local times are in; None where it is not known.

        Without the file it is UTC (localtime(5)). A file that is closed or damaged is noted: to
        take UTC then would make what is nine hours old in Japan look new.
        """
        data = self.data(_LOCAL_TIME, hides=hides, limit=65_536)
        if data is None:
            return UTC if self.is_missing(_LOCAL_TIME) else None
        zone = zone_of(data)
        if zone is None:
            self.note(_LOCAL_TIME, Attempt.PROTOCOL_MISMATCH, hides, "tool")
        return zone

    def is_missing(self, path: str) -> bool:
        """Tell whether a path is certainly not there; closed or unrecorded is no certainty."""
        try:
            self.host.stat(path)
        except AttemptError as error:
            return is_absent(error)
        return False

    def run(
        self,
        argv: tuple[str, ...],
        *,
        hides: str = "job",
        timeout: float = 5.0,
        quiet: bool = False,
    ) -> CommandResult | None:
        """Run a command; None when it could not be (noted unless ``quiet``)."""
        try:
            return self.host.run(argv, timeout=timeout)
        except AttemptError as error:
            if not quiet or not is_absent(error):
                self.note(" ".join(argv[:2]), error.attempt, hides, lift_of(error))
            return None

    def value(self, key: str, name: str, *, hides: str = "setting") -> RegistryData | None:
        """Return a value of the registry, or None when there is none or it is closed (noted)."""
        try:
            return self.host.registry(key, name)
        except AttemptError as error:
            self._note_unless_absent(f"{key}\\{name}", error, hides)
            return None

    def noted(self) -> tuple[NotRead, ...]:
        """Return the places that stayed closed, as facts keep them."""
        return tuple(self.not_read[:_KEPT])

    def note(self, what: str, attempt: Attempt, hides: str, lift: str) -> None:
        """Write down, once, a place that stayed closed."""
        item = NotRead(what, attempt.value, lift, hides)
        if item not in self.not_read:
            self.not_read.append(item)

    def _note_unless_absent(self, path: str, error: AttemptError, hides: str) -> None:
        if is_absent(error):
            return
        self.note(path, error.attempt, hides, lift_of(error))


def is_absent(error: AttemptError) -> bool:
    """Tell whether this error says that a thing is not there, which is an answer.

    A recording that does not hold the answer says nothing of the kind.
    """
    return error.attempt is Attempt.TOOL_MISSING and GAP not in error.detail


def unseen(facts: HostFacts, *about: str, reason: str = "not_seen") -> Verdict:
    """Return ``unknown`` for what could not be looked at, naming what would open it.

    ``about`` narrows to places that hide one of these. The value ``lift`` is what a person can
    do: ``administrator``, ``full_disk_access``, …; with several, the first that needs a right.
    """
    places = [item for item in facts.not_read if not about or item.hides in about]
    if not places:
        return unknown(reason, lift="again", what="")
    first = min(places, key=lambda item: item.lift != "administrator")
    return unknown(reason, lift=first.lift, what=first.what[:120])


def lift_of(error: AttemptError) -> str:
    """Say what would open a place that answered with this error."""
    if GAP in error.detail:
        return "recording"
    return _LIFT.get(error.attempt, "again")
