"""One line for each mistake, in the order of the file."""

from __future__ import annotations

import pytest

from posture_scan.mistakes import Mistake, MistakesError

LATER = Mistake("p.toml", 9, "profile.unknown_key", {"where": "a.b", "key": "b"})
FIRST = Mistake("p.toml", 2, "profile.not_utf8")


def test_the_first_line_comes_first_and_speaks_for_all() -> None:
    error = MistakesError([LATER, FIRST])
    assert error.mistakes == (FIRST, LATER)
    assert (error.code, error.exit_code) == ("profile.not_utf8", 2)
    assert error.values == {"file": "p.toml", "line": 2}
    assert str(error).splitlines() == list(error.sentences("en"))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_each_mistake_is_one_line_with_its_place(language: str) -> None:
    first, later = MistakesError([LATER, FIRST]).sentences(language)
    assert first.startswith("p.toml:2: ")
    assert later.startswith("p.toml:9: a.b: ")
    assert "{" not in first + later
    assert "\n" not in first + later
