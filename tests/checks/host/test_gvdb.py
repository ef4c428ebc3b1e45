"""GVDB files are read with their limits; a broken one is an error, never an empty answer."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.host.gvdb import flag, number, values

from tests.checks.host.databases import boolean, gvdb, unsigned

GOOD = gvdb({"/a/on": boolean(1), "/a/n": unsigned(300), ".locks": {"/a/on": boolean(1)}})


def test_values_are_found_by_name_and_type() -> None:
    found = values(GOOD)
    assert set(found) == {"/a/on", "/a/n", ".locks:/a/on"}
    assert (flag(found, "/a/on"), number(found, "/a/n")) == (True, 300)
    assert (number(found, "/a/on"), flag(found, "/a/n"), flag(found, "x")) == (None, None, None)


def test_names_hang_together_by_their_parents() -> None:
    keys = b"/a/on"
    items = struct.pack("<IIIHcxII", 0, 0xFFFFFFFF, 24, 3, b"L", 0, 0)
    items += struct.pack("<IIIHcxII", 0, 0, 27, 2, b"v", 29, 32)
    body = keys + boolean(1) + struct.pack("<III", 0, 1, 0) + items
    data = struct.pack("<8sIIII", b"GVariant", 0, 0, 32, 24 + len(body)) + body
    assert values(data) == {"/a/on": boolean(1)}


@pytest.mark.parametrize(
    "data",
    [
        b"", b"GVariant", b"x" * 64, GOOD[:40],
        struct.pack("<8sIIII", b"GVariant", 0, 0, 24, 4_000_000_000),
        struct.pack("<8sIIII", b"GVariant", 0, 0, 24, 32) + struct.pack("<II", 0, 0xFFFFFFFF),
    ],
)  # fmt: skip
def test_a_broken_file_is_an_error_or_holds_nothing(data: bytes) -> None:
    try:
        assert values(data) == {}
    except ValueError:
        return


def test_a_name_that_is_its_own_parent_is_an_error() -> None:
    items = struct.pack("<IIIHcxII", 0, 0, 24, 0, b"v", 24, 24)
    body = struct.pack("<III", 0, 1, 0) + items
    data = struct.pack("<8sIIII", b"GVariant", 0, 0, 24, 24 + len(body)) + body
    with pytest.raises(ValueError, match="without end"):
        values(data)


def test_tables_that_lie_over_each_other_are_not_read_over_and_over() -> None:
    """Each of a thousand names is a table, and each is the first table once more."""
    count, start = 1000, 24
    end = start + 12 + 24 * count
    items = struct.pack("<IIIHcxII", 0, 0xFFFFFFFF, 0, 1, b"H", start, end) * count
    data = struct.pack("<8sIIII", b"GVariant", 0, 0, start, end)
    with pytest.raises(ValueError, match="too many"):
        values(data + struct.pack("<III", 0, 1, 0) + items)


@given(st.binary(max_size=300), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_no_bytes_raise_anything_but_a_plain_error(noise: bytes, start: int, end: int) -> None:
    size = len(noise) + 24
    for first, last in ((start, end), (start % size, size)):
        with contextlib.suppress(ValueError):
            values(struct.pack("<8sIIII", b"GVariant", 0, 0, first, last) + noise)
