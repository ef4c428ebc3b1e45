"""The JSON Schema for editors: golden, and it accepts what the program accepts."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import jsonschema
import pytest

from posture_scan.rating.form.export import json_schema, schema_text
from tests.rating.samples import PROFILES, changed, source


def test_the_schema_in_the_tree_is_the_one_the_models_give() -> None:
    golden = (PROFILES / "schema.json").read_text("utf-8")
    assert golden == schema_text(), (
        "write it again: python -c 'from posture_scan.rating.form.export import schema_text;"
        'print(schema_text(), end="")\' > profiles/schema.json'
    )


def _plain(text: str) -> Any:
    return json.loads(json.dumps(tomllib.loads(text), default=str))


@pytest.mark.parametrize("name", ["jp-sme", "jp-sme-strict"])
def test_the_shipped_profiles_fit_the_schema(name: str) -> None:
    jsonschema.Draft202012Validator(json_schema()).validate(_plain(source(name)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("weight = 9", 'weight = "9"'),
        ("weight = 9", "weight = 250"),
        ("weight = 9", "wieght = 9"),
        ("r_met = 0.950", "r_met = 0"),
    ],
)
def test_an_editor_sees_the_same_mistakes(before: str, after: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(json_schema()).validate(_plain(changed(before, after)))
