"""macOS' property lists, which hold most of what it lets be set."""

from __future__ import annotations

import plistlib
from typing import Any
from xml.parsers.expat import ExpatError

from posture_scan.sdk import Attempt, Look


def property_list(look: Look, path: str, *, hides: str) -> dict[str, Any] | None:
    """Return a file's table; None where there is none, or, noted, where it could not be read."""
    data = look.data(path, hides=hides)
    if data is None:
        return None
    table = parsed(data)
    if table is None:
        look.note(path, Attempt.PROTOCOL_MISMATCH, hides, "again")
    return table


def parsed(data: bytes) -> dict[str, Any] | None:
    """Return the table that these bytes hold; anything else, nothing included, is None."""
    try:
        table = plistlib.loads(data)
    except (plistlib.InvalidFileException, ExpatError, ValueError, KeyError, TypeError,
            AttributeError, IndexError, OverflowError, RecursionError):  # fmt: skip
        return None
    return table if isinstance(table, dict) else None
