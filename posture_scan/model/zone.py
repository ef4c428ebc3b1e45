"""A computer's own time zone, out of a file that may be cut off or damaged."""

from __future__ import annotations

import io
import struct
import zoneinfo
from datetime import tzinfo
from typing import Final

_HEADER: Final = struct.Struct(">4sc15x6I")
_TYPE: Final = struct.Struct(">lBB")
_DAY: Final = 86_400


def zone_of(data: bytes) -> tzinfo | None:
    """Read a compiled zone such as ``/etc/localtime`` (RFC 8536); None where it is damaged."""
    try:
        return zoneinfo.ZoneInfo.from_file(io.BytesIO(data)) if _is_sound(data) else None
    except (ValueError, struct.error):
        return None


def _is_sound(data: bytes) -> bool:
    """Tell whether a file is laid out as it says itself.

    ``zoneinfo`` takes that for granted: it reads a file without its last line for ever, and brings
    the whole program down over other numbers than it expects.
    """
    _, version, *counts = _HEADER.unpack_from(data)
    at, size = _HEADER.size, 4
    if version >= b"2":  # the same again, with longer moments and a last line
        magic, _, *second = _HEADER.unpack_from(data, at + _length(counts, size))
        at += _length(counts, size) + _HEADER.size
        counts, size = second, 8
        last = data[at + _length(counts, size) :]
        if magic != b"TZif" or last.count(b"\n") != 2 or last[:1] + last[-1:] != b"\n\n":  # noqa: PLR2004
            return False
    _, _, _, times, types, letters = counts
    kinds = at + times * (size + 1)
    found = list(_TYPE.iter_unpack(data[kinds : kinds + types * _TYPE.size]))
    return (
        len(data) >= at + _length(counts, size)
        and max(data[kinds - times : kinds], default=0) < types
        and all(
            abs(offset) < _DAY and summer in (0, 1) and name < letters
            for offset, summer, name in found
        )
    )


def _length(counts: list[int], size: int) -> int:
    """Return the bytes of a block whose moments take ``size`` bytes each."""
    universal, standard, leaps, times, types, letters = counts
    fixed = types * _TYPE.size + letters + universal + standard
    return times * (size + 1) + leaps * (size + 4) + fixed
