"""A user list as an administrator saved it: bytes to rows, columns found by their known names.

A heading that is not in a reader's table is not looked at, and a file without the headings that
matter is nobody's: nothing is guessed from the order or the content of columns.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from posture_scan.sdk import Attempt, AttemptError

MOST_ROWS: Final = 200_000
"""Accounts that are read; a longer list is no small firm's."""

MOST_COLUMNS: Final = 400

_SEPARATORS: Final = (",", ";", "\t")
"""Comma from the admin centres; semicolon and tab after a spreadsheet or script saved it again."""

_REMARK: Final = re.compile(r"\s*\[([^\]]{0,60})\]\s*$")
_SPACE: Final = re.compile(r"[\s_\-\u2010-\u2015\ufeff]+")

_TRUE: Final = frozenset({
    "true", "yes", "on", "はい", "有効", "オン",
    "capable", "registered", "enrolled", "enforced", "登録済み", "登録", "適用済み", "適用", "強制",
})  # fmt: skip
_FALSE: Final = frozenset({
    "false", "no", "off", "いいえ", "無効", "オフ",
    "notcapable", "notregistered", "notenrolled", "notenforced", "未登録", "未適用",
})  # fmt: skip


@dataclass(frozen=True)
class Table:
    """Rows by the reader's own names of columns, with what stood in brackets in the headings."""

    columns: frozenset[str]
    rows: Sequence[Mapping[str, str]]
    remarks: tuple[str, ...] = ()
    whole: bool = True
    """False where the file itself says that more follows."""


def not_mine() -> AttemptError:
    """Return what a reader raises for a file that is not of its kind."""
    return AttemptError(Attempt.PROTOCOL_MISMATCH)


def digest(content: bytes) -> str:
    """Return the SHA-256 by which the file can be recognised again."""
    return hashlib.sha256(content).hexdigest()


def read_table(content: bytes, headings: Mapping[str, str]) -> Table:
    """Read CSV, or JSON as the programming interface gives it.

    Args:
        content: the file.
        headings: normalised heading to the reader's own name of the column.

    Raises:
        AttemptError: ``protocol_mismatch`` where it is no such table.
    """
    text = text_of(content)
    if text.lstrip()[:1] in {"{", "["}:
        return _from_json(text, headings)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    start = next((n for n, line in enumerate(lines) if _is_heading(line)), len(lines))
    for separator in _SEPARATORS:
        found = _from_csv(lines[start:], separator, headings)
        if found is not None:
            return found
    raise not_mine()


def text_of(content: bytes) -> str:
    """Decode a list however it was saved: UTF-8, UTF-16 with its mark, or Shift_JIS.

    Raises:
        AttemptError: ``protocol_mismatch`` for anything else.
    """
    mark = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if mark else ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise not_mine()


def plain(text: str) -> str:
    """Return a heading or value without what changes nothing: case, spaces, hyphens."""
    return _SPACE.sub("", text).casefold()


def yes_or_no(value: str) -> bool | None:
    """Return what a value says in English or Japanese; None where it is not known."""
    said = plain(value)
    return True if said in _TRUE else False if said in _FALSE else None


def _is_heading(line: str) -> bool:
    """Skip what stands before the headings: empty lines, PowerShell's type, a separator's mark."""
    bare = line.strip().strip('"')
    return bool(bare) and not bare.startswith("#TYPE") and not bare.lower().startswith("sep=")


def _from_csv(lines: Sequence[str], separator: str, headings: Mapping[str, str]) -> Table | None:
    try:
        # strict: a quote that is never closed must not swallow the accounts behind it
        reader = csv.reader((f"{line}\n" for line in lines), delimiter=separator, strict=True)
        first = next(reader, [])[:MOST_COLUMNS]
        places, remarks = _columns(first, headings)
        if not places:
            return None
        rows = list(_rows(reader, places))
    except csv.Error:
        return None
    return Table(frozenset(places), rows, remarks)


def _columns(
    first: Sequence[str], headings: Mapping[str, str]
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return the place of every column that is known, and the remarks in the headings."""
    places: dict[str, int] = {}
    remarks = []
    for number, heading in enumerate(first):
        remark = _REMARK.search(heading)
        bare = heading[: remark.start()] if remark else heading
        name = headings.get(plain(bare))
        if name is None:
            continue
        if name in places:  # two columns that mean the same may say different things
            raise not_mine()
        places[name] = number
        remarks += [remark[1]] if remark else []
    return places, tuple(remarks)


def _rows(reader: Iterator[list[str]], places: Mapping[str, int]) -> Iterator[dict[str, str]]:
    for number, row in enumerate(reader):
        if number >= MOST_ROWS:
            raise AttemptError(Attempt.LIMIT_REACHED)
        if any(cell.strip() for cell in row):
            yield {
                name: row[place].strip() if place < len(row) else ""
                for name, place in places.items()
            }


def _from_json(text: str, headings: Mapping[str, str]) -> Table:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise not_mine() from error
    listed = data.get("value") if isinstance(data, dict) else data
    more = isinstance(data, dict) and "@odata.nextLink" in data
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise not_mine()
    if len(listed) > MOST_ROWS:
        raise AttemptError(Attempt.LIMIT_REACHED)
    rows = [_named(item, headings) for item in listed]
    return Table(frozenset(name for row in rows for name in row), rows, whole=not more)


def _named(item: Mapping[str, Any], headings: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in item.items():
        name = headings.get(plain(key))
        if name is None:
            continue
        if name in found:
            raise not_mine()
        found[name] = value.strip() if isinstance(value, str) else _spoken(value)
    return found


def _spoken(value: object) -> str:
    return str(value) if isinstance(value, bool) else ""
