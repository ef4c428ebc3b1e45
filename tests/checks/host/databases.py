"""Writes small GVDB files, the format of dconf, as GLib's gvdb-format.h describes it."""

from __future__ import annotations

import struct
from collections.abc import Mapping

HEADER = 24
Table = Mapping[str, "bytes | Table"]


def boolean(value: int, *, schema: bool = False) -> bytes:
    """Serialise a truth value as dconf, or as a schema's default, keeps it."""
    return bytes([value]) + b"\0" + (b"(b)" if schema else b"b")


def unsigned(value: int, *, schema: bool = False) -> bytes:
    """Serialise a number likewise."""
    return struct.pack("<I", value) + b"\0" + (b"(u)" if schema else b"u")


def gvdb(table: Table) -> bytes:
    """Write a file whose names have no parents, which the format permits."""
    body, start, end = _table(table, HEADER)
    return struct.pack("<8sIIII", b"GVariant", 0, 0, start, end) + body


def _table(table: Table, offset: int) -> tuple[bytes, int, int]:
    blob, items = b"", b""
    for name, value in table.items():
        if isinstance(value, bytes):
            kind, first, content = b"v", offset + len(blob), value
            last = first + len(value)
        else:
            kind = b"H"
            content, first, last = _table(value, offset + len(blob))
        blob += content
        key = name.encode()
        at = offset + len(blob)
        blob += key
        items += struct.pack("<IIIHcxII", 0, 0xFFFFFFFF, at, len(key), kind, first, last)
    start = offset + len(blob)
    return blob + struct.pack("<III", 0, 1, 0) + items, start, start + 12 + len(items)
