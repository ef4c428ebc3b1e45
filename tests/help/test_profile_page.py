"""The page on writing a profile, followed word by word in an empty folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from posture_scan.help.pages import page_path
from posture_scan.rating.load import load_profile
from tests.help.transcript import commands, matches, put_in_place, steps, typed


def page(language: str) -> str:
    return page_path("profile", language).read_text("utf-8")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_whoever_follows_the_page_sees_what_it_shows(language: str, tmp_path: Path) -> None:
    ran = 0
    for step in steps(page(language)):
        if step.kind != "console":
            put_in_place(step, tmp_path)
            continue
        for command in commands(step.text):
            printed, code = typed(command.line, tmp_path, language)
            assert code == command.code, (command.line, printed)
            assert matches(command.printed, printed), (command.line, printed)
            ran += 1
    assert ran == 14
    profile = load_profile(str(tmp_path / "acme.toml"))
    assert profile.name.en == "Rules of Acme Insurance (illustrative)"
    assert profile.criterion("OUTDATED") is not None
    assert [example.id for example in profile.examples][-1] == "old-products"


def test_both_languages_do_the_same() -> None:
    said = {language: list(steps(page(language))) for language in ("en", "ja")}
    for english, japanese in zip(said["en"], said["ja"], strict=True):
        assert english.kind == japanese.kind
        if english.kind == "console":
            assert [(c.line, c.code) for c in commands(english.text)] == [
                (c.line, c.code) for c in commands(japanese.text)
            ]
        else:
            assert english.text == japanese.text


def test_the_reader_of_transcripts_is_no_rubber_stamp(tmp_path: Path) -> None:
    assert matches("a\n...\nd\n", "a\nb\nc\nd\n")
    assert not matches("a\nd\n", "a\nb\nd\n")
    assert not matches("...\nx\n", "a\n")
    (step,) = steps("Whatever:\n\n```toml\na = 1\n```\n")
    with pytest.raises(AssertionError):
        put_in_place(step, tmp_path)
