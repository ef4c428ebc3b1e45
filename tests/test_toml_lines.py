"""Lines of keys in TOML of every shape."""

from __future__ import annotations

import time
import tomllib
from typing import Any

import pytest

from posture_scan.toml_lines import Outline
from tests.rating.samples import source

TEXT = '''a = 1
"b c" = 2
d.e = 3
list = [
  "x = 1",
  { y = 2 },
]
long = """
fake = 1
[fake]
"""
inline = { one = 1, two = "}, three = 3" }
[table]
f = 1  # g = 2
[[rows]]
id = 1
[rows.sub]
h = 1
[[rows]]
id = 2
[[rows.deep]]
k = 1
[[rows.deep]]
k = 2
'''


def test_every_key_is_found_on_its_line() -> None:
    tomllib.loads(TEXT)
    outline = Outline(TEXT)
    expected = {
        ("a",): 1, ("b c",): 2, ("d", "e"): 3, ("list",): 4, ("list", 1, "y"): 4, ("long",): 8,
        ("fake",): 1, ("inline", "two"): 12, ("inline", "three"): 12, ("table",): 13,
        ("table", "f"): 14, ("table", "g"): 13, ("rows", 0, "id"): 16, ("rows", 0, "sub", "h"): 18,
        ("rows", 1, "id"): 20, ("rows", 1, "deep", 0, "k"): 22, ("rows", 1, "deep", 1, "k"): 24,
        ("rows", 1, "deep", 1, "none"): 23, ("nowhere",): 1,
    }  # fmt: skip
    assert {place: outline.line(place) for place in expected} == expected


def test_a_bracket_in_a_quoted_header_is_no_end() -> None:
    text = "[\"a]b\"] # [c]\nd = 1\n[e.'f.g']\nh = 1\n"
    tomllib.loads(text)
    outline = Outline(text)
    assert [outline.line(place) for place in (("a]b", "d"), ("e", "f.g", "h"))] == [2, 4]


@pytest.mark.parametrize(
    "line",
    [
        "[" + " " * 50_000 + '"a]b"' + " " * 50_000 + "]",
        "[" + "a . " * 4_000 + "a]",
        "a" * 50_000 + " " * 50_000 + "= 1",
        "a = [" + "1, " * 20_000 + "]",
        "a = '" + '"{,' * 20_000 + "'",
        "a = { " + ", ".join(f'b{n} = "x"' for n in range(5000)) + " }",
        "# " + '"' * 100_000,
    ],
)
def test_a_long_line_takes_no_longer_than_its_length(line: str) -> None:
    started = time.monotonic()
    Outline(line)
    assert time.monotonic() - started < 2


def test_every_key_of_a_real_profile_is_found() -> None:
    text = source()
    outline, lines = Outline(text), text.split("\n")

    def walk(node: Any, place: tuple[str | int, ...]) -> None:
        items = node.items() if isinstance(node, dict) else enumerate(node)
        for key, value in items:
            here = (*place, key)
            if isinstance(value, dict | list):
                walk(value, here)
            elif isinstance(key, str) and isinstance(node, dict):
                assert key in lines[outline.line(here) - 1] or "{" in text, here

    walk(tomllib.loads(text), ())
    for number, criterion in enumerate(tomllib.loads(text)["criteria"]):
        assert criterion["id"] in lines[outline.line(("criteria", number, "id")) - 1]
