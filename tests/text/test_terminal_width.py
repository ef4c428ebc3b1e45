"""What is printed has a certain width: a Japanese console shows some characters twice as wide."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from posture_scan.text.catalog import Catalog

ROOT = Path(__file__).parents[2]
SPOKEN = {"ja", "en"}


def ambiguous(text: str) -> str:
    return "".join(char for char in text if unicodedata.east_asian_width(char) == "A")


def spoken(value: Any, *, inside: bool = False) -> Iterator[str]:
    """Every text under a ``ja`` or ``en`` table; data such as outside rules' names is left out."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from spoken(item, inside=inside or key in SPOKEN)
    elif isinstance(value, list):
        for item in value:
            yield from spoken(item, inside=inside)
    elif inside and isinstance(value, str):
        yield value


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_programs_own_words(language: str) -> None:
    catalog = Catalog(language)
    found = {key: ambiguous(catalog.template(key) or "") for key in catalog.ids()}
    assert {key: chars for key, chars in found.items() if chars} == {}


@pytest.mark.parametrize("folder", ["checks", "profiles"])
def test_the_words_of_checks_and_profiles(folder: str) -> None:
    files = sorted((ROOT / folder).rglob("*.toml"))
    assert files
    for file in files:
        texts = list(spoken(tomllib.loads(file.read_text("utf-8"))))
        assert [text for text in texts if ambiguous(text)] == [], file.name


def test_both_languages_have_the_same_sentences() -> None:
    assert Catalog("ja").ids() == Catalog("en").ids()
