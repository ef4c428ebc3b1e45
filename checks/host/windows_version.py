"""Which Windows this is: its build, and whether it is a server."""

from __future__ import annotations

from typing import Final

from posture_scan.sdk import Look

KEY: Final = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"


def windows_build(look: Look) -> int | None:
    """Return the build, such as 19045 or 26100; None where it could not be read."""
    found = look.value(KEY, "CurrentBuild")
    return int(found) if isinstance(found, str) and found.isdecimal() else None


def is_windows_server(look: Look) -> bool | None:
    """Tell a server (``Server``, ``Server Core``) from a computer (``Client``)."""
    found = look.value(KEY, "InstallationType")
    return found.startswith("Server") if isinstance(found, str) else None
