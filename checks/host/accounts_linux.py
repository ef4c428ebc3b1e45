"""The people of a Linux computer: who may become root, and who was here last.

``/etc/passwd`` and ``/etc/group`` say who there is, ``sudoers`` (root reads it) who may do all,
``lastlog`` and ``wtmp`` who was here. People of a directory (LDAP, Active Directory) are not in
these files, and where one is in use, nothing is said that they could refute.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from posture_scan.checks.host.passwd import Entry

from posture_scan.sdk import Attempt, Look

_ADMIN_GROUPS: Final = frozenset({"sudo", "wheel", "admin"})
_LOCAL_SOURCES: Final = frozenset({"files", "compat", "systemd", "mymachines", "altfiles", "db"})
_SUDOERS: Final = ("/etc/sudoers", "/etc/sudoers.d/*")
_GRANT: Final = re.compile(r"(%?[A-Za-z0-9_.-]{1,64})\s+ALL\s*=.{0,500}\bALL\s*$")
_LONGEST_RULE: Final = 1_000
_ALIAS: Final = re.compile(r"[A-Z][A-Z0-9_]*")
_KNOWN_LINES: Final = ("Defaults", "@include", "#include", "root ")


@dataclass(frozen=True)
class Admins:
    """Which people may become root without any other's help."""

    names: frozenset[str]
    complete: bool
    """Every place that could name another was read and understood."""


def uses_directory(look: Look) -> bool | None:
    """Tell whether people may come from somewhere else than this computer's own files.

    None, noted, where that is closed; without the file only those are asked (nsswitch.conf(5)).
    """
    text = look.text("/etc/nsswitch.conf", hides="accounts")
    if text is None:
        return False if look.is_missing("/etc/nsswitch.conf") else None
    for line in text.splitlines():
        name, colon, sources = line.partition("#")[0].partition(":")
        if colon and name.strip() in {"passwd", "group"}:
            words = re.sub(r"\[[^\]]{0,100}\]", " ", sources).split()
            if set(words) - _LOCAL_SOURCES:
                return True
    return False


def administrators(look: Look, everyone: tuple[Entry, ...]) -> Admins:
    """Return the people of the groups that may become root, of sudoers, and with number 0."""
    text = look.text("/etc/group", hides="accounts")
    groups, grants, complete = _groups(text or ""), *_sudoers(look)
    wanted = _ADMIN_GROUPS | {name[1:] for name in grants if name.startswith("%")}
    names = {name for group in wanted for name in groups.get(group, (0, ()))[1]}
    gids = {groups[group][0] for group in wanted if group in groups}
    names |= {entry.name for entry in everyone if entry.uid == 0 or entry.gid in gids}
    names |= {name for name in grants if not name.startswith("%")}
    return Admins(frozenset(names - {"root"}), complete and text is not None)


def _groups(text: str) -> dict[str, tuple[int, tuple[str, ...]]]:
    found: dict[str, tuple[int, tuple[str, ...]]] = {}
    for line in text.splitlines()[:20_000]:
        parts = line.split(":")
        if len(parts) == 4 and parts[2].isdecimal():  # noqa: PLR2004 -- group(5) has four fields
            members = tuple(name.strip() for name in parts[3].split(",") if name.strip())
            found[parts[0]] = int(parts[2]), members
    return found


def _sudoers(look: Look) -> tuple[set[str], bool]:
    """Return who sudoers lets do everything, and whether all of it was read and understood."""
    before = len(look.not_read)
    paths = [_SUDOERS[0], *(info.path for info in look.files(_SUDOERS[1], hides="sudoers"))]
    texts = [text for path in paths if (text := look.text(path, hides="sudoers")) is not None]
    grants, clear = set[str](), len(look.not_read) == before
    for text in texts:
        for line in text.replace("\\\n", " ").splitlines()[:2_000]:
            words = line.strip()
            if not words or (words[0] == "#" and not words.startswith("#include")):
                continue
            found = _GRANT.match(words) if len(words) < _LONGEST_RULE else None
            if found and not _ALIAS.fullmatch(found[1]):
                grants.add(found[1])
            elif not words.startswith(_KNOWN_LINES):
                # An alias, or a rule for single commands: who gains what is not worked out here.
                look.note("sudoers", Attempt.PROTOCOL_MISMATCH, "sudoers", "tool")
                clear = False
    return grants - {"root"}, clear


