"""The cheapest sets are those that trying every set finds: targets, levels, budgets."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from posture_scan.rating.plan.cheapest import BEAMS
from posture_scan.rating.plan.sets import Limits, Sets
from tests.rating.plan.samples import (
    Case,
    by_trying,
    cases,
    filed_cases,
    priced,
    subsets,
    taken,
)

CENTS = [Decimal("-0.01"), Decimal(0), Decimal(1)]
KINDS = st.sampled_from(["hours", "cost", "both"])
WIDTHS = st.sampled_from([(1, 3, None), (100, None)])
"""How many states are kept; one is so few that the longer searches have to mend it."""
SHARE = st.integers(0, 100).map(lambda n: Decimal(n) / 100)


def sets(case: Case, beams: Sequence[int | None] = BEAMS) -> Sets:
    return Sets(case.profile, case.statuses, case.terms, case.tasks, beams=beams)


@settings(max_examples=150, deadline=None)
@given(cases(), SHARE)
def test_a_level_of_discount(case: Case, share: Decimal) -> None:
    ends = sets(case).everything.discount
    level = min(share * ends * Decimal("1.1"), ends) if share else Decimal("0.05")
    found = sets(case).cheapest(lambda result: result.discount >= level)
    assert found == by_trying(case, lambda result: result.discount >= level)


@settings(max_examples=150, deadline=None)
@given(cases(priced=True), st.data())
def test_a_premium_that_some_set_comes_to(case: Case, data: st.DataObject) -> None:
    some = data.draw(st.sampled_from(subsets(case)))
    wanted = priced(case, some).premium + data.draw(st.sampled_from([-10, -1, 0, 0, 1, 10]))
    found = sets(case).cheapest(lambda result: result.premium <= wanted)
    assert found == by_trying(case, lambda result: result.premium <= wanted)


@settings(max_examples=100, deadline=None)
@given(cases(priced=True, most=6), SHARE, SHARE, KINDS, WIDTHS)
def test_the_lowest_premium_within_limits(
    case: Case, first: Decimal, second: Decimal, kind: str, beams: tuple[int | None, ...]
) -> None:
    hours = first * 15 if kind != "cost" else None
    cost = second * 200_000 if kind != "hours" else None
    found = sets(case, beams).lowest(Limits(hours, cost))
    allowed = [one for one in subsets(case) if _allowed(case, one, hours, cost)]
    best = min(priced(case, one).premium for one in allowed)
    assert priced(case, found).premium == best
    assert found == by_trying(case, lambda result: result.premium <= best, hours, cost)


@settings(max_examples=150, deadline=None)
@given(filed_cases(), SHARE)
def test_a_level_under_a_filed_schedule(case: Case, share: Decimal) -> None:
    ends = sets(case).everything.discount
    level = ends - share / 2
    found = sets(case).cheapest(lambda result: result.discount >= level)
    assert found == by_trying(case, lambda result: result.discount >= level)


@settings(max_examples=100, deadline=None)
@given(filed_cases(priced=True), st.data())
def test_a_premium_under_a_filed_schedule(case: Case, data: st.DataObject) -> None:
    some = data.draw(st.sampled_from(subsets(case)))
    wanted = priced(case, some).premium + data.draw(st.sampled_from(CENTS))
    found = sets(case).cheapest(lambda result: result.premium <= wanted)
    assert found == by_trying(case, lambda result: result.premium <= wanted)


@settings(max_examples=60, deadline=None)
@given(filed_cases(priced=True, most=5), SHARE, SHARE, KINDS, WIDTHS)
def test_the_lowest_premium_within_limits_under_a_filed_schedule(
    case: Case, first: Decimal, second: Decimal, kind: str, beams: tuple[int | None, ...]
) -> None:
    hours = first * 15 if kind != "cost" else None
    cost = second * 200_000 if kind != "hours" else None
    found = sets(case, beams).lowest(Limits(hours, cost))
    allowed = [one for one in subsets(case) if _allowed(case, one, hours, cost)]
    best = min(priced(case, one).premium for one in allowed)
    assert found == by_trying(case, lambda result: result.premium <= best, hours, cost)


def _allowed(
    case: Case, names: tuple[str, ...], hours: Decimal | None, cost: Decimal | None
) -> bool:
    took = taken(case, names)
    return (hours is None or took[0] <= hours) and (cost is None or took[1] <= cost)
