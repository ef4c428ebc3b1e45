from __future__ import annotations

from datetime import date

import pytest

from posture_scan.collect.interview import Asking, interview
from posture_scan.model.answer import Answer, Answers
from tests.collect.test_answers import QUESTIONS

START = Answers("jp-sme", "例", "総務", date(2026, 11, 20))


class Person:
    """Says the given words one after the other and remembers what was shown."""

    def __init__(self, *says: str | None) -> None:
        self.says = list(says)
        self.shown: list[Asking] = []
        self.saved: list[Answers] = []

    def ask(self, shown: Asking) -> str | None:
        assert {"next", "skip", "back", "stop"} < set(shown.allowed())
        self.shown.append(shown)
        return self.says.pop(0) if self.says else None

    def goes_through(self, start: Answers, language: str = "en") -> dict[str, dict[str, str]]:
        found = interview(QUESTIONS, start, self.ask, self.saved.append, language=language)
        self.left = found
        return {answer.criterion: answer.paths for answer in found.answers}


def test_asks_every_path_with_progress() -> None:
    person = Person("all", "none", "yes")
    assert person.goes_through(START, "ja") == {
        "IAM-MFA-REM": {"vpn": "all", "vendor": "none"}, "TRN-AWR": {"": "yes"},
    }  # fmt: skip
    assert (person.shown[0].progress, person.shown[0].title) == ("1/2", "遠隔接続の多要素認証")
    assert "対象: 保守業者" in person.shown[1].text
    assert (person.shown[2].progress, person.shown[2].title) == ("2/2", "教育")
    assert person.shown[0].choices[0] == ("all", "全員・すべて")
    assert len(person.saved) == 3


def test_next_changes_nothing() -> None:
    person = Person("all", "back", "next", "some")
    assert person.goes_through(START) == {"IAM-MFA-REM": {"vpn": "all", "vendor": "some"}}
    assert Person("next", "all").goes_through(START) == {"IAM-MFA-REM": {"vendor": "all"}}


def test_skip_leaves_open_and_takes_an_answer_back() -> None:
    assert Person("skip", "all").goes_through(START) == {"IAM-MFA-REM": {"vendor": "all"}}
    person = Person("all", "back", "skip", "some")
    assert person.goes_through(START) == {"IAM-MFA-REM": {"vendor": "some"}}
    assert [shown.current for shown in person.shown] == ["", "", "all", "", ""]


def test_stop_keeps_what_was_said_and_resuming_goes_on_there() -> None:
    first = Person("all", "stop")
    first.goes_through(START)
    second = Person("some", "no")
    assert second.goes_through(first.left) == {
        "IAM-MFA-REM": {"vpn": "all", "vendor": "some"}, "TRN-AWR": {"": "no"},
    }  # fmt: skip
    assert len(second.shown) == 2


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_cannot_be_said_is_asked_again(language: str) -> None:
    person = Person("yes please", " ALL ", None)
    assert person.goes_through(START, language) == {"IAM-MFA-REM": {"vpn": "all"}}
    assert person.shown[0].complaint == ""
    assert "yes please" in person.shown[1].complaint


def test_back_on_the_first_question_stays_there() -> None:
    person = Person("back", "all")
    assert person.goes_through(START) == {"IAM-MFA-REM": {"vpn": "all"}}
    assert person.shown[0] == person.shown[1]


def test_notes_survive_a_changed_answer() -> None:
    start = Answers(
        "jp-sme", "例", "総務", date(2026, 11, 20), (Answer("TRN-AWR", {}, "4月に実施"),)
    )  # fmt: skip
    person = Person("all", "all", "yes")
    person.goes_through(start)
    assert person.left.get("TRN-AWR") == Answer("TRN-AWR", {"": "yes"}, "4月に実施")
