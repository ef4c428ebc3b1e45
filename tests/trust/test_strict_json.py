from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture_scan.errors import AnswerIsNoError, PostureError
from posture_scan.trust import canonical, strict_json

DOCUMENT = "x.json"


def code_of(data: bytes) -> str:
    with pytest.raises(PostureError) as caught:
        strict_json.loads(data, DOCUMENT)
    return caught.value.code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"a":1,"a":1}', "E-IN-002"),
        (b'{"a":1,"\\u0061":1}', "E-IN-002"),
        (b"[" * 65 + b"]" * 65, "E-IN-003"),
        (b"[" * 100_000, "E-IN-003"),
        (b'{"a":' * 70 + b"1" + b"}" * 70, "E-IN-003"),
        (b"", "E-IN-008"),
        (b"{", "E-IN-008"),
        (b'{"a":1}x', "E-IN-008"),
        (b'{"a":1,}', "E-IN-008"),
        (b'{"a":01}', "E-IN-008"),
        (b'"tab\there"', "E-IN-008"),
        (b"'a'", "E-IN-008"),
        (b"\xef\xbb\xbf{}", "E-IN-009"),
        (b'"\xff"', "E-IN-009"),
        ('"\ud800"'.encode("utf-8", "surrogatepass"), "E-IN-009"),
        ("{}".encode("utf-16"), "E-IN-009"),
        (b"NaN", "E-IN-010"),
        (b"[Infinity]", "E-IN-010"),
        (b"[-Infinity]", "E-IN-010"),
        (b"1.0", "E-IN-010"),
        (b"1e2", "E-IN-010"),
        (b"9007199254740992", "E-IN-010"),
        (b"-9007199254740992", "E-IN-010"),
        (b"9" * 5000, "E-IN-010"),
        (b'"\\ud800"', "E-IN-011"),
        (b'{"\\udc00":1}', "E-IN-011"),
    ],
)
def test_what_has_more_than_one_meaning_is_refused(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_too_many_bytes_are_refused_before_they_are_read() -> None:
    assert code_of(b" " * (strict_json.MAX_BYTES + 1)) == "E-IN-001"


def test_a_duplicate_is_named_with_its_place() -> None:
    text = '{"payload": "x",\n "inner": [{"payload": ",{\\"a\\":"}],\n  "payload": 2}'
    with pytest.raises(PostureError) as caught:
        strict_json.loads(text.encode(), DOCUMENT)
    assert caught.value.values == {
        "document": DOCUMENT, "key": "payload", "line": 3, "column": 3,
    }  # fmt: skip


def test_a_duplicate_is_told_from_the_same_name_elsewhere() -> None:
    text = '{"a":{"k":"k"},"b":["k","k",{"k":0}],"k":1,"c":"k","d":{"k":[{}]},"k":2}'
    with pytest.raises(PostureError) as caught:
        strict_json.loads(text.encode(), DOCUMENT)
    assert caught.value.values["key"] == "k"
    assert caught.value.values["column"] == text.rindex('"k"') + 1


def test_many_brackets_beside_each_other_are_not_deep() -> None:
    data = b"[" + b",".join([b'{"[[[":[]}'] * 200) + b"]"
    assert len(strict_json.loads(data, DOCUMENT)) == 200
    assert code_of(data[:-1] + b"," + b"[" * 64 + b"]" * 65) == "E-IN-003"


def test_what_is_exact_is_read() -> None:
    data = '{"a":[1,-1,0,true,false,null,"東京","\\ud83d\\ude00","[{"],"b":9007199254740991}'
    assert strict_json.loads(data.encode(), DOCUMENT) == json.loads(data)
    assert strict_json.loads(b"[" * 64 + b"]" * 64, DOCUMENT) == json.loads("[" * 64 + "]" * 64)


def test_hostile_strings_stay_linear() -> None:
    started = time.process_time()
    assert code_of(b'"' + b'\\"' * 500_000) == "E-IN-008"
    assert code_of(b'["' * 200_000) in {"E-IN-003", "E-IN-008"}
    assert time.process_time() - started < 5


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)  # fmt: skip


@given(JSON)
def test_what_canonical_writes_is_read_back(value: Any) -> None:
    assert strict_json.loads(canonical.dumps(value), DOCUMENT) == value


@given(st.binary() | st.text('{}[]",:1.eNa\\ud8 ').map(str.encode))
def test_any_bytes_give_a_value_or_a_typed_refusal(data: bytes) -> None:
    try:
        value = strict_json.loads(data, DOCUMENT)
    except AnswerIsNoError:
        return
    assert strict_json.loads(canonical.dumps(value), DOCUMENT) == value
