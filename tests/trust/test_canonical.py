from __future__ import annotations

import hashlib
from typing import Any

import pytest

from posture_scan.errors import UsageError
from posture_scan.trust import canonical, strict_json


def test_the_same_value_gives_the_same_bytes_whatever_the_order() -> None:
    first = canonical.dumps({"b": [1, "東京"], "a": {"y": None, "x": True}})
    second = canonical.dumps({"a": {"x": True, "y": None}, "b": [1, "東京"]})
    assert first == second == '{"a":{"x":true,"y":null},"b":[1,"東京"]}'.encode()


@pytest.mark.parametrize(
    ("value", "member"),
    [
        ({"rating": {"score": 41.5}}, "$.rating.score"),
        ([0, float("nan")], "$[1]"),
        ({"n": 2**53}, "$.n"),
        ({"s": "\ud800"}, "$.s"),
        ({1: 2}, "$"),
        ({"b": b"x"}, "$.b"),
        ({"t": (1, 2)}, "$.t"),
    ],
)
def test_what_has_no_exact_form_is_refused_by_name(value: Any, member: str) -> None:
    with pytest.raises(UsageError) as caught:
        canonical.dumps(value)
    assert caught.value.code == "E-OUT-001"
    assert caught.value.values["member"] == member


def test_a_list_inside_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(UsageError):
        canonical.dumps(endless)


def test_what_is_written_can_be_read_to_the_last_level() -> None:
    for levels, fits in ((64, True), (65, False)):
        nested: Any = []
        for _ in range(levels - 1):
            nested = [nested]
        if fits:
            assert strict_json.loads(canonical.dumps(nested), "x") == nested
        else:
            with pytest.raises(UsageError) as caught:
                canonical.dumps(nested)
            assert caught.value.values["got"] == "nesting"


def test_digests_are_those_of_the_standard_library() -> None:
    assert canonical.digests(b"abc") == {
        "sha256": hashlib.sha256(b"abc").hexdigest(),
        "sha512": hashlib.sha512(b"abc").hexdigest(),
    }
