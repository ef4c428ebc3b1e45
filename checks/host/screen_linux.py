"""Linux: whose screens there are, and how those of KDE and Xfce lock."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Final

from posture_scan.checks.host.passwd import people
from posture_scan.checks.host.screen_facts import Lock
from posture_scan.checks.host.screen_gnome import DESKTOPS, gnome_lock
from posture_scan.checks.host.setting import Origin

from posture_scan.sdk import Attempt, Look


def linux_locks(look: Look, desktops: tuple[str, ...]) -> tuple[tuple[Lock, ...], bool]:
    """Return each person's locks on these desktops, and whether somebody else's stayed unseen."""
    everybody = people(look, hides="screen")
    if everybody is None:
        return (), True
    mine = look.host.homes()
    homes = [one.home for one in everybody if one.home in mine] if everybody else list(mine)
    found = [_lock(look, home, name) for home in homes for name in desktops]
    return tuple(found), len(homes) < len(everybody)


def _lock(look: Look, home: str, desktop: str) -> Lock:
    if desktop in DESKTOPS:
        return gnome_lock(look, home, desktop)
    if desktop == "KDE":
        return _kde(look, home)
    if desktop == "Xfce":
        return _xfce(look, home)
    return Lock(desktop, None)


# --- KDE -------------------------------------------------------------------------------------

_KDE_FILE: Final = "kscreenlockerrc"
_KDE_MINUTES: Final = 5
"""KScreenLocker's defaults: it locks by itself after five minutes."""

_KDE_KEY: Final = re.compile(r"^(Autolock|Timeout|LockGrace)(\[\$i\])?=([A-Za-z0-9]{1,9})\s*$")


def _kde(look: Look, home: str) -> Lock:
    """Read the person's file over the administrator's, unless a key there is marked ``[$i]``."""
    before = len(look.not_read)
    chosen: dict[str, str] = {}
    fixed: set[str] = set()
    origin = Origin.DEFAULT
    for path, kind in ((f"/etc/xdg/{_KDE_FILE}", Origin.POLICY),
                       (f"{home}/.config/{_KDE_FILE}", Origin.LOCAL)):  # fmt: skip
        for key, immutable, value in _kde_keys(look.text(path, hides="screen", limit=65_536) or ""):
            if key not in fixed:
                chosen[key], origin = value, kind
            if immutable and kind is Origin.POLICY:
                fixed.add(key)
    if len(look.not_read) > before:
        return Lock("KDE", None)
    minutes = chosen.get("Timeout", str(_KDE_MINUTES))
    grace = chosen.get("LockGrace", "0")
    if not minutes.isdecimal() or not grace.isdecimal():
        return Lock("KDE", None)
    locks = chosen.get("Autolock", "true").lower() not in ("false", "0", "no", "off")
    after = int(minutes) * 60 + int(grace) if int(minutes) else 0
    return Lock("KDE", locks, after, origin)


def _kde_keys(text: str) -> Iterator[tuple[str, bool, str]]:
    group, whole = "", False
    for line in text.splitlines():
        if line.startswith("["):
            group, whole = line.strip(), line.strip().endswith("[$i]")
        found = _KDE_KEY.match(line) if group.startswith("[Daemon]") else None
        if found:
            yield found[1], whole or bool(found[2]), found[3]


# --- Xfce ------------------------------------------------------------------------------------

_XFCE_FILE: Final = ".config/xfce4/xfconf/xfce-perchannel-xml/xfce4-screensaver.xml"
_XFCE_LOCKER: Final = "/usr/bin/xfce4-screensaver"
_XFCE_MINUTES: Final = 5
_DEEPEST: Final = 6


def _xfce(look: Look, home: str) -> Lock:
    """Read xfce4-screensaver's own file; another locker (light-locker) is not known here."""
    if look.info(_XFCE_LOCKER, hides="screen") is None:
        return Lock("Xfce", None)
    before = len(look.not_read)
    data = look.data(f"{home}/{_XFCE_FILE}", hides="screen")
    if len(look.not_read) > before:
        return Lock("Xfce", None)
    try:
        found = _xfce_values(data or b"<channel/>")
        delay = int(found.get("saver/idle-activation/delay", _XFCE_MINUTES))
        more = int(found.get("lock/saver-activation/delay", 0))
    except (ET.ParseError, ValueError, RecursionError):
        look.note("xfce4-screensaver.xml", Attempt.PROTOCOL_MISMATCH, "screen", "again")
        return Lock("Xfce", None)
    switches = ("saver/enabled", "saver/idle-activation/enabled", "lock/enabled",
                "lock/saver-activation/enabled")  # fmt: skip
    locks = all(found.get(name, "true") == "true" for name in switches)
    origin = Origin.LOCAL if found else Origin.DEFAULT
    return Lock("Xfce", locks, (delay + more) * 60, origin)


def _xfce_values(data: bytes) -> dict[str, str]:
    if b"<!" in data:
        raise ValueError("a document type has no place here")
    return dict(_properties(ET.fromstring(data), "", 0))  # noqa: S314 -- no entities, see above


def _properties(element: ET.Element, before: str, depth: int) -> Iterator[tuple[str, str]]:
    for child in element.iterfind("property") if depth < _DEEPEST else ():
        name = before + child.get("name", "")
        value = child.get("value")
        if value is not None:
            yield name, value[:20]
        yield from _properties(child, f"{name}/", depth + 1)
