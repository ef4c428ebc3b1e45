"""Every check of the computer tells the same in both languages, and where it comes from."""

from __future__ import annotations

import string

import pytest

from posture_scan.engine.packs import LoadedCheck
from tests.checks.host.verdicts import CHECKS


@pytest.mark.parametrize("item", CHECKS.values(), ids=lambda item: item.id)
def test_both_languages_say_the_same(item: LoadedCheck) -> None:
    japanese, english = item.meta.words["ja"], item.meta.words["en"]
    for words in (japanese, english):
        assert words.title
        assert words.why
        assert words.fix
        assert words.verify
    for reason, text in japanese.reasons.items():
        assert placeholders(text) == placeholders(english.reasons[reason]), reason
    assert item.meta.references


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