# --- last seen -------------------------------------------------------------------------------

_LASTLOG: Final = (292, 296)
"""Bytes of ``struct lastlog``: with a time of 32 bits (x86), or of 64 (ARM 64)."""

_UTMP: Final = {384: (340, 4), 400: (344, 8)}
"""Bytes of ``struct utmp`` (utmp.h of glibc), and where its time stands, of how many bytes."""

_USER_PROCESS: Final = 7
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class LastSeen:
    """When people were here, and how far the record goes back."""

    times: dict[str, datetime]
    since: datetime | None
    """Whoever is not in ``times`` after this moment was not here."""


def last_seen(look: Look, everyone: tuple[Entry, ...], *, desktop: bool) -> LastSeen:
    """Read who was here last.

    A desktop's sign-in writes ``wtmp`` only, which is thrown away after a month or two; without
    a desktop, ``lastlog`` knows of every sign-in.
    """
    times, since = _wtmp(look)
    by_number = _lastlog(look, everyone)
    if by_number is None:
        return LastSeen(times, since)
    for entry in everyone:
        found = by_number.get(entry.uid)
        if found and (entry.name not in times or times[entry.name] < found):
            times[entry.name] = found
    return LastSeen(times, since if desktop else _EPOCH)


def _lastlog(look: Look, everyone: tuple[Entry, ...]) -> dict[int, datetime] | None:
    data = look.data("/var/log/lastlog", hides="last_seen", limit=16_777_216)
    if not data:
        return None
    sizes = [size for size in _LASTLOG if len(data) % size == 0]
    if len(sizes) != 1:
        return None
    size = sizes[0]
    times = {}
    for entry in everyone:
        raw = data[entry.uid * size : entry.uid * size + (4 if size == _LASTLOG[0] else 8)]
        found = _time(raw, look.host.now)
        if found:
            times[entry.uid] = found
    return times


def _wtmp(look: Look) -> tuple[dict[str, datetime], datetime | None]:
    times: dict[str, datetime] = {}
    first: datetime | None = None
    for path in ("/var/log/wtmp", "/var/log/wtmp.1"):
        data = look.data(path, hides="last_seen", limit=16_777_216) or b""
        size = next((size for size in _UTMP if data and _fits(data, size)), 0)
        if not size:
            continue
        place, width = _UTMP[size]
        for start in range(0, len(data), size):
            record = data[start : start + size]
            at = _time(record[place : place + width], look.host.now)
            if at is None:
                continue
            first = at if first is None or at < first else first
            if int.from_bytes(record[:2], "little") == _USER_PROCESS:
                name = record[44:76].split(b"\0")[0].decode("utf-8", "replace")
                times[name] = max(at, times.get(name, at))
    return times, first


def _fits(data: bytes, size: int) -> bool:
    """Tell whether all records of this size have a type that there is, with nothing after it."""
    return len(data) % size == 0 and all(
        data[start] <= 9 and not any(data[start + 1 : start + 4])  # noqa: PLR2004 -- ACCOUNTING
        for start in range(0, len(data), size)
    )


def _time(raw: bytes, now: datetime) -> datetime | None:
    """Read seconds since 1970; nothing, and what lies in the future, is no time."""
    try:
        found = _EPOCH + timedelta(seconds=int.from_bytes(raw, "little"))
    except OverflowError:
        return None
    return found if _EPOCH < found <= now + timedelta(days=1) else None
