from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture_scan.report.clean import LONGEST, clean, clean_tree


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("two\nlines\r\n", "two\\x0alines\\x0d\\x0a"),
        ("abc\u202efdp.exe", "abc\\u202efdp.exe"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("\x9b2J", "\\x9b2J"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("株式会社例 ガ ｶﾞ", "株式会社例 ガ ｶﾞ"),
        ("か\u3099", "か\u3099"),
        ("a\u0300\u0301\u0302", "a\u0300\u0301\\u0302"),
        ("[bold]<script>", "[bold]<script>"),
    ],
)
def test_what_does_not_show_itself_is_spelt_out(hostile: str, shown: str) -> None:
    assert clean(hostile) == shown


@pytest.mark.parametrize("letter", ["x", "例"])
def test_long_values_are_cut(letter: str) -> None:
    assert clean(letter * 1000) == letter * LONGEST + "..."
    assert clean(letter * LONGEST) == letter * LONGEST


def test_names_of_members_are_cleaned_too() -> None:
    assert clean_tree({"a\n": ["\x00", 1, None, {"b": True}]}) == {
        "a\\x0a": ["\\x00", 1, None, {"b": True}]
    }


@given(st.text())
def test_nothing_hidden_is_left(text: str) -> None:
    shown = clean(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert clean(shown, len(shown)) == shown
