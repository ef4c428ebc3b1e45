"""Every refusal has its sentence, in both languages, with exactly the values it is given."""

from __future__ import annotations

import ast
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import posture_scan
from posture_scan.errors import PostureError
from posture_scan.trust.codes import CODES, NOTES, refusal

ROOT = Path(posture_scan.__file__).parent
WORDS = {
    language: tomllib.loads((ROOT / "text" / f"trust.{language}.toml").read_text("utf-8"))
    for language in ("ja", "en")
}
ALL_CODES = sorted({*CODES, *NOTES})


def _calls() -> Iterator[tuple[str, frozenset[str]]]:
    """Each code in the source with the names of the values it is raised or noted with."""
    for path in sorted((ROOT / "trust").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            for argument in node.args:
                if isinstance(argument, ast.Constant) and argument.value in ALL_CODES:
                    names = {item.arg for item in node.keywords if item.arg}
                    yield str(argument.value), frozenset(names)


def test_every_code_is_used_and_has_words_and_no_word_is_left_over() -> None:
    assert {code for code, _ in _calls()} == set(ALL_CODES)
    for words in WORDS.values():
        assert sorted(words["error"]) == ALL_CODES


@pytest.mark.parametrize("language", ["ja", "en"])
def test_sentences_begin_with_their_code_and_take_the_values_given(language: str) -> None:
    for code, values in _calls():
        sentence = WORDS[language]["error"][code]
        assert sentence.startswith(code + "  ")
        assert "\n" not in sentence
        wanted = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
        assert wanted <= values, code


def test_both_languages_ask_for_the_same_values() -> None:
    for code in ALL_CODES:
        wanted = [
            {name for _, name, _, _ in string.Formatter().parse(words["error"][code]) if name}
            for words in WORDS.values()
        ]
        assert wanted[0] == wanted[1], code


def test_exit_codes_follow_the_table_of_the_program() -> None:
    exits = {code: kind.exit_code for code, kind in CODES.items()}
    assert exits["E-SIG-005"] == 1
    assert exits["E-POL-001"] == 2
    assert exits["E-EVD-005"] == 3
    assert exits["E-SIG-004"] == 4
    assert exits["E-FRS-003"] == 5
    assert set(exits.values()) == {1, 2, 3, 4, 5}


def test_a_stranger_s_words_cannot_move_the_cursor() -> None:
    error: PostureError = refusal("E-TYP-003", member="a\x1b[2J\u202e\n山田")
    shown = str(error.values["member"])
    assert shown.isprintable()
    assert shown.startswith("a\\x1b[2J\\u202e\\n")
