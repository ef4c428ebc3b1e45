"""What the TOML parser and the strict model complain about, as mistakes with file and line."""

from __future__ import annotations

import difflib
import re
import typing
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from posture_scan.mistakes import Mistake
from posture_scan.toml_lines import Outline, Place

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails


def syntax_mistake(file: str, error: Exception) -> Mistake:
    """Return the mistake for a text that is no TOML, with the line the parser names."""
    message = str(error)
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    line = int(found[1]) if found else 1
    return Mistake(file, line, "profile.syntax", {"detail": message.partition(" (at ")[0]})


_TYPES: Final = {
    "string_type": "text",
    "int_type": "whole_number",
    "is_instance_of": "number",
    "decimal_type": "number",
    "bool_type": "true_false",
    "date_type": "date",
    "list_type": "list",
    "model_type": "table",
    "dict_type": "table",
}
_BOUNDS: Final = {
    "greater_than": ("gt", ">"),
    "greater_than_equal": ("ge", ">="),
    "less_than": ("lt", "<"),
    "less_than_equal": ("le", "<="),
    "string_too_long": ("max_length", "<="),
    "string_too_short": ("min_length", ">="),
    "decimal_max_places": ("decimal_places", "<="),
}


def form_mistakes(
    file: str, outline: Outline, model: type[BaseModel], errors: Iterable[ErrorDetails]
) -> tuple[Mistake, ...]:
    """Return the mistakes of form that the strict model found, each with its line."""
    found = []
    for error in errors:
        code, values = _meaning(error, model)
        values["where"] = ".".join(str(part) for part in error["loc"])
        found.append(Mistake(file, outline.line(tuple(error["loc"])), f"profile.{code}", values))
    return tuple(found)


def _meaning(error: ErrorDetails, model: type[BaseModel]) -> tuple[str, dict[str, str]]:
    kind = error["type"]
    place: Place = tuple(error["loc"])
    key = str(place[-1]) if place else ""
    limits: Mapping[str, Any] = error.get("ctx", {})
    given = _short(error.get("input"))
    if kind == "extra_forbidden":
        return _unknown_key(key, _keys_at(model, place[:-1]))
    if kind == "missing":
        return ("missing_language" if key in {"ja", "en"} else "missing_key"), {"key": key}
    if kind in _TYPES:
        return f"wrong_type_{_TYPES[kind]}", {"key": key, "given": given}
    if kind in _BOUNDS:
        name, sign = _BOUNDS[kind]
        return "limit", {"key": key, "given": given, "limit": f"{sign} {limits[name]}"}
    if kind == "literal_error":
        expected = str(limits["expected"]).replace(" or ", ", ").replace("'", "")
        return "not_one_of", {"key": key, "given": given, "expected": expected}
    if kind == "string_pattern_mismatch":
        return "pattern", {"key": key, "given": given, "pattern": str(limits["pattern"])}
    return "invalid", {"key": key, "given": given, "detail": kind}


def _unknown_key(key: str, known: Iterable[str]) -> tuple[str, dict[str, str]]:
    near = difflib.get_close_matches(key, list(known), n=1)
    if near:
        return "unknown_key_did_you_mean", {"key": key, "near": near[0]}
    return "unknown_key", {"key": key}


def _keys_at(model: type[BaseModel], place: Place) -> tuple[str, ...]:
    """Return the keys that the table at this path may have."""
    current: type[BaseModel] | None = model
    for part in place:
        if isinstance(part, int):
            continue
        declared = current.model_fields.get(part) if current else None
        current = _table_of(declared.annotation) if declared else None
    return tuple(current.model_fields) if current else ()


def _table_of(annotation: Any) -> Any:
    """Return the model inside ``Model``, ``list[Model]`` or ``Model | None``."""
    if hasattr(annotation, "model_fields"):
        return annotation
    return next(filter(None, map(_table_of, typing.get_args(annotation))), None)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 -- fits one line
