"""The rules of PAM by which a Linux program lets people in, with what they include."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import Look

_FOLDERS: Final = ("/etc/pam.d", "/usr/lib/pam.d")
_RULE: Final = re.compile(r"-?(auth|account|password|session)\s+(\[[^\]]{1,200}\]|\S+)\s+(\S+)(.*)")
_DEEPEST: Final = 8
_MOST: Final = 300
_WORD: Final = re.compile(r"[A-Za-z0-9_.-]{1,80}")


@dataclass(frozen=True)
class Rule:
    """One line of a stack: what it is for, how much it counts, which module with which words."""

    kind: str
    control: str
    module: str
    """Without folder and ``.so``."""
    words: tuple[str, ...] = ()

    def number(self, name: str) -> int | None:
        """Return the number given as ``name=…``."""
        for word in self.words:
            key, equals, value = word.partition("=")
            if equals and key == name and re.fullmatch(r"-?\d{1,6}", value):
                return int(value)
        return None

    @property
    def counts(self) -> bool:
        """Whether its failure ends in refusal: not ``optional`` and not ``sufficient``."""
        return self.control in {"required", "requisite"} or (
            self.control.startswith("[") and ("=die" in self.control or "=bad" in self.control)
        )


def stack(look: Look, *names: str, kind: str) -> tuple[Rule, ...] | None:
    """Return the rules of one kind of the first service that there is; None without any."""
    for name in names:
        reading = _Reading(look, kind)
        if reading.gather(name, 0):
            return tuple(reading.rules)
    return None


class _Reading:
    """One stack being read; files that include each other come to an end."""

    def __init__(self, look: Look, kind: str) -> None:
        self._look = look
        self._kind = kind
        self._files_left = 60
        self.rules: list[Rule] = []

    def gather(self, name: str, depth: int) -> bool:
        self._files_left -= 1
        if depth > _DEEPEST or self._files_left < 0 or not _WORD.fullmatch(name):
            return False
        text = next(
            (text for folder in _FOLDERS
             if (text := self._look.text(f"{folder}/{name}", hides="pam")) is not None), None,
        )  # fmt: skip
        if text is None:
            return False
        for line in text.replace("\\\n", " ").splitlines()[:_MOST]:
            self._take(line.partition("#")[0].strip(), depth)
        return True

    def _take(self, line: str, depth: int) -> None:
        if line.startswith("@include"):
            self.gather(line.removeprefix("@include").strip(), depth + 1)
            return
        found = _RULE.fullmatch(line)
        if found is None or found[1] != self._kind:
            return
        if found[2] in {"include", "substack"}:
            self.gather(found[3], depth + 1)
            return
        module = found[3].rpartition("/")[2].removesuffix(".so")
        self.rules.append(Rule(found[1], found[2], module, tuple(found[4].split())))
