"""Reads GVDB, the file format of dconf's databases and of GSettings' compiled schemas.

Reading the file is lighter than asking ``gsettings``, which makes a folder in the user's cache,
and lets an administrator read the settings of everybody. The format is described by GLib's own
``gvdb-format.h``: a header, then hash tables of items whose names hang together by their parents.
Only this computer's byte order is read, which is little-endian wherever these desktops run.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Final

_SIGNATURE: Final = b"GVariant"
_HEADER: Final = struct.Struct("<8sIIII")
_TABLE: Final = struct.Struct("<II")
_ITEM: Final = struct.Struct("<IIIHcxII")
_BLOOM_WORDS: Final = (1 << 27) - 1
_NO_PARENT: Final = 0xFFFFFFFF
_DEEPEST: Final = 64
_MOST: Final = 100_000
"""Names in a whole file; GNOME's own schemas have some thousands."""

_LONGEST: Final = 1024

_Item = tuple[int, str, bytes, int, int]
"""Parent, own part of the name, kind, start and end of the value."""


def values(data: bytes) -> dict[str, bytes]:
    """Return each name with its value as it is stored; ValueError for what is no such file.

    A table inside (of one schema, or of the keys an administrator locked) adds its own names
    behind its name and a colon.
    """
    try:
        signature, _version, _options, start, end = _HEADER.unpack_from(data)
        if signature != _SIGNATURE:
            raise ValueError("not a GVDB file")
        return dict(_walk(data, (start, end), "", [_MOST]))
    except (struct.error, IndexError) as error:
        raise ValueError("a broken GVDB file") from error


def _walk(
    data: bytes, place: tuple[int, int], before: str, left: list[int]
) -> Iterator[tuple[str, bytes]]:
    """Go through a table and those inside it; ``left`` counts down over the whole file."""
    items = _items(data, *place)
    left[0] -= len(items)
    if left[0] < 0:
        raise ValueError("too many names")
    for number, (_, _, kind, first, last) in enumerate(items):
        name = before + _name(items, number)
        if kind == b"v":
            yield name, data[first:last]
        elif kind == b"H" and not before:  # no such file nests deeper
            yield from _walk(data, (first, last), f"{name}:", left)


def _items(data: bytes, start: int, end: int) -> list[_Item]:
    if not 0 <= start <= end <= len(data):
        raise ValueError("a table outside the file")
    bloom, buckets = _TABLE.unpack_from(data, start)
    first = start + _TABLE.size + 4 * ((bloom & _BLOOM_WORDS) + buckets)
    count = max(0, (end - first) // _ITEM.size)
    if count > _MOST:
        raise ValueError("too many names")
    found = []
    for number in range(count):
        _, parent, at, size, kind, low, high = _ITEM.unpack_from(data, first + number * _ITEM.size)
        if size > _LONGEST:
            raise ValueError("a name too long")
        found.append((parent, data[at : at + size].decode("utf-8", "replace"), kind, low, high))
    return found


def _name(items: list[_Item], number: int) -> str:
    name = ""
    for _ in range(_DEEPEST):
        parent, part, *_rest = items[number]
        name = part + name
        if parent == _NO_PARENT:
            return name
        if len(name) > _LONGEST:
            raise ValueError("a name too long")
        number = parent
    raise ValueError("a name without end")


def flag(found: Mapping[str, bytes], name: str) -> bool | None:
    """Return a truth value, stored alone or as a schema's default."""
    kind, content = _typed(found.get(name))
    return content[0] != 0 if kind == "b" and content else None


def number(found: Mapping[str, bytes], name: str) -> int | None:
    """Return a 32-bit number without or with sign."""
    kind, content = _typed(found.get(name))
    if kind not in ("u", "i") or len(content) < 4:  # noqa: PLR2004 -- 32 bits
        return None
    return int.from_bytes(content[:4], "little", signed=kind == "i")


def _typed(stored: bytes | None) -> tuple[str, bytes]:
    """Part a serialised variant: its content, a zero byte, and the letters of its type.

    A schema's default is the first member of a structure, so it begins where the structure does.
    """
    content, gap, kind = (stored or b"").rpartition(b"\0")
    return (kind.decode("latin-1").lstrip("(")[:1], content) if gap else ("", b"")
