"""macOS' property lists, which hold most of what it lets be set."""

from __future__ import annotations

from typing import Any

from posture_scan.sdk import Attempt, Look, plist_table


def property_list(look: Look, path: str, *, hides: str) -> dict[str, Any] | None:
    """Return a file's table; None where there is none, or, noted, where it could not be read."""
    data = look.data(path, hides=hides)
    if data is None:
        return None
    table = plist_table(data)
    if table is None:
        look.note(path, Attempt.PROTOCOL_MISMATCH, hides, "again")
    return table
