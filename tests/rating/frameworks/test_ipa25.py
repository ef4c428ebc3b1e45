"""The 25 questions: known answers, and what nobody knows costs a point."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture_scan.rating.frameworks.data import framework
from posture_scan.rating.frameworks.ipa25 import CHOICES, Score, Scored, may_be_unused, score
from posture_scan.rating.frameworks.view import view
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State
from tests.rating.samples import SME, TYPICAL, every, statuses

NUMBERS = [str(number) for number in range(1, 26)]


def scored(codes: Mapping[str, str], answers: Mapping[str, str] | None = None) -> Score:
    known = {item.id: item for item in statuses(dict(codes))}
    return score(view(framework("ipa25"), SME, known), answers or {})


def question(found: Score, number: str) -> Scored:
    return next(item for item in found.questions if item.id == number)


@pytest.mark.parametrize(("answer", "points"), [("yes", 100), ("partly", 50), ("no", 0), ("", -25)])
def test_twenty_five_times_the_same_answer(answer: str, points: int) -> None:
    found = scored({}, dict.fromkeys(NUMBERS, answer) if answer else {}).to_json()
    assert (found["score"], found["full"]) == (points, 100)
    expected = {"lowest": points, "highest": points} if answer else {"lowest": 0, "highest": 100}
    assert found["range"] == expected
    assert found["machine"] == []


def test_the_parts_are_of_five_thirteen_and_seven_questions() -> None:
    found = scored({}, dict.fromkeys(NUMBERS, "yes")).to_json()
    rows = [(p["id"], p["first"], p["last"], p["score"], p["full"]) for p in found["parts"]]
    assert rows == [
        ("basic", "1", "5", 20, 20), ("staff", "6", "18", 52, 52),
        ("organisation", "19", "25", 28, 28),
    ]  # fmt: skip


def test_everything_seen_by_a_machine_decides_six_questions_and_no_more() -> None:
    found = scored(every("mv")).to_json()
    assert found["machine"] == ["1", "2", "3", "4", "11", "14"]
    assert (found["score"], found["unknown"]) == (6 * 4 - 19, 19)
    assert found["range"] == {"lowest": 24, "highest": 100}


def test_the_typical_firm() -> None:
    """Partly 1 and 2, done 14, 5, 20, 25, not done 4 and 11; 3 and 16 others unknown."""
    found = scored(TYPICAL)
    known = {item.id: item.said for item in found.questions if item.said != "unknown"}
    assert known == {
        "1": "partly", "2": "partly", "4": "no", "5": "yes", "11": "no", "14": "yes", "20": "yes",
        "25": "yes",
    }  # fmt: skip
    assert found.points == 2 + 2 + 0 + 4 + 0 + 4 + 4 + 4 - 17
    assert [item.id for item in found.questions if item.machine] == ["1", "2", "4", "14"]


def test_a_contradiction_is_not_done() -> None:
    seen = {"END-EDR": CriterionStatus("END-EDR", State.CONTRADICTED, EvidenceClass.VERIFIED)}
    found = score(view(framework("ipa25"), SME, seen), {"2": "yes"})
    asked = question(found, "2")
    assert (asked.said, asked.points, asked.origin, asked.machine, asked.overruled) == (
        "no", 0, "criteria", True, True,
    )  # fmt: skip


def test_the_file_answers_only_what_the_report_leaves_open() -> None:
    found = scored({"END-EDR": "nv", "BKP-JOB": "mv"}, {"2": "yes", "7": "partly", "11": "yes"})
    assert question(found, "2").points == 0
    assert (question(found, "7").points, question(found, "7").origin) == (2, "file")
    assert (question(found, "11").points, question(found, "11").machine) == (4, False)


def test_the_file_does_not_lift_above_what_was_seen_in_part() -> None:
    asked = question(scored({"BKP-JOB": "pv"}, {"11": "yes"}), "11")
    assert (asked.said, asked.points, asked.overruled) == ("partly", 2, True)
    asked = question(scored({"BKP-JOB": "pv"}), "11")
    assert (asked.points, asked.lowest, asked.highest) == (-1, 0, 2)


def test_what_is_not_used_scores_as_done_where_that_can_be() -> None:
    found = scored({}, dict.fromkeys(may_be_unused(), "not_used"))
    assert found.points == 4 * 4 - 21
    away = {"END-EDR": CriterionStatus("END-EDR", State.NOT_APPLICABLE, EvidenceClass.VERIFIED)}
    assert question(score(view(framework("ipa25"), SME, away), {}), "2").points == -1
    names = ("EXT-SVC", "EXT-ADM", "IAM-PRIV")
    away = {name: CriterionStatus(name, State.NOT_APPLICABLE) for name in names}
    assert question(score(view(framework("ipa25"), SME, away), {}), "4").said == "not_used"


@given(
    st.dictionaries(st.sampled_from([c.id for c in SME.criteria]), st.sampled_from(
        ["mv", "md", "ma", "pv", "pa", "nv", "na"])),
    st.dictionaries(st.sampled_from(NUMBERS), st.sampled_from(CHOICES[:3])),
)  # fmt: skip
def test_the_score_lies_below_what_full_knowledge_can_make_of_it(
    codes: dict[str, str], answers: dict[str, str]
) -> None:
    found = scored(codes, answers).to_json()
    assert found["score"] <= found["range"]["lowest"] <= found["range"]["highest"] <= 100
    assert set(found["machine"]) <= {"1", "2", "3", "4", "11", "14"}
    unknown = [item for item in found["questions"] if item["said"] == "unknown"]
    assert all(item["points"] == -1 for item in unknown)
    assert found["unknown"] == len(unknown)
