from __future__ import annotations

import json
from typing import Any

import pytest

from posture_scan.errors import AnswerIsNoError
from posture_scan.trust import statement

DIGEST = {"sha256": "ab" * 32}
OTHER_TYPES = tuple(
    f"{statement.ATTESTATION_BASE}/{name}/v1"
    for name in ("authorisation", "acknowledgement", "receipt", "score", "supersession")
)


def payload(**changes: Any) -> bytes:
    members: dict[str, Any] = {
        "_type": statement.STATEMENT_TYPE,
        "subject": [{"name": "evidence.json", "digest": DIGEST}],
        "predicateType": statement.ASSESSMENT,
        "predicate": {},
    }
    members.update(changes)
    return json.dumps({name: value for name, value in members.items() if value != ...}).encode()


def code_of(data: bytes, expected: str = statement.ASSESSMENT) -> str:
    with pytest.raises(AnswerIsNoError) as caught:
        statement.parse(data, expected=expected)
    return caught.value.code


def test_a_statement_is_read_and_written_again() -> None:
    read = statement.parse(payload(), expected=statement.ASSESSMENT)
    assert read.subjects == (statement.Subject("evidence.json", DIGEST),)
    assert statement.parse(read.to_bytes(), expected=statement.ASSESSMENT) == read


@pytest.mark.parametrize("kind", OTHER_TYPES)
def test_no_type_passes_for_another(kind: str) -> None:
    assert code_of(payload(predicateType=kind)) == "E-TYP-002"
    assert code_of(payload(), expected=kind) == "E-TYP-002"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"predicate_type": statement.ASSESSMENT}, "E-TYP-003"),
        ({"extra": 1}, "E-TYP-003"),
        ({"_type": "https://in-toto.io/Statement/v0.1"}, "E-TYP-002"),
        ({"_type": ...}, "E-TYP-005"),
        ({"predicate": ...}, "E-TYP-005"),
        ({"predicate": []}, "E-TYP-005"),
        ({"predicateType": None}, "E-TYP-002"),
        ({"subject": []}, "E-TYP-005"),
        ({"subject": {}}, "E-TYP-005"),
        ({"subject": ["x"]}, "E-TYP-005"),
        ({"subject": [{"name": "", "digest": DIGEST}]}, "E-TYP-005"),
        ({"subject": [{"name": ["x"], "digest": DIGEST}]}, "E-TYP-005"),
        ({"subject": [{"name": "a", "digest": ["sha256"]}]}, "E-TYP-005"),
        ({"subject": [{"name": "a", "digest": DIGEST}] * 2}, "E-TYP-005"),
        ({"subject": [{"name": "a", "digest": {"sha512": "ab" * 64}}]}, "E-TYP-005"),
        ({"subject": [{"name": "a", "digest": {"sha256": "AB" * 32}}]}, "E-TYP-005"),
        ({"subject": [{"name": "a", "digest": {"sha256": "ab" * 32, "sha512": 1}}]}, "E-TYP-005"),
        ({"subject": [{"name": "a", "digest": DIGEST, "uri": "x"}]}, "E-TYP-005"),
    ],
)
def test_malformed_statements_are_refused_by_code(changes: dict[str, Any], code: str) -> None:
    assert code_of(payload(**changes)) == code


def test_a_type_written_twice_is_refused() -> None:
    twice = payload().replace(b'"predicateType"', b'"predicateType": "x", "predicateType"')
    assert code_of(twice) == "E-IN-002"
    assert code_of(b"[]") == code_of(b"5") == "E-TYP-005"
