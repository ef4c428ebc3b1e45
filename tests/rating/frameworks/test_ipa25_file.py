"""The file with answers to the 25 questions: filled in, or wrong with a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from posture_scan.errors import UsageError
from posture_scan.mistakes import MistakesError
from posture_scan.rating.frameworks.ipa25_file import read_answers, template
from posture_scan.text.catalog import Catalog


def written(folder: Path, text: str) -> Path:
    path = folder / "a.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_template_has_every_question_and_answers_none(tmp_path: Path, language: str) -> None:
    text = template(language)
    assert read_answers(written(tmp_path, text)) == {}
    filled = text.replace('# "', '"')
    assert read_answers(written(tmp_path, filled)) == {
        str(number): "yes" for number in range(1, 26)
    }
    topics = [Catalog(language)(f"frameworks.topic.{number}") for number in range(1, 26)]
    assert all(topic in text for topic in topics)
    assert len(set(topics)) == 25


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('"26" = "yes"', "ipa25.question"),
        ('"07" = "yes"', "ipa25.question"),
        ('"7" = "maybe"', "ipa25.answer"),
        ('"7" = true', "ipa25.answer"),
        ('"7" = ["yes"]', "ipa25.answer"),
        ('"11" = "not_used"', "ipa25.not_used"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, line: str, code: str) -> None:
    path = written(tmp_path, f'"1" = "yes"\n\n{line}\n')
    with pytest.raises(MistakesError) as caught:
        read_answers(path)
    assert [(one.code, one.line) for one in caught.value.mistakes] == [(code, 3)]
    for language in ("ja", "en"):
        (sentence,) = caught.value.sentences(language)
        assert "{" not in sentence
        assert "error." not in sentence


def test_the_four_functions_may_be_unused(tmp_path: Path) -> None:
    path = written(tmp_path, '"9" = "not_used"\n"23" = "not_used"\n')
    assert read_answers(path) == {"9": "not_used", "23": "not_used"}


@pytest.mark.parametrize("text", ["x", "a = [" + "[" * 9000])
def test_what_is_no_toml_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError):
        read_answers(written(tmp_path, text))
