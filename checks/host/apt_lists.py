"""What apt last fetched from its archives: the heads of the ``Release`` files it keeps.

Dates are of the archive, in UTC (Debian repository format, "Date, Valid-Until"). They say up to
when this computer's knowledge reaches, which the time stamps of files do not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

from posture_scan.sdk import Look

LISTS: Final = "/var/lib/apt/lists"
_FIELD: Final = re.compile(r"^(Origin|Label|Suite|Codename|Version|Date|Valid-Until): ?(.{0,200})$")
_HEAD: Final = 4096
"""Characters that hold the fields read here; the sums of files follow."""
_SECURITY: Final = re.compile(r"security", re.IGNORECASE)


@dataclass(frozen=True)
class Archive:
    """One archive as it was last fetched."""

    label: str
    suite: str
    codename: str
    dated: datetime | None = None
    """When the archive was in this state."""
    valid_until: datetime | None = None

    @property
    def is_security(self) -> bool:
        """Whether it carries security updates: ``Debian-Security``, ``jammy-security``."""
        return any(_SECURITY.search(text) for text in (self.label, self.suite, self.codename))


def archives(look: Look) -> tuple[Archive, ...]:
    """Return every archive whose lists apt keeps."""
    found: dict[str, Archive] = {}
    for name in ("InRelease", "Release"):
        for info in look.files(f"{LISTS}/*_{name}", hides="update"):
            place = info.path.removesuffix(f"_{name}")
            text = None if place in found else look.text(info.path, hides="update")
            if text is not None:
                found[place] = read_head(text)
    return tuple(found.values())


def read_head(text: str) -> Archive:
    """Read the head of a ``Release`` or ``InRelease`` file; what is not there stays empty."""
    fields: dict[str, str] = {}
    for line in text[:_HEAD].splitlines():
        match = _FIELD.match(line)
        if match:
            fields.setdefault(match[1], match[2].strip())
    return Archive(
        label=fields.get("Label", ""), suite=fields.get("Suite", ""),
        codename=fields.get("Codename", ""), dated=_date(fields.get("Date", "")),
        valid_until=_date(fields.get("Valid-Until", "")),
    )  # fmt: skip


def _date(text: str) -> datetime | None:
    """Read ``Thu, 26 Nov 2026 21:03:35 UTC``, which RFC 5322 calls an obsolete zone."""
    try:
        found = parsedate_to_datetime(text.removesuffix("UTC") + "+0000" if text else "")
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else None
