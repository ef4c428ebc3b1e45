"""Which desktops a person can sign in to at a Linux computer; a server has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from posture_scan.sdk import Look

_SESSIONS: Final = ("/usr/share/xsessions/*.desktop", "/usr/share/wayland-sessions/*.desktop")
_FAMILIES: Final[Mapping[str, str]] = {
    "gnome": "GNOME", "ubuntu": "GNOME", "pop": "GNOME", "cinnamon": "Cinnamon",
    "plasma": "KDE", "kde": "KDE", "xfce": "Xfce",
}  # fmt: skip
"""What the file of a session begins with, and the desktop."""

_CHOOSERS: Final = frozenset({"lightdm-xsession", "default", "custom"})
"""Sessions that start whichever desktop was chosen, and are none themselves."""


def desktops(look: Look, *, hides: str) -> tuple[str, ...] | None:
    """Name the desktops, a stranger's by its file; None where a folder of them is closed."""
    names: dict[str, None] = {}
    before = len(look.not_read)
    for pattern in _SESSIONS:
        for info in look.files(pattern, hides=hides):
            stem = info.path.rsplit("/", 1)[-1].removesuffix(".desktop")
            known = next((f for start, f in _FAMILIES.items() if stem.startswith(start)), stem)
            if known not in _CHOOSERS:
                names[known[:40]] = None
    return tuple(names) if names or len(look.not_read) == before else None
