"""Takes members out of JSON that others wrote, each of the expected kind, or names the first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, Final, NoReturn

from posture_scan.errors import UsageError

MOST: Final = 20_000
"""Entries of the longest list or table that is read."""
TEXT: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]{1,500}\Z")
ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,60}\Z")
PAIR: Final = re.compile(r"[a-z0-9-]{1,30} [A-Za-z0-9._-]{1,30}\Z")
CVE: Final = re.compile(r"CVE-\d{4}-\d{4,9}\Z")
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d\Z")
_MOST_COUNTED: Final = 8

Table = dict[str, Any]


class Members:
    """One JSON object of a file, with the path to it for the error's sentence."""

    def __init__(self, value: object, file: str, place: str = "") -> None:
        """Accept an object of at most 20,000 members.

        Raises:
            UsageError: ``products.bad_file``, here and in every method.
        """
        self._file, self._place = file, place
        if not isinstance(value, dict) or len(value) > MOST:
            raise UsageError("products.bad_file", path=file, member=place or "{}")
        self.value: Table = value

    def refuse(self, name: str) -> NoReturn:
        """Raise the one error that names a member of this object."""
        shown = f"{self._place}.{name}"[:200].lstrip(".")
        member = shown.encode("unicode_escape").decode("ascii")
        raise UsageError("products.bad_file", path=self._file, member=member)

    def only(self, *names: str) -> None:
        """Refuse members nobody knows: a misspelt one would otherwise change a verdict."""
        for name in self.value:
            if name not in names:
                self.refuse(name)

    def keys_like(self, pattern: re.Pattern[str]) -> Iterator[str]:
        """Yield the members' names, each of which has to be of the pattern."""
        for name in self.value:
            if not pattern.match(name):
                self.refuse(name)
            yield name

    def inner(self, name: str) -> Members:
        """Return an object that has to be there."""
        if name not in self.value:
            self.refuse(name)
        return Members(self.value[name], self._file, f"{self._place}.{name}".lstrip("."))

    def table(self, name: str) -> Members:
        """Return an object, empty where it is left out."""
        return self.inner(name) if name in self.value else Members({}, self._file, name)

    def objects(self, name: str) -> Iterator[Members]:
        """Yield the objects of a list, none where it is left out."""
        place = f"{self._place}.{name}".lstrip(".")
        for number, item in enumerate(self._items(name)):
            yield Members(item, self._file, f"{place}.{number}")

    def _items(self, name: str) -> list[Any]:
        value = self.value.get(name, [])
        if not isinstance(value, list) or len(value) > MOST:
            self.refuse(name)
        return value

    def text(self, name: str, default: str | None = None, pattern: re.Pattern[str] = TEXT) -> str:
        """Return a text without control characters, of 1 to 500 characters."""
        value = self.value.get(name, default)
        if value is not None and value == default:
            return default or ""
        if not isinstance(value, str) or not TEXT.match(value) or not pattern.match(value):
            self.refuse(name)
        return value

    def choice(self, name: str, allowed: Collection[str], default: str | None = None) -> str:
        """Return one of a few words."""
        value = self.text(name, default)
        if value not in allowed:
            self.refuse(name)
        return value

    def flag(self, name: str) -> bool:
        """Return a truth value, false where it is left out."""
        value = self.value.get(name, False)
        if not isinstance(value, bool):
            self.refuse(name)
        return value

    def count(self, name: str) -> int:
        """Return a whole number from 0 to 8, 0 where it is left out."""
        value = self.value.get(name, 0)
        if type(value) is not int or not 0 <= value <= _MOST_COUNTED:
            self.refuse(name)
        return value

    def day(self, name: str) -> date:
        """Return a day that exists, written like 2026-11-22."""
        try:
            return date.fromisoformat(self.text(name, None, DAY))
        except ValueError:
            self.refuse(name)

    def day_or(self, name: str, words: Collection[str], default: str | None = None) -> str:
        """Return a day as text, or one of the words allowed in its place."""
        value = self.value.get(name, default)
        if isinstance(value, str) and value in words:
            return value
        return self.day(name).isoformat()

    def texts(self) -> dict[str, str]:
        """Return this whole object as names to texts."""
        return {name: self.text(name) for name in self.keys_like(TEXT)}

    def texts_of(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, empty where it is left out."""
        items = self._items(name)
        if any(not isinstance(item, str) or not TEXT.match(item) for item in items):
            self.refuse(name)
        return tuple(items)

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return a list of ranges, each two texts."""
        found = []
        for item in self._items(name):
            if not isinstance(item, list) or [type(x) for x in item] != [str, str]:
                self.refuse(name)
            if not all(TEXT.match(x) for x in item):
                self.refuse(name)
            found.append((item[0], item[1]))
        return tuple(found)
