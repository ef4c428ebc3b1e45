"""How long a Linux keeps its records: the journal, files in /var/log, and copies sent elsewhere."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from posture_scan.checks.host.ini import pairs
from posture_scan.checks.host.systemd import unit_on

from posture_scan.sdk import Attempt, FileInfo, Look, moment

_JOURNAL_CONF: Final = (
    "/usr/lib/systemd/journald.conf.d/*.conf", "/run/systemd/journald.conf.d/*.conf",
    "/etc/systemd/journald.conf", "/etc/systemd/journald.conf.d/*.conf",
)  # fmt: skip
_JOURNAL_FILES: Final = "/var/log/journal/*/system*.journal"
_BOOTS: Final = ("journalctl", "--list-boots", "--output=json")
_FAMILIES: Final = ("auth.log", "secure", "messages", "syslog")
"""Debian's and Red Hat's files of sign-ins first, then those of everything."""

_FORWARDS: Final = ("/etc/rsyslog.conf", "/etc/rsyslog.d/*.conf")
_REMOTE: Final = re.compile(r"^\s*[^#\s]{1,200}\s+@{1,2}[\w\[(]|omfwd.{0,500}target=", re.MULTILINE)
_BIRTH: Final = ("/etc/machine-id", "/var/log/installer", "/lost+found")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_TURN: Final = timedelta(days=31)


@dataclass(frozen=True)
class Record:
    """One record of what happened, and how far back it reaches."""

    name: str
    oldest: datetime | None
    """None: it is kept, but how far back it reaches could not be seen."""


@dataclass(frozen=True)
class LinuxLogs:
    """All records of one computer."""

    records: tuple[Record, ...]
    forwarded: bool | None
    """Copies are set to be sent elsewhere; None where it was not seen that anything sends them."""
    born: datetime | None
    """Since when the computer exists, as far as its files tell."""


def linux_logs(look: Look) -> LinuxLogs:
    """Read what is kept; the records themselves stay unread."""
    found = [record for record in (_journal(look), _files(look)) if record is not None]
    if not found and look.is_missing("/run/systemd/system"):
        # A container, whose records are kept by the computer around it; or something unknown here.
        look.note("systemd", Attempt.TOOL_MISSING, "logs", "systemd")
    return LinuxLogs(tuple(found), _forwards(look), _born(look))


def _journal(look: Look) -> Record | None:
    """A journal in memory is gone at the next start and does not count."""
    storage = "auto"
    for pattern in _JOURNAL_CONF:
        for info in look.files(pattern, hides="logs"):
            for section, key, value in pairs(look.text(info.path, hides="logs") or ""):
                if (section.lower(), key) == ("journal", "storage"):
                    storage = value.lower()
    if storage in {"volatile", "none"} or look.is_missing("/var/log/journal"):
        return None
    files = look.files(_JOURNAL_FILES, hides="journal")
    closed = any(note.hides == "journal" for note in look.not_read)
    # Debian's package makes the folder; without journald (a container) it stays empty.
    return Record("journal", _oldest_boot(look)) if files or closed else None


def _oldest_boot(look: Look) -> datetime | None:
    """Return when the journal begins; somebody without the right sees only the own part of it."""
    result = look.run(_BOOTS, hides="journal", quiet=True)
    rows = _parsed(result.stdout) if result is not None and result.code == 0 else None
    moments = [row.get("first_entry") for row in rows or () if isinstance(row, dict)]
    times = [number for number in moments if type(number) is int and number > 0]
    if not look.host.elevated:
        look.note("journal", Attempt.PERMISSION_DENIED, "journal", "journal_group")
    elif not times:
        look.note("journal", Attempt.PROTOCOL_MISMATCH, "journal", "tool")
    try:
        return _EPOCH + timedelta(microseconds=min(times)) if times else None
    except OverflowError:
        return None


def _parsed(data: bytes) -> list[Any] | None:
    try:
        table = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return table if isinstance(table, list) else None


def _files(look: Look) -> Record | None:
    """Judge by the times of the files that were turned away, which everybody may list.

    A file turned away ends when it was last written and begins when the one before it ended. The
    one before the oldest is gone, so the usual turn is taken off.
    """
    for name in _FAMILIES:
        found = [info for pattern in (f"/var/log/{name}", f"/var/log/{name}[.-]*")
                 for info in look.files(pattern, hides="logs") if not info.is_dir]  # fmt: skip
        if any(info.size > 0 for info in found):
            return Record(name, _begin(look, found))
    return None


def _begin(look: Look, found: list[FileInfo]) -> datetime | None:
    if len(found) == 1:  # never turned away: it begins where its first line says
        text = look.text(found[0].path, hides="logs") or ""
        begun = moment(text[:40].split(" ")[0].strip())
        if begun is None:
            look.note(found[0].path, Attempt.PROTOCOL_MISMATCH, "logs", "again")
        return begun
    ends = sorted({info.modified for info in found} | {look.host.now})
    turns = [later - earlier for earlier, later in pairwise(ends)]
    return ends[0] - min(max(turns[1:] or turns), _LONGEST_TURN)


def _forwards(look: Look) -> bool | None:
    """Tell whether rsyslog is set to send copies, and runs: its files outlive a removal."""
    if not _names_receiver(look):
        return False
    running: bool | None = unit_on(look, "rsyslog.service")
    return running


def _names_receiver(look: Look) -> bool:
    for pattern in _FORWARDS:
        for info in look.files(pattern, hides="logs"):
            lines = (look.text(info.path, hides="logs") or "").splitlines()
            if any(_REMOTE.search(line[:1_000]) for line in lines if line.lstrip()[:1] != "#"):
                return True
    return False


def _born(look: Look) -> datetime | None:
    times = [info.modified for path in _BIRTH if (info := look.info(path)) is not None]
    return min(times, default=None)
