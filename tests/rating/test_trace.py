"""The trace: a person with a pocket calculator gets the same yen."""

from __future__ import annotations

from decimal import Decimal

import pytest

from posture_scan.rating.rate import Rating
from posture_scan.text.catalog import Catalog
from tests.rating.samples import SME, TYPICAL, every, rated

CASES = {
    "typical": rated(TYPICAL),
    "gate": rated({**TYPICAL, "EXT-RDP": "nv"}),
    "all": rated(every("mv"), certificates=("isms", "pmark", "otasuke", "sa2")),
    "attested": rated(every("ma")),
    "nothing": rated({}),
}


@pytest.mark.parametrize("name", list(CASES))
def test_the_steps_multiply_out_to_the_premium(name: str) -> None:
    result = CASES[name]
    steps = {step.id: step.values for step in result.trace}
    groups = [s.values for s in result.trace if s.id == "group"]
    for group in groups:
        product = Decimal(1)
        for step in result.trace:
            if step.id in {"credit", "no_credit"} and step.values["group"] == group["group"]:
                product *= Decimal(step.values["r"])
        assert abs(product - Decimal(group["product"])) < Decimal("1e-11")
        assert Decimal(group["factor"]) == max(Decimal(group["product"]), Decimal(group["floor"]))
    first = steps["premium_discounted"]
    expected = Decimal(first["base_premium"]) * (1 - Decimal(first["discount"]))
    assert abs(expected - Decimal(first["premium"])) <= 5
    assert steps["premium_final"]["premium"] == result.to_json()["premium"]


def test_every_criterion_is_listed_in_the_order_used() -> None:
    listed = [
        s.values["criterion"] for s in CASES["typical"].trace if s.id in {"credit", "no_credit"}
    ]
    assert listed == [criterion.id for criterion in SME.criteria]


def test_bounds_and_what_they_cost_are_named() -> None:
    bounds = {step.id: (step.bound, step.lost) for step in CASES["all"].trace}
    assert bounds["factor"] == ("factor_min", "0.0398")
    assert bounds["certificates"] == ("certificates_cap", "0.02")
    assert bounds["discount"] == ("total_cap", "0.1")
    gate = {step.id: (step.bound, step.lost) for step in CASES["gate"].trace}
    assert gate["factor"][0] == "suspended"
    assert gate["certificates"] == ("suspended", "0.02")


def test_rounding_points_are_named() -> None:
    rounded = [step.rounding for step in CASES["typical"].trace if step.rounding]
    assert rounded == ["4 half_up", "unit 10 half_up", "unit 10 half_up"]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", list(CASES))
def test_every_step_has_a_sentence(name: str, language: str) -> None:
    result: Rating = CASES[name]
    for step in result.trace:
        text = step.sentence(language)
        assert f"rating.trace.{step.id}" in Catalog(language)
        assert "{" not in text
        assert not step.bound or f"rating.bound.{step.bound}" in Catalog(language)
