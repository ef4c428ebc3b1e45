"""Orders versions and finds the branch that a version belongs to.

Two orders live here because two are in use: upstream's dotted numbers, and the order of
Debian and Ubuntu package revisions (Debian Policy 5.6.12), in which ``~`` sorts before the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import zip_longest
from typing import Final

_PART = re.compile(r"(\d{0,18})([A-Za-z]{0,12})(\d{0,18})")
_BEFORE_RELEASE: Final = frozenset({"a", "alpha", "b", "beta", "dev", "pre", "rc", "snapshot"})
_CYCLE = re.compile(r"\d{1,6}(?:\.\d{1,6}){0,3}\Z")

_Part = tuple[int, int, str, int]
_NO_PART: Final[_Part] = (0, 1, "", 0)


def compare(left: str, right: str) -> int:
    """Compare two upstream versions: negative, zero or positive, as ``left - right`` would be.

    A missing part counts as zero (``2.4`` equals ``2.4.0``); a trailing letter comes after the
    bare number (``1.0.1f`` after ``1.0.1``), except the names of pre-releases in front of a
    number (``1.3.5rc3``), which come before it.
    """
    pairs = zip_longest(_parts(left), _parts(right), fillvalue=_NO_PART)
    return next(((a > b) - (a < b) for a, b in pairs if a != b), 0)


def _parts(version: str) -> list[_Part]:
    return [_part(text) for text in re.split(r"[._-]", version)]


def _part(text: str) -> _Part:
    match = _PART.match(text)
    number, word, count = match.groups() if match else ("", "", "")
    early = bool(count) and word.lower() in _BEFORE_RELEASE
    return (int(number or 0), 0 if early else 1, word.lower(), int(count or 0))


def within(version: str, first: str, last: str) -> bool:
    """Tell whether a version lies in a range, both ends included."""
    return compare(version, first) >= 0 and compare(version, last) <= 0


def numbers(version: str) -> tuple[int, ...]:
    """Return the leading dotted numbers: ``(10, 11, 19)`` of ``10.11.19-MariaDB``."""
    match = re.match(r"\d{1,9}(?:\.\d{1,9}){0,7}", version)
    return tuple(int(part) for part in match.group().split(".")) if match else ()


def belongs(version: str, cycle: str) -> bool:
    """Tell whether a version is of a branch: ``8.1.2`` is of ``8.1``, ``8.10`` is not."""
    if not _CYCLE.match(cycle):
        return False
    wanted = numbers(cycle)
    return numbers(version)[: len(wanted)] == wanted


def branch_of(version: str, cycles: Iterable[str]) -> str:
    """Return the most precise branch the version belongs to, or an empty string."""
    return max(
        (c for c in cycles if belongs(version, c)), key=lambda c: len(numbers(c)), default=""
    )


def newer_than_all(version: str, cycles: Iterable[str]) -> bool:
    """Tell whether a version lies beyond the newest branch of a list that may be old."""
    known = [numbers(cycle) for cycle in cycles if _CYCLE.match(cycle)]
    newest = max(known, default=())
    return bool(newest) and numbers(version)[: len(newest)] > newest


# --- package revisions -----------------------------------------------------------------------


def compare_package(left: str, right: str) -> int:
    """Compare two Debian package versions (``[epoch:]upstream[-revision]``) as dpkg does."""
    for a, b in zip(_split_package(left), _split_package(right), strict=True):
        order = _compare_fragment(a, b)
        if order:
            return order
    return 0


def _split_package(version: str) -> tuple[str, str, str]:
    epoch, colon, rest = version.strip().partition(":")
    if not colon:
        epoch, rest = "0", epoch
    upstream, dash, revision = rest.rpartition("-")
    return (epoch, upstream, revision) if dash else (epoch, rest, "0")


def _compare_fragment(left: str, right: str) -> int:
    """Walk both texts in turns: a stretch without digits, then a number."""
    while left or right:
        text_a, left = _take(left, digits=False)
        text_b, right = _take(right, digits=False)
        for a, b in zip_longest(text_a, text_b, fillvalue=""):
            if _weight(a) != _weight(b):
                return _weight(a) - _weight(b)
        number_a, left = _take(left, digits=True)
        number_b, right = _take(right, digits=True)
        if int(number_a or 0) != int(number_b or 0):
            return 1 if int(number_a or 0) > int(number_b or 0) else -1
    return 0


def _take(text: str, *, digits: bool) -> tuple[str, str]:
    length = next((n for n, c in enumerate(text) if ("0" <= c <= "9") is not digits), len(text))
    return text[:length], text[length:]


def _weight(character: str) -> int:
    """Order of one character: ``~`` before the end, letters before everything else."""
    if character == "~":
        return -1
    if not character:
        return 0
    return ord(character) + (0 if character.isalpha() else 0x110000)
