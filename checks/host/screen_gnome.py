"""GNOME and Cinnamon: the schemas' defaults, an administrator's database, the person's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.host.gvdb import flag, number, values
from posture_scan.checks.host.screen_facts import Lock
from posture_scan.checks.host.setting import Origin

from posture_scan.sdk import Attempt, Look

_SCHEMAS: Final = "/usr/share/glib-2.0/schemas/gschemas.compiled"
_PROFILE: Final = "/etc/dconf/profile/user"
_OWN: Final = ".config/dconf/user"
_LOCKED: Final = ".locks:"
_MOST: Final = 16 * 1_048_576
_DATABASES: Final = 8

DESKTOPS: Final[Mapping[str, str]] = {"GNOME": "org.gnome.desktop",
                                      "Cinnamon": "org.cinnamon.desktop"}  # fmt: skip
"""Desktop, and what its settings begin with."""


@dataclass(frozen=True)
class _Databases:
    own: Mapping[str, bytes]
    system: tuple[Mapping[str, bytes], ...]
    defaults: Mapping[str, bytes]

    def find(self, schema: str, key: str) -> tuple[Mapping[str, bytes], str, Origin]:
        """Return where a setting stands: what an administrator locked wins over the person."""
        path = f"/{schema.replace('.', '/')}/{key}"
        locked = any(_LOCKED + path in table for table in self.system)
        for table in self.system:
            if path in table and (locked or path not in self.own):
                return table, path, Origin.POLICY
        if path in self.own and not locked:
            return self.own, path, Origin.LOCAL
        return self.defaults, f"{schema}:{key}", Origin.DEFAULT


def gnome_lock(look: Look, home: str, desktop: str) -> Lock:
    """Read how the screen of one home locks: after the idle time and the delay together."""
    before = len(look.not_read)
    own = _read(look, f"{home}/{_OWN}")
    system = tuple(_read(look, path) for path in _system_paths(look))
    defaults = _read(look, _SCHEMAS)
    if own is None or defaults is None or None in system or len(look.not_read) > before:
        return Lock(desktop, None)
    tables = _Databases(own, tuple(table for table in system if table is not None), defaults)
    start = DESKTOPS[desktop]
    enabled, origin = _flag(tables, f"{start}.screensaver", "lock-enabled")
    forbidden, _ = _flag(tables, f"{start}.lockdown", "disable-lock-screen")
    idle = _number(tables, f"{start}.session", "idle-delay")
    delay = _number(tables, f"{start}.screensaver", "lock-delay")
    if enabled is None or idle is None:
        look.note(f"{start}.screensaver", Attempt.PROTOCOL_MISMATCH, "screen", "again")
        return Lock(desktop, None)
    return Lock(desktop, enabled and not forbidden, idle + (delay or 0) if idle else 0, origin)


def _flag(tables: _Databases, schema: str, key: str) -> tuple[bool | None, Origin]:
    table, name, origin = tables.find(schema, key)
    return flag(table, name), origin


def _number(tables: _Databases, schema: str, key: str) -> int | None:
    table, name, _ = tables.find(schema, key)
    found: int | None = number(table, name)
    return found


def _system_paths(look: Look) -> list[str]:
    """Name the databases of an administrator, in the order of the profile."""
    lines = (look.text(_PROFILE, hides="screen", limit=65_536) or "").splitlines()
    names = [line.strip().partition(":") for line in lines]
    return [f"/etc/dconf/db/{name}" for kind, _, name in names
            if kind == "system-db" and name.replace("-", "").replace("_", "").isalnum()
            ][:_DATABASES]  # fmt: skip


def _read(look: Look, path: str) -> Mapping[str, bytes] | None:
    """Return a database; an absent one is empty, a closed or broken one is None, noted."""
    before = len(look.not_read)
    data = look.data(path, hides="screen", limit=_MOST)
    if data is None:
        return {} if len(look.not_read) == before else None
    try:
        return values(data) if data else {}
    except ValueError:
        look.note(path.rsplit("/", 1)[-1], Attempt.PROTOCOL_MISMATCH, "screen", "again")
        return None
