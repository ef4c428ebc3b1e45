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
from posture_scan.mistakes import Mistake, MistakesError
from posture_scan.toml_lines import Outline

LIMIT: Final = 1_048_576
"""Bytes that a hand-written file may have; ours are below 50,000."""

_PLACE: Final = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True)
class TomlFile:
    """A parsed file, with the line of every key and the digest of its bytes."""

    path: str
    table: dict[str, Any]
    outline: Outline
    digest: str


class Mistakes:
    """Collects what is wrong with a file, to be raised together at the end."""

    def __init__(self, file: TomlFile) -> None:
        """Start with none."""
        self._file = file
        self._found: list[Mistake] = []

    def add(self, code: str, *keys: str, **values: object) -> None:
        """Note one mistake at the line of a key; ``{key}`` is supplied."""
        values["key"] = ".".join(keys)
        line = self._file.outline.line(keys)
        self._found.append(Mistake(self._file.path, line, code, values))

    def settle(self) -> None:
        """Raise everything found as MistakesError; return if there is nothing."""
        if self._found:
            raise MistakesError(self._found)


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
    return TomlFile(str(path), table, Outline(text), hashlib.sha256(data).hexdigest())


def text_value(value: str) -> str:
    """Write a string as a TOML basic string on one line."""
    special = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    quoted = "".join(special.get(char, char) for char in value)
    safe = "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else c for c in quoted)  # noqa: PLR2004 -- the control characters of ASCII
    return f'"{safe}"'


def is_day(value: object) -> bool:
    """Tell whether a TOML value is a date without a time."""
    return isinstance(value, date) and not isinstance(value, datetime)
