"""Samba's configuration as far as the oldest dialect goes; the file is read, never tested."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.host.ini import pairs

from posture_scan.sdk import Look, leading_numbers

_CONF: Final = "/etc/samba/smb.conf"
_DEEPEST: Final = 4
_MOST_FILES: Final = 20
_MINIMUM: Final = frozenset({"serverminprotocol", "minprotocol"})
_MAXIMUM: Final = frozenset({"servermaxprotocol", "maxprotocol", "protocol"})
_OLD: Final = frozenset({"CORE", "COREPLUS", "LANMAN1", "LANMAN2", "NT1", "SMB1"})
_NEW: Final = re.compile(r"SMB[23](_\d\d)?|SMB3_11|DEFAULT", re.IGNORECASE)
_SMB1_ENDS: Final = (4, 11)
"""From this release on ``server min protocol`` is SMB2_02 (its release notes)."""


@dataclass(frozen=True)
class Dialects:
    """What smb.conf lets clients speak; empty texts where it says nothing."""

    minimum: str = ""
    maximum: str = ""
    unclear: bool = False
    """Settings come from a place that was not read."""


def dialects(look: Look) -> Dialects | None:
    """Read ``[global]`` with what it includes; None where there is no such file to read."""
    text = look.text(_CONF, hides="smb.conf")
    if text is None:
        return None
    reading = _Reading(look)
    reading.take(text, "global", 0)
    return Dialects(
        reading.values.get("minimum", ""), reading.values.get("maximum", ""), reading.unclear
    )


class _Reading:
    def __init__(self, look: Look) -> None:
        self._look = look
        self._files_left = _MOST_FILES
        self.values: dict[str, str] = {}
        self.unclear = False

    def take(self, text: str, section: str, depth: int) -> None:
        """An included file's lines count where they are included; the last value wins."""
        for where, key, value in pairs(text):
            if (where or section).lower() != "global":
                continue
            if key in _MINIMUM:
                self.values["minimum"] = value.upper()
            elif key in _MAXIMUM:
                self.values["maximum"] = value.upper()
            elif key == "include":
                self._include(value, depth)
            elif key == "configbackend" and value.lower() != "file":
                self.unclear = True

    def _include(self, path: str, depth: int) -> None:
        self._files_left -= 1
        if "%" in path or not path.startswith("/") or depth >= _DEEPEST or self._files_left < 0:
            self.unclear = True  # depends on who connects, or stands in Samba's own registry
            return
        text = self._look.text(path, hides="smb.conf")
        if text is not None:
            self.take(text, "global", depth + 1)
        elif not self._look.is_missing(path):
            self.unclear = True


def speaks_v1(found: Dialects, version: str) -> bool | None:
    """Judge the dialects; without a minimum, Samba's own, which depends on its version."""
    if found.unclear:
        return None
    if found.maximum in _OLD or found.minimum in _OLD:
        return True
    if found.minimum and found.minimum != "DEFAULT":
        return False if _NEW.fullmatch(found.minimum) else None
    numbers = leading_numbers(version.partition(":")[2] or version)
    return None if len(numbers) < 2 else numbers[:2] < _SMB1_ENDS  # noqa: PLR2004 -- 4.11
