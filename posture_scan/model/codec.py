"""Frozen dataclasses to JSON values and back, by their annotations alone.

Used for evidence and everything else that gets stored or signed: no floats, bytes as base64,
times in UTC with a final Z, members in the order of their declaration. Members that a reader
does not know are ignored, so that an old program can read a newer file.

A large report has some hundred thousand members, so what a type asks for is worked out once, and
the place of a member is only put together where it does not fit.
"""

from __future__ import annotations

import base64
import dataclasses
import types
import typing
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from itertools import repeat
from typing import Any, Final

Reader = Callable[[Any], Any]
"""Makes a value of one type from a JSON value."""


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


_PLAIN: Final = frozenset({str, int, bool, type(None)})
_TO_TEXT: Final[dict[type, Callable[[Any], str]]] = {
    bytes: lambda value: base64.b64encode(value).decode("ascii"),
    datetime: _utc,
    date: date.isoformat,
    Decimal: str,
}


class CodecError(ValueError):
    """A JSON value does not fit the type it should become."""

    def __init__(self, problem: str, place: str = "") -> None:
        super().__init__(f"{place}: {problem}" if place else problem)
        self.problem, self.place = problem, place

    def inside(self, member: str | int) -> CodecError:
        """Return the error as seen from the value that has this member."""
        return CodecError(self.problem, f"{member}.{self.place}" if self.place else str(member))


def encode(value: Any) -> Any:
    """Turn a dataclass, or any value such a class may hold, into plain JSON values."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if dataclasses.is_dataclass(kind):
        return {name: encode(getattr(value, name)) for name in _names(kind)}
    if kind in _TO_TEXT:
        return _TO_TEXT[kind](value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list | frozenset):
        items = sorted(value) if isinstance(value, frozenset) else value
        return [encode(item) for item in items]
    if isinstance(value, dict):
        return {str(key): encode(item) for key, item in value.items()}
    raise CodecError(f"no JSON form for {kind.__name__}")


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(item.name for item in dataclasses.fields(kind))


def decode(kind: Any, data: Any, where: str = "") -> Any:
    """Rebuild a value of the annotated type from JSON values; ``where`` names it in an error.

    Raises:
        CodecError: naming the member that does not fit.
    """
    try:
        return _reader(kind)(data)
    except CodecError as error:
        name = where or ("" if error.place else getattr(kind, "__name__", ""))
        if not name:
            raise
        raise error.inside(name) from error


def _reader(kind: Any) -> Reader:
    """Return what reads a type. Two unions of one content are equal, so only classes are kept."""
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _dataclass(kind)
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _union(inner)
    if origin is tuple:
        return _list(inner[0]) if inner[1:] == (Ellipsis,) else _tuple(inner)
    if origin is dict:
        return _dict(inner[1])
    return _scalar(kind)


@cache
def _dataclass(kind: Any) -> Reader:
    members: tuple[tuple[str, Reader], ...] | None = None

    def read(data: Any) -> Any:
        nonlocal members
        if not isinstance(data, dict):
            raise CodecError("expected an object")
        if members is None:  # only now: a class may have members of its own kind
            hints = typing.get_type_hints(kind)
            members = tuple((name, _reader(hints[name])) for name in _names(kind))
        known = {}
        name = ""
        try:
            for name, reader in members:
                if name in data:
                    known[name] = reader(data[name])
        except CodecError as error:
            raise error.inside(name) from error
        try:
            return kind(**known)
        except TypeError as error:
            raise CodecError(str(error)) from error

    return read


def _union(kinds: tuple[Any, ...]) -> Reader:
    readers = [_reader(kind) for kind in kinds if kind is not type(None)]
    optional = len(readers) < len(kinds)

    def read(data: Any) -> Any:
        if data is None and optional:
            return None
        for reader in readers:
            try:
                return reader(data)
            except CodecError:
                if len(readers) == 1:
                    raise
        raise CodecError("fits none of the allowed types")

    return read


def _list(kind: Any) -> Reader:
    reader = _reader(kind)

    def read(data: Any) -> Any:
        if not isinstance(data, list):
            raise CodecError("expected a list")
        return _each(repeat(reader), data)

    return read


def _tuple(kinds: tuple[Any, ...]) -> Reader:
    readers = [_reader(kind) for kind in kinds]

    def read(data: Any) -> Any:
        if not isinstance(data, list):
            raise CodecError("expected a list")
        if len(readers) != len(data):
            raise CodecError(f"expected {len(readers)} items")
        return _each(readers, data)

    return read


def _each(readers: Iterable[Reader], items: list[Any]) -> tuple[Any, ...]:
    found: list[Any] = []
    try:
        for item, reader in zip(items, readers, strict=False):  # one reader may serve them all
            found.append(reader(item))
    except CodecError as error:
        raise error.inside(len(found)) from error
    return tuple(found)


def _dict(kind: Any) -> Reader:
    reader = _reader(kind)

    def read(data: Any) -> Any:
        if not isinstance(data, dict):
            raise CodecError("expected an object")
        found, key = {}, ""
        try:
            for key, item in data.items():
                found[key] = reader(item)
        except CodecError as error:
            raise error.inside(key) from error
        return found

    return read


def _scalar(kind: Any) -> Reader:
    if kind in (str, int, bool):

        def plain(data: Any) -> Any:
            if type(data) is not kind:
                raise CodecError(f"expected {kind.__name__}")
            return data

        return plain
    from_text = _from_text(kind)

    def read(data: Any) -> Any:
        if not isinstance(data, str):
            raise CodecError("expected text")
        try:
            return from_text(data)
        except (ValueError, ArithmeticError) as error:
            raise CodecError(str(error)) from error

    return read


def _from_text(kind: Any) -> Reader:
    if kind is bytes:
        return lambda text: base64.b64decode(text, validate=True)
    if kind is datetime:
        return lambda text: datetime.fromisoformat(text).astimezone(UTC)
    if kind is date:
        return date.fromisoformat
    if kind is Decimal:
        return Decimal
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _member_of(kind)
    raise CodecError(f"no reader for {kind}")


def _member_of(kind: type[Enum]) -> Reader:
    members = {member.value: member for member in kind}

    def read(text: str) -> Enum:
        if text not in members:
            raise ValueError(f"{text!r} is not a valid {kind.__name__}")
        return members[text]

    return read
