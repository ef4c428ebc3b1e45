"""Property lists: a table in either form, and nothing of what is none."""

from __future__ import annotations

import plistlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture_scan.model.plist import plist_table

TABLE = {"AutoBackup": True, "Destinations": [{"ID": "1", "Name": "書庫"}]}


@pytest.mark.parametrize("form", list(plistlib.PlistFormat))
def test_a_table_in_either_form(form: plistlib.PlistFormat) -> None:
    assert plist_table(plistlib.dumps(TABLE, fmt=form)) == TABLE


@pytest.mark.parametrize("data", [b"", b"bplist00", b"<plist>", plistlib.dumps([1]), b"\xff" * 40])
def test_what_holds_no_table_is_none(data: bytes) -> None:
    assert plist_table(data) is None


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_survived(data: bytes, binary: bool) -> None:  # noqa: FBT001 -- drawn
    found = plist_table(b"bplist00" + data if binary else data)
    assert found is None or isinstance(found, dict)
