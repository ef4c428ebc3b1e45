"""On which line of a TOML file each key stands, so that a mistake can name it.

``tomllib`` gives values without places. This reads only the outline (table headers and keys)
of a file that ``tomllib`` has already accepted, so it never has to judge the syntax itself.
"""

from __future__ import annotations

import re
from typing import Final

Place = tuple[str | int, ...]

# No two neighbours in these can match the same text: a line takes time in proportion to its length.
_KEY_PART: Final = r"""(?:"(?:\\.|[^"\\])*"|'[^']*'|[\w-]+)"""
_DOTTED: Final = rf"{_KEY_PART}(?:\s*\.\s*{_KEY_PART})*"
_HEADER: Final = re.compile(rf"^\s*(\[\[?)\s*({_DOTTED})\s*\]")
_KEY: Final = re.compile(rf"^\s*({_DOTTED})\s*=")
_PART: Final = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")
_QUIET: Final = re.compile(r""""(?:\\.|[^"\\])*"|'[^']*'|\#.*$""")
_INLINE: Final = re.compile(r"""[{,]\s*("[^"]*"|[\w-]+)\s*=""")


class Outline:
    """The lines of a file's keys, by their paths such as ``("criteria", 3, "weight")``."""

    def __init__(self, text: str) -> None:
        """Read the outline of a well-formed TOML text."""
        self._lines: dict[Place, int] = {(): 1}
        self._counts: dict[Place, int] = {}
        self._table: Place = ()
        self._depth = 0
        self._fence = ""
        self._array: Place = ()
        self._element = 0
        for number, line in enumerate(text.split("\n"), start=1):
            self._read(line, number)

    def line(self, place: Place) -> int:
        """Return the line of this path, or of the nearest table around it."""
        for end in range(len(place), -1, -1):
            if place[:end] in self._lines:
                return self._lines[place[:end]]
        return 1

    def _read(self, line: str, number: int) -> None:
        if self._fence:
            if self._fence in line:
                self._fence = ""
            return
        if self._depth == 0:
            self._note(line, number)
        elif self._depth == 1 and self._array and line.lstrip().startswith("{"):
            self._note_element(line, number)
        for fence in ('"""', "'''"):
            if line.count(fence) % 2:
                self._fence = fence
                return
        bare = _QUIET.sub("", line)
        if not _HEADER.match(line) or self._depth:
            opened = bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}")
            self._depth = max(0, self._depth + opened)

    def _note(self, line: str, number: int) -> None:
        header = _HEADER.match(line)
        if header:
            self._table = self._resolve(_parts(header[2]), new=header[1] == "[[")
            self._lines.setdefault(self._table, number)
            return
        key = _KEY.match(line)
        if key:
            place = self._table + _parts(key[1])
            self._lines.setdefault(place, number)
            self._array = place if _QUIET.sub("", line).rstrip().endswith("[") else ()
            self._element = 0
            for inner in _INLINE.finditer(_QUIET.sub('""', line)):
                self._lines.setdefault((*place, inner[1].strip('"')), number)

    def _note_element(self, line: str, number: int) -> None:
        """Note a table that stands on a line of its own within an array."""
        place = (*self._array, self._element)
        self._lines.setdefault(place, number)
        for inner in _INLINE.finditer(_QUIET.sub('""', line)):
            self._lines.setdefault((*place, inner[1].strip('"')), number)
        self._element += 1

    def _resolve(self, parts: tuple[str, ...], *, new: bool) -> Place:
        """Turn a header into a path: an array of tables gets the index of its last table."""
        place: Place = ()
        for position, part in enumerate(parts):
            place = (*place, part)
            last = position == len(parts) - 1
            if last and new:
                self._counts[place] = self._counts.get(place, -1) + 1
            if place in self._counts:
                place = (*place, self._counts[place])
        return place


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(a or b or c for a, b, c in _PART.findall(dotted))
