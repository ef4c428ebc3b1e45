from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture_scan.model import codec
from posture_scan.model.codec import CodecError, decode, encode


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    name: str
    raw: bytes = b""


@dataclass(frozen=True)
class Outer:
    number: int
    flag: bool
    when: datetime
    day: date
    price: Decimal
    colour: Colour
    inner: Inner | None = None
    many: tuple[Inner, ...] = ()
    pair: tuple[str, int] = ("", 0)
    table: dict[str, int] | None = None


inners = st.builds(Inner, st.text(), st.binary())
outers = st.builds(
    Outer, st.integers(), st.booleans(), st.datetimes(timezones=st.just(UTC)), st.dates(),
    st.decimals(allow_nan=False, allow_infinity=False), st.just(Colour.RED),
    st.none() | inners, st.lists(inners, max_size=3).map(tuple),
    st.tuples(st.text(), st.integers()), st.none() | st.dictionaries(st.text(), st.integers()),
)  # fmt: skip


@given(outers)
def test_there_and_back_through_real_json(value: Outer) -> None:
    text = json.dumps(encode(value), allow_nan=False)
    assert decode(Outer, json.loads(text)) == value


def test_times_are_stored_in_utc_whatever_their_zone() -> None:
    tokyo = datetime(2026, 11, 22, 9, 0, tzinfo=timezone(timedelta(hours=9)))
    assert encode(tokyo) == "2026-11-22T00:00:00.000000Z"


def test_unknown_members_are_ignored_and_missing_ones_named() -> None:
    assert decode(Inner, {"name": "x", "later": 1}) == Inner("x")
    with pytest.raises(CodecError, match="name"):
        decode(Inner, {"raw": ""})


@pytest.mark.parametrize(
    ("member", "value"),
    [("number", "1"), ("number", True), ("flag", 1), ("when", "yesterday"), ("inner", []),
     ("many", {}), ("pair", ["a"]), ("colour", "blue"), ("price", 1.5)],
)  # fmt: skip
def test_what_does_not_fit_names_its_place(member: str, value: object) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    good = encode(
        Outer(1, flag=True, when=now, day=now.date(), price=Decimal(1), colour=Colour.RED)
    )
    with pytest.raises(CodecError, match=member):
        decode(Outer, {**good, member: value})


def test_a_type_that_is_being_worked_out_is_not_read_in_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where one thread is not done with the members, another must not take them for all."""

    @dataclass(frozen=True)
    class Fresh:
        one: str
        two: str = ""
        three: str = ""

    asked: list[Any] = []
    halfway, go_on = Event(), Event()

    def slow(kind: Any) -> Any:
        asked.append(kind)
        if len(asked) == 3:  # the class itself, its first member, and here its second
            halfway.set()
            go_on.wait(10)
        return reader(kind)

    reader = codec._reader
    monkeypatch.setattr(codec, "_reader", slow)
    names = ("one", "two", "three")
    monkeypatch.setattr("typing.get_type_hints", lambda _: dict.fromkeys(names, str))
    data = dict.fromkeys(names, "x")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(decode, Fresh, data)
        assert halfway.wait(10)
        try:
            second = decode(Fresh, data)
        finally:
            go_on.set()
        assert first.result(10) == second == Fresh("x", "x", "x")


def test_floats_have_no_place_in_what_gets_signed() -> None:
    with pytest.raises(CodecError, match="float"):
        encode({"score": 57.0})
