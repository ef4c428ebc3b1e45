"""Files of ``NAME="value"`` lines, which shells read: os-release(5), ufw's, /etc/sysconfig."""

from __future__ import annotations

import re
from typing import Final

from posture_scan.sdk import Attempt, Look

_LINE: Final = re.compile(
    r"[ \t]*([A-Za-z_][A-Za-z0-9_]{0,59})=(?:\"([^\"]{0,300})\"|'([^']{0,300})'|(\S{0,300}))"
)


def assignments(text: str) -> dict[str, str]:
    """Return the values by name, without quotes; a later line wins."""
    found = (_LINE.match(line) for line in text.splitlines())
    return {match[1]: match[2] or match[3] or match[4] or "" for match in found if match}


def os_release(look: Look, *, hides: str) -> dict[str, str]:
    """Return what the system says of itself; nothing, noted, where it could not be read."""
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        text = look.text(path, hides=hides, limit=65_536)
        found = assignments(text or "")
        if found:
            return found
    look.note("/etc/os-release", Attempt.PROTOCOL_MISMATCH, hides, "again")
    return {}
