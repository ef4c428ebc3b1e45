"""How one person's screen locks."""

from __future__ import annotations

from dataclasses import dataclass

from posture_scan.checks.host.setting import Origin


@dataclass(frozen=True)
class Lock:
    """The lock of one desktop for one person; who that is, is not kept."""

    desktop: str
    """``GNOME``, ``KDE``, ``Windows`` …"""
    locks: bool | None
    """Whether a password is needed again; None where that could not be read."""
    after: int | None = None
    """Seconds without a key until then; 0 never, None not known."""
    origin: Origin = Origin.LOCAL
