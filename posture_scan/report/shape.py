"""Does a document have the shape that ``schema.json`` promises? A small validator of our own.

It knows the keywords that our schema uses and no others, so that reading a report needs no
further package; the tests compare it with a full implementation of JSON Schema 2020-12.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

_KINDS: Final[dict[str, type | tuple[type, ...]]] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
}  # fmt: skip


@dataclass(frozen=True)
class Misfit:
    """The first member that does not fit, and which of the schema's words it breaks."""

    member: str
    rule: str
    """``type``, ``required``, ``value`` (enum, const, pattern) or ``size``."""
    expected: str


@cache
def report_schema() -> dict[str, Any]:
    """Return the published schema of a report, as JSON Schema 2020-12."""
    text = resources.files(__package__).joinpath("schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def first_misfit(value: Any, schema: dict[str, Any] | None = None) -> Misfit | None:
    """Return what does not fit the report schema (or another one), or None."""
    whole = schema if schema is not None else report_schema()
    return next(_misfits(value, whole, whole, ""), None)


def _misfits(
    value: Any, schema: dict[str, Any], root: dict[str, Any], where: str
) -> Iterator[Misfit]:
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    kinds = schema.get("type", [])
    allowed = [kinds] if isinstance(kinds, str) else kinds
    if allowed and not any(_is(value, kind) for kind in allowed):
        yield Misfit(where, "type", "|".join(allowed))
        return
    yield from _value_misfits(value, schema, where)
    yield from _branch_misfits(value, schema, root, where)
    if isinstance(value, dict):
        yield from _object_misfits(value, schema, root, where)
    elif isinstance(value, list):
        yield from _list_misfits(value, schema, root, where)


def _is(value: Any, kind: str) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, _KINDS[kind])


def _value_misfits(value: Any, schema: dict[str, Any], where: str) -> Iterator[Misfit]:
    if "const" in schema and value != schema["const"]:
        yield Misfit(where, "value", str(schema["const"]))
    if "enum" in schema and value not in schema["enum"]:
        yield Misfit(where, "value", "|".join(schema["enum"]))
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield Misfit(where, "value", schema["pattern"])
        if len(value) > schema.get("maxLength", len(value)):
            yield Misfit(where, "size", str(schema["maxLength"]))
    elif isinstance(value, int):
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        if not low <= value <= high:
            yield Misfit(where, "value", f"{low}..{high}")


def _branch_misfits(
    value: Any, schema: dict[str, Any], root: dict[str, Any], where: str
) -> Iterator[Misfit]:
    """Name what the last branch of ``anyOf`` misses, where none fits."""
    found = [next(_misfits(value, one, root, where), None) for one in schema.get("anyOf", ())]
    if found and None not in found:
        yield from (one for one in found[-1:] if one is not None)


def _object_misfits(
    value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], where: str
) -> Iterator[Misfit]:
    for name in schema.get("required", ()):
        if name not in value:
            yield Misfit(_join(where, name), "required", name)
    known = schema.get("properties", {})
    others = schema.get("additionalProperties")
    for name, item in value.items():
        inner = known.get(name, others)
        if inner is not None:
            yield from _misfits(item, inner, root, _join(where, name))


def _list_misfits(
    value: list[Any], schema: dict[str, Any], root: dict[str, Any], where: str
) -> Iterator[Misfit]:
    low, high = schema.get("minItems", 0), schema.get("maxItems", len(value))
    if not low <= len(value) <= high:
        yield Misfit(where, "size", f"{low}..{high}")
    inner = schema.get("items")
    if inner is not None:
        for number, item in enumerate(value):
            yield from _misfits(item, inner, root, _join(where, str(number)))


def _join(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
