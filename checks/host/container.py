"""Whether this Linux is a container, whose kernel and clock are those of the computer around it."""

from __future__ import annotations

from typing import Final

from posture_scan.sdk import Look

_MARKS: Final = ("/run/systemd/container", "/.dockerenv", "/run/.containerenv")
"""Left by systemd-nspawn and LXC, by Docker, by Podman."""


def is_container(look: Look) -> bool:
    """Tell by the marks; one that is closed may be there."""
    return look.host.platform == "linux" and any(not look.is_missing(path) for path in _MARKS)
