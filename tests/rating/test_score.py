"""Scores, grade and their ceilings."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.rating.samples import SME, TYPICAL, every, rated


def test_nothing_assessed_has_neither_score_nor_grade() -> None:
    result = rated({}).to_json()
    assert (result["score"], result["verified"], result["declared"]) == (None, None, None)
    assert result["grade"] is None
    assert result["coverage"] == "0.00"


def test_all_failed_is_a_score_of_zero() -> None:
    result = rated(every("nv")).to_json()
    assert (result["score"], result["grade"]) == ("0.0", "E")


@pytest.mark.parametrize(
    ("changes", "grade"),
    [
        ({}, "A"),
        ({"EXT-RDP": "nv"}, "D"),
        ({"EXT-SVC": "nv"}, "C"),
        ({"EXT-SVC": "nv", "VUL-KEV": "nv"}, "D"),
        ({"EXT-SVC": "md"}, "C"),
        ({"IR-PLAN": "nv", "END-EDR": "nv", "BKP-ISO": "nv", "BKP-TEST": "nv"}, "B"),
    ],
)
def test_gates_and_gaps_hold_the_grade_down(changes: dict[str, str], grade: str) -> None:
    assert rated({**every("mv"), **changes}).grade == grade


def test_an_open_minimum_set_holds_the_grade_down() -> None:
    known = {k: v for k, v in every("mv").items() if k != "BKP-JOB"}
    result = rated(known)
    assert result.scores.score == 96
    assert result.grade == "C"


def test_steps_start_at_their_score() -> None:
    assert rated(TYPICAL).grade == "C"
    assert next(s for s in SME.grades.steps if s.grade == "C").at_least == 55
    assert rated(TYPICAL).scores.score == Decimal("57.0")
