"""The prices of a linear program: no others bound what a choice costs as high."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posture_scan.rating.plan.linear import prices

FIGURES = st.integers(-9, 9).map(float)
COSTS = st.integers(0, 9).map(lambda n: n / 54)
"""So little that even everything costs no more than one: a bound beyond that says never."""
Rows = list[list[float]]


def bound(costs: list[float], rows: Rows, needs: list[float], priced: list[float]) -> float:
    """What any choice costs at least, by these prices of the rows."""
    found = sum(price * need for price, need in zip(priced, needs, strict=True))
    for column, cost in enumerate(costs):
        worth = sum(price * row[column] for price, row in zip(priced, rows, strict=True))
        found += min(0.0, cost - worth)
    return found


@settings(max_examples=300, deadline=None)
@given(st.data(), st.integers(1, 6), st.integers(1, 5))
def test_no_other_prices_bound_the_cost_higher(
    data: st.DataObject, columns: int, count: int
) -> None:
    costs = data.draw(st.lists(COSTS, min_size=columns, max_size=columns))
    rows = [data.draw(st.lists(FIGURES, min_size=columns, max_size=columns)) for _ in range(count)]
    needs = data.draw(st.lists(FIGURES, min_size=count, max_size=count))
    found = prices(costs, rows, needs)
    assert all(price >= 0 for price in found)
    best = bound(costs, rows, needs, found)
    for whole in product((0.0, 1.0), repeat=columns):
        if all(
            sum(a * x for a, x in zip(row, whole, strict=True)) >= need
            for row, need in zip(rows, needs, strict=True)
        ):
            assert best <= sum(c * x for c, x in zip(costs, whole, strict=True)) + 1e-6
    others = st.lists(st.floats(0, 20), min_size=count, max_size=count)
    for other in data.draw(st.lists(others, max_size=5)):
        assert best > 1.5 or bound(costs, rows, needs, other) <= best + 1e-6


def test_where_nothing_can_do_the_bound_lies_beyond_the_limit() -> None:
    costs, rows, needs = [0.5, 0.25], [[0.25, 0.5]], [1.0]
    assert bound(costs, rows, needs, prices(costs, rows, needs)) >= 1


def test_the_price_is_that_of_the_last_part_needed() -> None:
    assert prices([0.1, 0.2, 0.9], [[1.0, 1.0, 1.0]], [1.5]) == [pytest.approx(0.2)]
