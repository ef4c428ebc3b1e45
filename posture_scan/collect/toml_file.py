"""TOML files that people write: read with bounds, every mistake named with its line."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from posture_scan.collect.local_file import read_bytes
from posture_scan.errors import UsageError
from posture_scan.text.catalog import Catalog

LIMIT: Final = 1_048_576
"""Bytes that a hand-written file may have; ours are below 50,000."""

_PART: Final = r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)"""
_KEY: Final = re.compile(rf"^\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")
_HEADER: Final = re.compile(rf"^\s*\[\[?\s*({_PART}(?:\s*\.\s*{_PART})*)\s*\]")
_PLACE: Final = re.compile(r"\(at line (\d+), column \d+\)")
_TRIPLE: Final = re.compile(r'"""|' + "'''")


@dataclass(frozen=True)
class Mistake:
    """One thing wrong with a file: a code under ``error.``, the values of its sentence, where."""

    code: str
    file: str
    line: int
    """1 is the first; also used where the thing is missing altogether."""
    values: dict[str, object]


class MistakesError(UsageError):
    """All that is wrong with one file, in the order of its lines; never empty.

    Code and values are those of the first mistake, so that one line suffices for one mistake.
    """

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        """Keep the mistakes, so that a person mends the file in one go."""
        first = mistakes[0]
        super().__init__(first.code, file=first.file, line=first.line, **first.values)
        self.mistakes = mistakes

    def sentences(self, language: str) -> tuple[str, ...]:
        """Return one line ``file:line: what and what to do`` for each mistake."""
        words = Catalog(language)
        return tuple(
            f"{item.file}:{item.line}: {words(f'error.{item.code}', **item.values)}"
            for item in self.mistakes
        )


@dataclass(frozen=True)
class TomlFile:
    """A parsed file, with the line of every key and the digest of its bytes."""

    path: str
    table: dict[str, Any]
    lines: dict[tuple[str, ...], int]
    digest: str

    def line(self, *keys: str) -> int:
        """Return the line of a key, or of the nearest table above it that has one, or 1."""
        for length in range(len(keys), 0, -1):
            if keys[:length] in self.lines:
                return self.lines[keys[:length]]
        return 1


class Mistakes:
    """Collects what is wrong with a file, to be raised together at the end."""

    def __init__(self, file: TomlFile) -> None:
        """Start with none."""
        self._file = file
        self._found: list[Mistake] = []

    def add(self, code: str, *keys: str, **values: object) -> None:
        """Note one mistake at the line of a key; ``{key}`` is supplied."""
        values["key"] = ".".join(keys)
        self._found.append(Mistake(code, self._file.path, self._file.line(*keys), values))

    def settle(self) -> None:
        """Raise everything found as MistakesError; return if there is nothing."""
        if self._found:
            raise MistakesError(tuple(sorted(self._found, key=lambda item: item.line)))


def read_toml(path: Path) -> TomlFile:
    """Read a UTF-8 TOML file of at most 1 MiB; numbers arrive exact.

    Raises:
        IncompleteError: ``file.unreadable``.
        UsageError: ``file.missing``, ``file.too_large``, ``file.not_text``, ``file.not_toml``.
    """
    data = read_bytes(path, LIMIT)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError("file.not_text", where=f"{path}:{line}") from error
    try:
        table = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = _PLACE.search(str(error))
        line = int(found.group(1)) if found else text.count("\n") + 1
        detail = _PLACE.sub("", str(error)).replace("(at end of document)", "").strip()
        raise UsageError("file.not_toml", where=f"{path}:{line}", detail=detail) from error
    except RecursionError as error:
        raise UsageError("file.not_toml", where=str(path), detail="nesting") from error
    return TomlFile(str(path), table, key_lines(text), hashlib.sha256(data).hexdigest())


def key_lines(text: str) -> dict[tuple[str, ...], int]:
    """Map every key that starts a line, and every table, to its line (1 is the first)."""
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    quoted = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not quoted:
            header, key = _HEADER.match(line), _KEY.match(line)
            if header and not key:
                table = _parts(header.group(1))
                lines.setdefault(table, number)
            elif key:
                lines.setdefault((*table, *_parts(key.group(1))), number)
        for mark in _TRIPLE.findall(line):
            quoted = "" if quoted == mark else quoted or mark
    return lines


def text_value(value: str) -> str:
    """Write a string as a TOML basic string on one line."""
    special = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    quoted = "".join(special.get(char, char) for char in value)
    safe = "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else c for c in quoted)  # noqa: PLR2004 -- the control characters of ASCII
    return f'"{safe}"'


def is_day(value: object) -> bool:
    """Tell whether a TOML value is a date without a time."""
    return isinstance(value, date) and not isinstance(value, datetime)


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))
