"""The premium before discount: the estimate against the published examples it came from."""

from __future__ import annotations

from decimal import Decimal

import pytest

from posture_scan.errors import UsageError
from posture_scan.rating.load import load_profile
from posture_scan.rating.premium import (
    base_premium,
    estimate,
    facts_carried,
    facts_read,
    refuse_unread,
)
from tests.rating.samples import SME

MILLION = 10**6
PUBLISHED = [
    ("manufacturing", 500, "1", 67_000), ("manufacturing", 3000, "1", 138_000),
    ("retail", 500, "1", 93_000), ("retail", 3000, "2", 325_000),
    ("wholesale", 3000, "1", 125_000), ("logistics", 500, "2", 284_000),
    ("restaurant", 3000, "1", 250_000), ("construction", 500, "1", 62_000),
    ("it-service", 500, "1", 1_190_000),
]  # fmt: skip
"""Industry, sales in millions of yen, plan, the premium an insurer's agency publishes."""


@pytest.mark.parametrize(("industry", "sales", "plan", "published"), PUBLISHED)
def test_the_estimate_is_within_two_percent_of_what_is_published(
    industry: str, sales: int, plan: str, published: int
) -> None:
    found = estimate(SME, industry=industry, plan=plan, annual_sales=Decimal(sales * MILLION))
    assert abs(found - published) <= published * Decimal("0.02")
    assert found % 10 == 0


def test_sales_are_held_within_bounds() -> None:
    def at(sales: int) -> Decimal:
        amount = Decimal(sales * MILLION)
        return estimate(SME, industry="retail", plan="1", annual_sales=amount)

    assert at(0) == at(50)
    assert at(50_000) == at(5000)
    assert at(50) < at(51)


def test_what_is_given_wins_and_what_is_missing_is_said() -> None:
    facts = {"industry": "retail", "annual_sales": "500000000", "plan": "2"}
    assert base_premium(SME, Decimal(99_990), facts).amount == 99_990
    assert base_premium(SME, Decimal(99_990), facts).source == "given"
    assert base_premium(SME, None, facts).source == "estimate"
    assert base_premium(SME, None, {}).source == "example"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"industry": "piracy", "annual_sales": "1"}, "rating.industry"),
        ({"plan": "3", "annual_sales": "1"}, "rating.plan"),
        ({"annual_sales": "a lot"}, "rating.amount"),
        ({"annual_sales": "-5"}, "rating.amount"),
    ],
)
def test_facts_that_make_no_sense_are_refused(facts: dict[str, str], code: str) -> None:
    with pytest.raises(UsageError) as caught:
        base_premium(SME, None, facts)
    assert caught.value.code == code


def test_infinite_sales_are_refused() -> None:
    with pytest.raises(UsageError):
        estimate(SME, industry="retail", plan="1", annual_sales=Decimal("inf"))


def test_what_no_profile_reads_is_refused() -> None:
    filed = load_profile("us-filed")
    assert set(facts_read(filed)) >= {"assets", "industry", "limit", "retention"}
    assert set(facts_read(SME)) >= {"industry", "annual_sales", "plan"}
    refuse_unread([SME, filed], ["limit", "annual_sales"], Decimal("-0.1"))
    with pytest.raises(UsageError) as caught:
        refuse_unread([SME], ["limit"])
    assert caught.value.code == "rating.unread_fact"
    with pytest.raises(UsageError) as caught:
        refuse_unread([SME], [], Decimal("-0.1"))
    assert caught.value.code == "rating.no_judgement"
    with pytest.raises(UsageError) as caught:
        refuse_unread([SME, filed], [], base=Decimal(5000))
    assert caught.value.code == "rating.two_currencies"


def test_facts_of_another_insurers_lists_are_not_carried_over() -> None:
    filed = load_profile("us-filed")
    facts = {
        "industry": "retail", "annual_sales": "5", "limit": "7", "incident_last_5_years": "yes",
    }  # fmt: skip
    assert facts_carried(filed, facts, "JPY") == {"incident_last_5_years": "yes"}
    assert facts_carried(SME, facts, "JPY") == facts
    technology = {"industry": "technology", "limit": "7"}
    assert facts_carried(filed, technology, "USD") == technology
    assert facts_carried(SME, {"plan": "none such"}, "JPY") == {}
