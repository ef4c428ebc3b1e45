"""The questionnaire a profile makes."""

from __future__ import annotations

from posture_scan.rating.questions import fact_questions, questions
from tests.rating.samples import SME


def test_everything_no_machine_sees_is_asked_in_both_languages() -> None:
    ja, en = questions(SME, "ja"), questions(SME, "en")
    assert [q.criterion for q in ja] == [q.criterion for q in en]
    blind = {c.id for c in SME.criteria if not c.machine}
    assert blind <= {q.criterion for q in ja}
    assert all(a.text != b.text for a, b in zip(ja, en, strict=True))


def test_paths_are_asked_one_by_one() -> None:
    remote = next(q for q in questions(SME, "en") if q.criterion == "IAM-MFA-REM")
    assert [path.id for path in remote.paths] == ["vpn", "support", "vendor"]
    assert remote.paths[0].choices == ("all", "some", "none", "not_used")
    plain = next(q for q in questions(SME, "en") if q.criterion == "TRN-AWR")
    assert [(path.id, path.choices) for path in plain.paths] == [("", ("yes", "partly", "no"))]


def test_all_paths_of_a_question_take_the_same_choices() -> None:
    for question in questions(SME, "ja"):
        assert len({path.choices for path in question.paths}) == 1, question.criterion


def test_facts_bring_their_choices() -> None:
    facts = {fact.id: fact for fact in fact_questions(SME, "ja")}
    assert ("retail", "小売") in facts["industry"].choices
    assert facts["annual_sales"].choices == ()
    assert [name for name, _ in facts["incident_last_5_years"].choices] == ["yes", "no"]
