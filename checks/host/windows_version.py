"""Which Windows this is: its build, and whether it is a server."""

from __future__ import annotations

from typing import Final

from posture_scan.sdk import Attempt, Look

KEY: Final = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
_MULTI_SESSION: Final = "ServerRdsh"
"""The edition of the client that several people use at once (Azure Virtual Desktop)."""


def windows_build(look: Look) -> int | None:
    """Return the build, such as 19045 or 26100; None where it could not be read."""
    found = look.value(KEY, "CurrentBuild")
    if isinstance(found, str) and found.isdecimal():
        return int(found)
    look.note(f"{KEY}\\CurrentBuild", Attempt.TOOL_MISSING, "setting", "again")
    return None


def is_windows_server(look: Look, *, hides: str = "setting") -> bool | None:
    """Tell a server (``Server``, ``Server Core``) from a PC (``Client``); None where unseen.

    Windows before 8 has no ``InstallationType`` on some editions; the edition's name stands in.
    """
    kind = look.value(KEY, "InstallationType", hides=hides)
    if isinstance(kind, str) and kind:
        return "Server" in kind
    edition = look.value(KEY, "EditionID", hides=hides)
    if isinstance(edition, str) and edition:
        return edition.startswith("Server") and edition != _MULTI_SESSION
    look.note(f"{KEY}\\InstallationType", Attempt.TOOL_MISSING, hides, "again")
    return None
