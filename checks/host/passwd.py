"""The people of a Linux computer as ``/etc/passwd`` names them, and whose password is locked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import Attempt, Look

_FIRST: Final = 1000
_LAST: Final = 60_000
"""UID_MIN and UID_MAX of login.defs (Debian, Red Hat, SUSE)."""

_FIELDS: Final = 7
_NO_SHELLS: Final = ("/nologin", "/false", "/sync", "/true", "git-shell")
_MOST_PEOPLE: Final = 2_000


@dataclass(frozen=True)
class Entry:
    """One person's line of ``/etc/passwd``."""

    name: str
    uid: int
    gid: int
    home: str
    no_password: bool
    """The second field is empty: no password is asked for."""


def people(look: Look, *, hides: str) -> tuple[Entry, ...] | None:
    """Return everyone who can work at a prompt or desktop; None where that could not be read."""
    text = look.text("/etc/passwd", hides=hides)
    if text is None:
        # Every Linux has this file: where it is missing, what was looked at is no computer.
        look.note("/etc/passwd", Attempt.TOOL_MISSING, hides, "tool")
        return None
    found = []
    for line in text.splitlines()[: 4 * _MOST_PEOPLE]:
        parts = line.split(":")
        if len(parts) != _FIELDS or not (parts[2].isdecimal() and parts[3].isdecimal()):
            continue
        home = parts[5].rstrip("/")
        entry = Entry(parts[0], int(parts[2]), int(parts[3]), home, no_password=not parts[1])
        human = _FIRST <= entry.uid <= _LAST or (entry.uid == 0 and entry.name != "root")
        if human and not parts[6].strip().endswith(_NO_SHELLS):
            found.append(entry)
    return tuple(found[:_MOST_PEOPLE])


def password_states(look: Look, *, hides: str) -> dict[str, str] | None:
    """Return each account's state from ``passwd -S``: ``P``, ``L`` or ``LK``, ``NP``.

    Only root may ask, so nobody else does; None where there is no answer.
    """
    if not look.host.elevated:
        return None
    result = look.run(("passwd", "-S", "-a"), hides=hides, quiet=True)
    if result is None or result.code != 0:
        return None
    rows = [line.split() for line in result.stdout.decode("utf-8", "replace").splitlines()]
    return {row[0]: row[1] for row in rows if len(row) > 1}
