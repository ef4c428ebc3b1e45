"""Frozen dataclasses to JSON values and back, by their annotations alone.

Used for evidence and everything else that gets stored or signed: no floats, bytes as base64,
times in UTC with a final Z, members in the order of their declaration. Members that a reader
does not know are ignored, so that an old program can read a newer file.
"""

from __future__ import annotations

import base64
import dataclasses
import types
import typing
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any


class CodecError(ValueError):
    """A JSON value does not fit the type it should become."""


def encode(value: Any) -> Any:
    """Turn a dataclass, or any value such a class may hold, into plain JSON values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: encode(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple | list | frozenset):
        items = sorted(value) if isinstance(value, frozenset) else value
        return [encode(item) for item in items]
    if isinstance(value, dict):
        return {str(key): encode(item) for key, item in value.items()}
    raise CodecError(f"no JSON form for {type(value).__name__}")


def decode(kind: Any, data: Any, where: str = "") -> Any:
    """Rebuild a value of the annotated type from JSON values.

    Raises:
        CodecError: naming the member that does not fit.
    """
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return _decode_union(typing.get_args(kind), data, where)
    if origin is tuple:
        return _decode_tuple(typing.get_args(kind), data, where)
    if origin is dict:
        if not isinstance(data, dict):
            raise CodecError(f"{where}: expected an object")
        value_kind = typing.get_args(kind)[1]
        return {key: decode(value_kind, item, f"{where}.{key}") for key, item in data.items()}
    if dataclasses.is_dataclass(kind):
        return _decode_dataclass(kind, data, where)
    return _decode_scalar(kind, data, where)


def _decode_dataclass(kind: Any, data: Any, where: str) -> Any:
    if not isinstance(data, dict):
        raise CodecError(f"{where or kind.__name__}: expected an object")
    hints = _hints(kind)
    known: dict[str, Any] = {}
    for item in dataclasses.fields(kind):
        if item.name in data:
            place = f"{where}.{item.name}" if where else item.name
            known[item.name] = decode(hints[item.name], data[item.name], place)
    try:
        return kind(**known)
    except TypeError as error:
        raise CodecError(f"{where or kind.__name__}: {error}") from error


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _decode_union(kinds: tuple[Any, ...], data: Any, where: str) -> Any:
    if data is None and type(None) in kinds:
        return None
    for kind in kinds:
        if kind is not type(None):
            try:
                return decode(kind, data, where)
            except CodecError:
                continue
    raise CodecError(f"{where}: fits none of the allowed types")


def _decode_tuple(kinds: tuple[Any, ...], data: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise CodecError(f"{where}: expected a list")
    if len(kinds) == 2 and kinds[1] is Ellipsis:  # noqa: PLR2004 -- tuple[X, ...]
        return tuple(decode(kinds[0], item, f"{where}.{n}") for n, item in enumerate(data))
    if len(kinds) != len(data):
        raise CodecError(f"{where}: expected {len(kinds)} items")
    pairs = zip(kinds, data, strict=True)
    return tuple(decode(kind, item, f"{where}.{n}") for n, (kind, item) in enumerate(pairs))


def _decode_scalar(kind: Any, data: Any, where: str) -> Any:
    if kind in (str, int, bool):
        if type(data) is not kind:
            raise CodecError(f"{where}: expected {kind.__name__}")
        return data
    if not isinstance(data, str):
        raise CodecError(f"{where}: expected text")
    try:
        return _from_text(kind, data)
    except (ValueError, ArithmeticError) as error:
        raise CodecError(f"{where}: {error}") from error


def _from_text(kind: Any, text: str) -> Any:
    if kind is bytes:
        return base64.b64decode(text, validate=True)
    if kind is datetime:
        return datetime.fromisoformat(text).astimezone(UTC)
    if kind is date:
        return date.fromisoformat(text)
    if kind is Decimal:
        return Decimal(text)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(text)
    raise CodecError(f"no reader for {kind}")
