"""JSON that others wrote: bounded, no duplicate members, no floats, every mistake named."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from posture_scan.errors import UsageError

T = TypeVar("T")


def parse(data: bytes) -> Any:
    """Parse JSON that has exactly one meaning.

    Floats and NaN are refused because nothing that gets signed may hold one; a member that
    stands twice is refused because two readers could see two different documents; half a
    surrogate pair is refused because no output could hold it.

    Raises:
        ValueError: saying what is wrong, and for bad syntax where.
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            parse_float=_refuse,
            parse_constant=_refuse,
            object_pairs_hook=_unique,
        )
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def bounded_json(data: bytes, limit: int, code: str, path: str) -> Any:
    """Parse at most ``limit`` bytes strictly or raise UsageError with ``code``."""
    if len(data) > limit:
        raise UsageError(code, path=path, member=f"> {limit} bytes")
    try:
        return parse(data)
    except ValueError as error:
        raise UsageError(code, path=path, member=f"JSON: {str(error)[:80]}") from error


def as_object(value: Any, code: str, path: str) -> dict[str, Any]:
    """Return the value if it is an object."""
    if not isinstance(value, dict):
        raise UsageError(code, path=path, member="{}")
    return value


def member(table: dict[str, Any], name: str, kind: type[T], code: str, path: str) -> T:
    """Return a member that must be there and of exactly this type."""
    value = table.get(name)
    if type(value) is not kind:
        raise UsageError(code, path=path, member=name)
    return value


def members(value: Any, kind: type[T], code: str, path: str, name: str) -> list[T]:
    """Return a list whose items are all of exactly this type."""
    if not isinstance(value, list) or any(type(item) is not kind for item in value):
        raise UsageError(code, path=path, member=name)
    return value


def _refuse(text: str) -> Any:
    raise ValueError(f"number not allowed here: {text[:20]}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a member stands twice")
    return table
