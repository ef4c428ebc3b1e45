"""The JSON Schema of a profile file, for editors: ``profiles/schema.json`` is its golden copy."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_LIMITS: Final = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
}


def schema_text() -> str:
    """Return the JSON Schema as the text of ``profiles/schema.json``."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a profile file, made from the models that read it."""
    from pydantic import Field, TypeAdapter

    from posture_scan.rating.form.kinds import CriteriaFile, DiscountFile, ScheduleFile

    every = Annotated[DiscountFile | ScheduleFile | CriteriaFile, Field(discriminator="kind")]
    schema = TypeAdapter[Any](every).json_schema()
    del schema["discriminator"]  # a word of OpenAPI's; editors choose by the constant kind
    return {"$schema": DIALECT, **_as_toml(schema)}


def _as_toml(node: Any) -> Any:
    """Describe exact numbers as the numbers they are in TOML, never as text."""
    if isinstance(node, list):
        return [_as_toml(item) for item in node]
    if not isinstance(node, dict):
        return node
    options = node.get("anyOf", [])
    if [option.get("type") for option in options] == ["number", "string"]:
        rest = {key: value for key, value in node.items() if key != "anyOf"}
        node = {**options[0], **rest}
        if isinstance(node.get("default"), str):
            node["default"] = json.loads(node["default"])
    elif any("pattern" in option and option.get("type") == "string" for option in options):
        node = {**node, "anyOf": [o for o in options if o.get("type") != "string"]}
    named = {_LIMITS.get(key, key): value for key, value in node.items()}
    return {key: _as_toml(value) for key, value in named.items() if key != "decimal_places"}
