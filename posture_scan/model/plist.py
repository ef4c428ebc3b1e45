"""Apple's property lists, as files hold them and tools print them."""

from __future__ import annotations

import plistlib
from typing import Any
from xml.parsers.expat import ExpatError


def plist_table(data: bytes) -> dict[str, Any] | None:
    """Return the table that these bytes hold; anything else, nothing included, is None."""
    try:
        table = plistlib.loads(data)
    except (plistlib.InvalidFileException, ExpatError, ValueError, KeyError, TypeError,
            AttributeError, IndexError, OverflowError, RecursionError):  # fmt: skip
        return None
    return table if isinstance(table, dict) else None
