from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture_scan.report.shape import Misfit, first_misfit, report_schema
from tests.report import sample
from tests.report.damaged import LEFT_OUT, Place, damaged, places

jsonschema: Any = pytest.importorskip("jsonschema")
REPORT = json.loads(json.dumps(sample.bad()))
ORACLE = jsonschema.Draft202012Validator(report_schema())
KNOWN = {
    "$schema", "$id", "$ref", "$defs", "title", "description", "type", "required", "properties",
    "additionalProperties", "items", "const", "enum", "pattern", "maxLength", "minimum",
    "maximum", "minItems", "maxItems", "anyOf",
}  # fmt: skip


def keywords(schema: Any) -> set[str]:
    if not isinstance(schema, dict):
        return set()
    found = set(schema)
    for key, value in schema.items():
        if key in {"properties", "$defs"}:
            found |= set[str]().union(*(keywords(item) for item in value.values()))
        elif key in {"items", "additionalProperties"}:
            found |= keywords(value)
        elif key == "anyOf":
            found |= set[str]().union(*map(keywords, value))
    return found


PLACES = places(REPORT)
OTHER = st.sampled_from(
    [
        LEFT_OUT,
        None,
        True,
        0,
        -1,
        70000,
        "",
        "x",
        "2026-11-20",
        [],
        [1],
        {},
        {"id": 1},
        "fail",
        "0.5",
    ]
)


def test_the_schema_uses_only_words_the_validator_knows() -> None:
    assert keywords(report_schema()) <= KNOWN


def test_a_sound_report_fits() -> None:
    assert first_misfit(REPORT) is None
    assert ORACLE.is_valid(REPORT)


@given(st.sampled_from(PLACES), OTHER)
def test_agrees_with_a_full_validator(place: Place, value: Any) -> None:
    report = damaged(REPORT, place, value)
    assert (first_misfit(report) is None) == ORACLE.is_valid(report)


@pytest.mark.parametrize(
    ("schema", "value", "misfit"),
    [
        ({"type": "integer", "minimum": 3}, 2, Misfit("", "value", "3..2")),
        ({"type": "array", "minItems": 1}, [], Misfit("", "size", "1..0")),
        ({"type": ["string", "null"]}, 1, Misfit("", "type", "string|null")),
        ({"required": ["a"]}, {}, Misfit("a", "required", "a")),
        ({"anyOf": [{"type": "null"}, {"type": "string"}]}, 1, Misfit("", "type", "string")),
        ({"anyOf": [{"type": "null"}, {"type": "string"}]}, None, None),
    ],
)
def test_names_the_rule(schema: dict[str, Any], value: Any, misfit: Misfit | None) -> None:
    assert first_misfit(value, schema) == misfit
