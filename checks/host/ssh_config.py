"""OpenSSH's own configuration of a server, read the way sshd does: the first value wins.

``sshd -T`` says what is in force, but only to root, since it opens the host keys. Whoever is not
root gets the same from the files (sshd_config(5)). What stands below ``Match`` holds for some
only, so it is kept apart.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import Final

from posture_scan.sdk import Attempt, Look

WANTED: Final = frozenset({
    "passwordauthentication", "kbdinteractiveauthentication", "permitrootlogin", "usepam",
    "authenticationmethods", "port", "listenaddress",
})  # fmt: skip
_ADDING: Final = frozenset({"port", "listenaddress"})
"""Every further line of these adds a value."""

_ALIASES: Final = {
    "challengeresponseauthentication": "kbdinteractiveauthentication",
    "skeyauthentication": "kbdinteractiveauthentication",
}
_DEEPEST: Final = 16
"""sshd's own limit (SERVCONF_MAX_DEPTH)."""

_MOST_FILES: Final = 100
_GAP: Final = re.compile(r"[\s=]")


@dataclass
class SshConfig:
    """Values in force for everybody, and those that hold for some only."""

    values: dict[str, str] = field(default_factory=dict)
    matched: list[tuple[str, str]] = field(default_factory=list)
    """Keyword and value below ``Match``, in order."""
    unclear: bool = False
    """Something was included that could not be read."""


def from_files(look: Look, path: str) -> SshConfig | None:
    """Read the file with all it includes; None, noted, where it could not be read."""
    text = look.text(path, hides="sshd_config")
    if text is None:
        look.note(path, Attempt.TOOL_MISSING, "sshd_config", "again")
        return None
    reading = _Reading(look, path.rpartition("/")[0] or path.rpartition("\\")[0])
    reading.take(text, 0, conditional=False)
    return reading.config


class _Reading:
    def __init__(self, look: Look, folder: str) -> None:
        self._look = look
        self._folder = folder
        self._files_left = _MOST_FILES
        self.config = SshConfig()

    def take(self, text: str, depth: int, *, conditional: bool) -> None:
        """A ``Match`` holds to the end of its file, or to the next ``Match``."""
        below = conditional
        for line in text.splitlines()[:5_000]:
            first, *rest = _GAP.split(line.strip()[:2_000], maxsplit=1)
            if not rest:
                continue
            keyword, value = first.lower(), rest[0].lstrip(" \t=")
            keyword = _ALIASES.get(keyword, keyword)
            if keyword == "match":
                below = conditional or value.strip().lower() != "all"
            elif keyword == "include":
                self._include(value, depth, conditional=below)
            elif keyword in WANTED:
                self._keep(keyword, " ".join(_words(value)).lower(), below=below)

    def _keep(self, keyword: str, value: str, *, below: bool) -> None:
        if below:
            self.config.matched.append((keyword, value))
        elif keyword in _ADDING and keyword in self.config.values:
            self.config.values[keyword] += f" {value}"
        else:
            self.config.values.setdefault(keyword, value)

    def _include(self, value: str, depth: int, *, conditional: bool) -> None:
        for pattern in _words(value):
            whole = pattern if pattern.startswith("/") else f"{self._folder}/{pattern}"
            before = len(self._look.not_read)
            for info in self._look.files(whole, hides="sshd_config"):
                self._files_left -= 1
                if depth >= _DEEPEST or self._files_left < 0:
                    self._look.note(info.path, Attempt.LIMIT_REACHED, "sshd_config", "again")
                    self.config.unclear = True
                    return
                text = self._look.text(info.path, hides="sshd_config")
                if text is not None:
                    self.take(text, depth + 1, conditional=conditional)
            self.config.unclear |= len(self._look.not_read) > before


def _words(value: str) -> list[str]:
    try:
        return shlex.split(value, comments=True)
    except ValueError:  # a quote that does not close: sshd would not start with it
        return value.split()


def from_sshd(look: Look) -> dict[str, str] | None:
    """Ask ``sshd -T``, as root only; None where it does not answer with a whole configuration."""
    if not look.host.elevated or look.host.platform == "windows":
        return None
    result = look.run(("sshd", "-T"), hides="sshd", quiet=True)
    if result is None or result.code != 0 or result.truncated:
        return None
    values: dict[str, str] = {}
    for line in result.stdout.decode("utf-8", "replace").splitlines():
        keyword, _, value = line.strip().partition(" ")
        keyword = _ALIASES.get(keyword.lower(), keyword.lower())
        if keyword in values and keyword in {*_ADDING, "authenticationmethods"}:
            values[keyword] += f" {value.lower()}"
        elif keyword in WANTED:
            values[keyword] = value.lower()
    return values if {"passwordauthentication", "permitrootlogin"} <= values.keys() else None
