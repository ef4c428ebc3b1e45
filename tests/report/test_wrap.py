from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture_scan.report.wrap import NOT_FIRST, NOT_LAST, width_of, wrap


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("one two three", 7, ["one two", "three"]),
        ("あいうえお", 4, ["あい", "うえ", "お"]),
        ("確認してください。", 16, ["確認してくださ", "い。"]),
        ("これは「例」です", 8, ["これは", "「例」で", "す"]),
        ("TLS 1.2以上にする", 8, ["TLS 1.2", "以上にす", "る"]),
        ("x" * 25, 10, ["x" * 10, "x" * 10, "x" * 5]),
        ("see https://example.jp/a", 10, ["see", "https://ex", "ample.jp/a"]),
    ],
)
def test_breaks_where_a_reader_expects_it(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines


@given(st.text("aあ、。「」( )x1.円", max_size=60), st.integers(6, 40))
def test_fits_and_loses_nothing_but_spaces(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(width_of(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_marks_stand_where_they_may() -> None:
    text = "外から使う(遠隔)ときは、多要素認証を付けた「VPN」を通してください。" * 3
    for width in range(20, 60):
        lines = wrap(text, width)
        assert not any(line[0] in NOT_FIRST for line in lines)
        assert not any(line[-1] in NOT_LAST for line in lines)
