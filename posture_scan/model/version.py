"""The orders of versions: upstream's dotted numbers, dpkg's and rpm's package revisions.

Three orders because three are in use. Upstream and the makers of devices count in numbers, each
in their own spelling; Debian and Ubuntu order revisions by Debian Policy 5.6.12, the Red Hat
family by rpm's ``rpmvercmp``. No text raises: what a target says is hostile.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import Final

_PART: Final = re.compile(r"(\d+)(?:([A-Za-z]{1,12})(\d*))?")
_NUMBER: Final = re.compile(r"\d+")
_BEFORE_RELEASE: Final = frozenset({"a", "alpha", "b", "beta", "dev", "pre", "rc", "snapshot"})
_MOST_PARTS: Final = 8
_MOST_DIGITS: Final = 18
_LEADING: Final = re.compile(r"\d{1,9}(?:\.\d{1,9}){0,7}")
_RPM_PART: Final = re.compile(r"[0-9]+|[A-Za-z]+|~|\^")

Part = tuple[int, int, str, int]
"""A number, whether it is a release (1) or before one (0), its letter, the letter's count."""
_NO_PART: Final[Part] = (0, 1, "", 0)


def compare(left: str, right: str) -> int:
    """Compare two upstream versions: negative, zero or positive, as ``left - right`` would be.

    A missing part counts as zero (``2.4`` equals ``2.4.0``); a trailing letter comes after the
    bare number (``1.0.1f`` after ``1.0.1``), except the names of pre-releases in front of a
    number (``1.3.5rc3``), which come before it. Any other letter between numbers only parts
    them: ``22.7R2.4`` is 22, 7, 2, 4 and ``9.16(4)`` is 9, 16, 4.
    """
    pairs = zip_longest(parts(left), parts(right), fillvalue=_NO_PART)
    return next(((a > b) - (a < b) for a, b in pairs if a != b), 0)


def compare_as_written(left: str, right: str) -> int:
    """Compare likewise, but a version with fewer parts comes first: ``7.2`` before ``7.2.0``.

    For makers whose versions have no fixed length: a short one may be any of the longer ones.
    """
    one, other = parts(left), parts(right)
    return (one > other) - (one < other)


def parts(version: str) -> tuple[Part, ...]:
    """Return a version's numbers in order, each with the letter that counts."""
    found: list[Part] = []
    for match in _PART.finditer(version[:200]):
        number, word, count = match.groups()
        word = (word or "").lower()
        early = bool(count) and word in _BEFORE_RELEASE
        if len(number) > _MOST_DIGITS or len(count or "") > _MOST_DIGITS:
            continue
        if early:
            found.append((int(number), 0, word, int(count)))
        elif count:
            found += [(int(number), 1, "", 0), (int(count), 1, "", 0)]
        else:
            found.append((int(number), 1, word, 0))
    return tuple(found[:_MOST_PARTS])


def numbers(version: str) -> tuple[int, ...]:
    """Return a version's numbers without letters: ``(22, 7, 2, 4)`` of ``22.7R2.4``."""
    return tuple(
        int(text) for text in _NUMBER.findall(version[:200])[:_MOST_PARTS]
        if len(text) <= _MOST_DIGITS
    )  # fmt: skip


def leading_numbers(version: str) -> tuple[int, ...]:
    """Return the dotted numbers in front: ``(10, 11, 19)`` of ``10.11.19-MariaDB``."""
    match = _LEADING.match(version)
    return tuple(int(part) for part in match.group().split(".")) if match else ()


def begins_with(version: str, shorter: str) -> bool:
    """Tell whether a version lies in a line of versions: ``8.1.2`` in ``8.1``, ``8.10`` not."""
    wanted = numbers(shorter)
    return bool(wanted) and numbers(version)[: len(wanted)] == wanted


# --- package revisions -----------------------------------------------------------------------


def compare_dpkg(left: str, right: str) -> int:
    """Compare two Debian package versions (``[epoch:]upstream[-revision]``) as dpkg does."""
    for a, b in zip(_split_package(left), _split_package(right), strict=True):
        order = _compare_fragment(a, b)
        if order:
            return order
    return 0


def _split_package(version: str) -> tuple[str, str, str]:
    epoch, colon, rest = version.strip()[:200].partition(":")
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


def compare_rpm(left: str, right: str) -> int:
    """Compare two rpm versions (``[epoch:]version[-release]``) as rpm's rpmvercmp does."""
    for a, b in zip(_split_package(left), _split_package(right), strict=True):
        order = _compare_label(a, b)
        if order:
            return order
    return 0


def _compare_label(left: str, right: str) -> int:
    """Compare stretch by stretch; ``~`` sorts before the end, ``^`` just after it."""
    one, other = _RPM_PART.findall(left), _RPM_PART.findall(right)
    for a, b in zip_longest(one, other, fillvalue=""):
        order = _rpm_weight(a) - _rpm_weight(b)
        if order or a == b:
            if order:
                return order
            continue
        if a.isdigit() and int(a) == int(b):
            continue
        bigger = int(a) > int(b) if a.isdigit() else a > b
        return 1 if bigger else -1
    return 0


def _rpm_weight(part: str) -> int:
    """Order of two stretches of different kind: a number is newer than letters."""
    if part == "~":
        return -1
    if part == "":
        return 0
    if part == "^":
        return 1
    return 3 if part.isdigit() else 2
