"""Between worst and best."""

from __future__ import annotations

from tests.rating.samples import SME, TYPICAL, every, rated


def test_known_evidence_leaves_no_range() -> None:
    result = rated(every("mv")).to_json()["range"]
    assert result["worst"] == result["best"]


def test_the_typical_firms_range() -> None:
    found = rated(TYPICAL).to_json()["range"]
    assert found["worst"] == {"score": "57.0", "discount": "0.3228", "premium": "65010"}
    best = rated({c.id: TYPICAL.get(c.id, "mv") for c in SME.criteria}).to_json()
    assert found["best"] == {key: best[key] for key in ("score", "discount", "premium")}


def test_the_worst_case_is_never_better_than_today() -> None:
    few = dict.fromkeys(SME.minimum_set, "mv")
    result = rated(few)
    failed = rated({c.id: few.get(c.id, "nv") for c in SME.criteria})
    assert failed.price.premium < result.price.premium
    assert result.range.worst.premium == result.price.premium
    assert result.range.worst.discount == 0


def test_with_nothing_known_the_worst_score_is_zero() -> None:
    found = rated({}).to_json()["range"]
    assert (found["worst"]["score"], found["best"]["score"]) == ("0.0", "100.0")
