"""Who can sign in to this computer: with which rights, when last, and whether without asking."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from posture_scan.checks.host import accounts_linux as linux
from posture_scan.checks.host.accounts_windows import local_accounts, worker
from posture_scan.checks.host.auto_logon import auto_logon
from posture_scan.checks.host.desktop import desktops
from posture_scan.checks.host.passwd import Entry, password_states, people
from posture_scan.checks.host.windows_version import is_windows_server

from posture_scan.sdk import PASSIVE, Host, HostFacts, Look, Machine, collector

_FIRST_OF_MAC: Final = 501
_LOCKED: Final = frozenset({"L", "LK"})


@dataclass(frozen=True)
class Person:
    """One account of a person; by its number, because names of people are not kept."""

    label: str
    administrator: bool | None
    last_seen: datetime | None = None
    password_set: datetime | None = None
    locked: bool | None = None
    """Nobody can sign in with it; None where only an administrator may see that."""


@dataclass(frozen=True)
class AccountsFacts(HostFacts):
    """The accounts of one computer."""

    server: bool | None
    """No person works at it; None where that could not be told."""
    people: tuple[Person, ...] = ()
    people_seen: bool = False
    """The list of people could be read."""
    directory: bool = False
    """There may be people whom this computer's own files do not name."""
    admins_complete: bool = False
    """Nobody else can be an administrator but those seen."""
    own: str = ""
    """The person at work while this was looked at: a label or SID; empty where not known."""
    own_administrator: bool | None = None
    seen_since: datetime | None = None
    """Whoever was here after this moment is known to have been."""
    auto_logon: bool | None = None
    auto_logon_by: str = ""
    collected_at: datetime | None = None


@collector(on=Machine(), intrusiveness=PASSIVE)
def accounts_of_computer(host: Host) -> AccountsFacts:
    """Read who there is and what they may do; no password and no hash of one is read."""
    look = Look(host)
    reader = {"windows": _windows, "darwin": _macos}.get(host.platform, _linux)
    return reader(look)


def _windows(look: Look) -> AccountsFacts:
    accounts, who = local_accounts(look), worker(look)
    people = [
        Person(f"RID {one.rid}", None, one.last_logon, one.password_set, locked=False)
        for one in accounts or ()
        if one.rid != who.rid  # whoever is signed in is not dormant
    ]
    return _facts(
        look, server=is_windows_server(look), people=tuple(people),
        people_seen=accounts is not None, own=who.sid, own_administrator=who.administrator,
        admins_complete=True,
    )  # fmt: skip


def _linux(look: Look) -> AccountsFacts:
    everyone = people(look, hides="accounts")
    admins = linux.administrators(look, everyone or ())
    installed = desktops(look, hides="accounts")
    seen = linux.last_seen(look, everyone or (), desktop=installed != ())
    locked, directory = _locked(look), linux.uses_directory(look)
    persons = tuple(
        Person(
            f"UID {entry.uid}", entry.name in admins.names, seen.times.get(entry.name),
            locked=None if locked is None else _is_locked(look, entry, locked),
        )
        for entry in everyone or ()
    )  # fmt: skip
    return _facts(
        look, server=None if everyone is None or installed is None else not installed,
        people=persons, people_seen=everyone is not None and directory is not None,
        directory=bool(directory) or _has_strangers(admins, everyone or ()),
        admins_complete=admins.complete, own=_own(look, everyone or ()), seen_since=seen.since,
    )  # fmt: skip


def _has_strangers(admins: linux.Admins, everyone: tuple[Entry, ...]) -> bool:
    """Tell whether an administrator is named whom the files do not know: from a directory."""
    return bool(admins.names - {entry.name for entry in everyone})


def _own(look: Look, everyone: tuple[Entry, ...]) -> str:
    """Name the person who runs this, by the home that a plain user's look is limited to."""
    if look.host.elevated:
        return ""
    homes = look.host.homes()
    found = [entry for entry in everyone if entry.home in homes]
    return f"UID {found[0].uid}" if len(found) == 1 else ""


def _locked(look: Look) -> dict[str, bool] | None:
    states = password_states(look, hides="accounts")
    return None if states is None else {name: word in _LOCKED for name, word in states.items()}


def _is_locked(look: Look, entry: Entry, locked: dict[str, bool]) -> bool | None:
    """An account without a password is still open to a key of SSH."""
    if entry.name not in locked:
        return None
    return locked[entry.name] and look.is_missing(f"{entry.home}/.ssh/authorized_keys")


def _macos(look: Look) -> AccountsFacts:
    numbers = _said(look, "dscl", ".", "-list", "/Users", "UniqueID")
    members = _said(look, "dscl", ".", "-read", "/Groups/admin", "GroupMembership")
    admins = set((members or "").partition(":")[2].split())
    people = [
        Person(f"UID {number}", name in admins)
        for name, number in re.findall(r"^(\S{1,100})\s+(\d{1,9})\s*$", numbers or "", re.MULTILINE)
        if int(number) >= _FIRST_OF_MAC
    ]
    return _facts(
        look, server=False, people=tuple(people), people_seen=bool(people),
        admins_complete=":" in (members or ""),
    )  # fmt: skip


def _said(look: Look, *argv: str) -> str | None:
    result = look.run(argv, hides="accounts")
    return None if result is None or result.code else result.stdout.decode("utf-8", "replace")


def _facts(
    look: Look, *, server: bool | None, people: tuple[Person, ...], people_seen: bool,
    admins_complete: bool, directory: bool = False, own: str = "",
    own_administrator: bool | None = None, seen_since: datetime | None = None,
) -> AccountsFacts:  # fmt: skip
    does, by = auto_logon(look)
    if not does and not people_seen and look.host.platform == "linux":
        does = None  # without its own list of accounts, what was looked at is no computer
    return AccountsFacts(
        platform=look.host.platform, elevated=look.host.elevated, server=server,
        people=people[:500], people_seen=people_seen, directory=directory,
        admins_complete=admins_complete, own=own, own_administrator=own_administrator,
        seen_since=seen_since, auto_logon=does, auto_logon_by=by, collected_at=look.host.now,
        not_read=look.noted(),
    )  # fmt: skip
