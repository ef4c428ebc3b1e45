"""A filed schedule to the cent: published tables, worked examples, the caps that hold."""

from __future__ import annotations

from decimal import Decimal

import pytest

from posture_scan.errors import UsageError
from posture_scan.rating.exact import to_decimals
from posture_scan.rating.figures import Schedule
from posture_scan.rating.lint.schedule import schedule as lint_schedule
from posture_scan.rating.load import load_profile
from posture_scan.rating.premium import base_premium
from posture_scan.rating.priced import RatingStatus
from posture_scan.rating.profile import Profile
from posture_scan.rating.rate import Rating, rate
from posture_scan.rating.schedule import Risk, look_up, manual
from tests.rating import directors_table as published
from tests.rating.samples import statuses

US: Profile = load_profile("us-filed")
A = published.directors(published.BASE_A, published.LIMITS_A, published.HAZARDS_A)
B = published.directors(published.BASE_B, published.LIMITS_B, published.HAZARDS_B)
RISK = Risk(Decimal(1_200_000), "2", Decimal(5_000_000), Decimal(1_000_000))

SOUND = {c.id: "mv" for c in US.criteria if c.group == "SEC"}
EXAMPLE = {
    **SOUND,
    "DAT-INV": "nv", "DAT-ENC": "pv", "BKP-ISO": "md",  # 1.5 + 2.25 of 10: 37.5, weak
    "IR-PLAN": "md", "GOV-POL": "mv", "TRN-AWR": "pv",  # 1.5 + 1 + 0.5 of 4: 75, good
}  # fmt: skip


def filed(codes: dict[str, str], modification: str = "0", **facts: str) -> Rating:
    return rate(
        US, statuses(codes), base_premium=base_premium(US, None, facts),
        modification=Decimal(modification),
    )  # fmt: skip


@pytest.mark.parametrize(("table", "premium"), [(A, "5077.64"), (B, "6311.25")])
def test_the_published_exercise_comes_out_to_the_cent(table: Schedule, premium: str) -> None:
    assert to_decimals(manual(table, RISK).premium, 2) == Decimal(premium)


def test_between_the_rows_the_line_is_exact() -> None:
    # 1,819 + 200,000 / 1,500,000 x (3,619 - 1,819) = 2,059
    assert look_up(B.base, Decimal(1_200_000), "assets") == 2059
    assert look_up(B.base, Decimal(1_000_000), "assets") == 1819


@pytest.mark.parametrize("amount", ["0", "250000001"])
def test_beyond_the_table_a_person_decides(amount: str) -> None:
    with pytest.raises(UsageError) as caught:
        look_up(B.base, Decimal(amount), "assets")
    assert caught.value.code == "rating.outside_table"


@pytest.mark.parametrize(
    ("modification", "premium"),
    [("0", "4796.55"), ("-0.25", "3597.41"), ("0.25", "5995.69"), ("-0.4", "3597.41")],
)
def test_the_worked_example_and_its_caps(modification: str, premium: str) -> None:
    result = filed(EXAMPLE, modification)
    assert [(g.level, g.factor) for g in result.price.groups] == [
        ("weak", Decimal("1.10")), ("excellent", Decimal("0.85")), ("good", Decimal("0.95")),
    ]  # fmt: skip
    assert (result.price.status, result.price.premium) == (RatingStatus.OK, Decimal(premium))
    assert result.to_json()["base_premium"] == "5400"


def test_the_facts_lead_through_the_tables() -> None:
    # 7,000 x 0.85 (construction) x 1.175 ($1.5M between 1.00 and 1.35) x 0.95 ($10k)
    found = base_premium(
        US, None,
        {"assets": "150000000", "industry": "construction", "limit": "1500000",
         "retention": "10000"},
    )  # fmt: skip
    assert found.amount == Decimal("6641.6875")
    assert found.source == "schedule"
    assert base_premium(US, None, {"industry": "construction"}).source == "example"


def test_an_open_gate_leaves_no_block_better_than_average() -> None:
    result = filed({**EXAMPLE, "EXT-RDP": "nv"}, "-0.25")
    assert result.price.status is RatingStatus.GATE
    assert [g.factor for g in result.price.groups] == [Decimal("1.10"), Decimal(1), Decimal(1)]
    assert result.price.premium == Decimal("5940.00")  # 5,400 x 1.10, no judgement either


def test_a_block_about_which_nothing_is_known_is_poor() -> None:
    result = filed(SOUND)
    assert {g.group: g.level for g in result.price.groups} == {
        "DATA": "poor", "SEC": "excellent", "GOV": "poor",
    }  # fmt: skip


def test_the_minimum_premium_holds() -> None:
    small = base_premium(US, Decimal(900), {})
    assert rate(US, statuses(EXAMPLE), base_premium=small).price.premium == 1000


def test_a_pocket_calculator_gets_the_same() -> None:
    result = filed(EXAMPLE, "0.1")
    by_id = {step.id: step.values for step in result.trace}
    base = by_id["base_example_schedule"]
    product = Decimal(base["base"]) * Decimal(base["industry_factor"]) * Decimal(base["layer"])
    assert product * Decimal(base["multiplier"]) == Decimal(base["base_premium"]) == 5400
    last = by_id["premium_filed"]
    exact = Decimal(last["base_premium"]) * Decimal(last["f"]) * (1 + Decimal(last["modification"]))
    assert to_decimals(exact, 2) == Decimal(last["premium"]) == result.price.premium
    for language in ("ja", "en"):
        assert not [s for s in result.trace if "{" in s.sentence(language)]


def test_the_swapped_rows_of_the_published_table_are_refused() -> None:
    import dataclasses

    wrong = dataclasses.replace(US, schedule=A)
    codes = [(place, code) for place, code, _ in lint_schedule(wrong)]
    assert codes == [(("schedule", "base", "rows", 3), "band_falls")]
    assert not list(lint_schedule(dataclasses.replace(US, schedule=B)))
