"""One value, one sequence of bytes: what gets signed and what gets hashed.

Members sorted by code point, no white space, UTF-8 without escapes beyond those JSON needs,
integers and text only. For values without fractions and keys within the Basic Multilingual
Plane this is what RFC 8785 writes too.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from posture_scan.trust.codes import refusal
from posture_scan.trust.strict_json import MAX_DEPTH, MAX_INTEGER


def dumps(value: Any) -> bytes:
    """Write plain JSON values deterministically.

    Raises:
        UsageError: E-OUT-001 where a value has no exact form (a fraction, an integer beyond
            2^53, half a character, a type JSON does not know), naming the member.
    """
    try:
        text = json.dumps(
            value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
        )
        data = text.encode("utf-8")
    except (ValueError, TypeError, RecursionError):
        # NaN, half a character, a type JSON does not know, a list inside itself
        _name_inexact(value, "$", 0)
        raise
    if not _is_exact(value):
        _name_inexact(value, "$", 0)
    return data


def _is_exact(value: Any) -> bool:
    """Look at all values level by level, without the cost of naming their places."""
    level, depth = [value], 0
    while level:
        below: list[Any] = []
        for item in level:
            kind = type(item)
            if kind is dict and depth < MAX_DEPTH and {str}.issuperset(map(type, item)):
                below.extend(item.values())
            elif kind is list and depth < MAX_DEPTH:
                below.extend(item)
            elif kind is int:
                if abs(item) > MAX_INTEGER:
                    return False
            elif kind is not str and kind is not bool and item is not None:
                return False
        level, depth = below, depth + 1
    return True


def _name_inexact(value: Any, where: str, depth: int) -> None:
    """Raise the refusal that names the first value without an exact form."""
    kind = type(value)
    if value is None or kind is bool or (kind is int and abs(value) <= MAX_INTEGER):
        return
    if kind is str:
        if not _has_utf8(value):
            raise refusal("E-OUT-001", member=where, got="surrogate")
    elif kind not in (dict, list):
        raise refusal("E-OUT-001", member=where, got=kind.__name__)
    elif depth >= MAX_DEPTH:
        raise refusal("E-OUT-001", member=where, got="nesting")
    elif kind is list:
        for number, item in enumerate(value):
            _name_inexact(item, f"{where}[{number}]", depth + 1)
    else:
        for key, item in value.items():
            if type(key) is not str or not _has_utf8(key):
                raise refusal("E-OUT-001", member=where, got=type(key).__name__)
            _name_inexact(item, f"{where}.{key}", depth + 1)


def _has_utf8(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def sha256(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digests(data: bytes) -> dict[str, str]:
    """Both digests a subject carries; two hashes must break before a file can be swapped."""
    return {"sha256": sha256(data), "sha512": hashlib.sha512(data).hexdigest()}
