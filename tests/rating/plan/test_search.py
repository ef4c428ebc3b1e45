"""The search against trying every set, on problems in bare whole numbers, both kinds of groups."""

from __future__ import annotations

from decimal import Context, Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posture_scan.rating.plan.cheapest import BEAMS, cheapest, furthest
from posture_scan.rating.plan.group import BLUR, ONE_LOG, Curve, Floor, Levels, levels, log
from posture_scan.rating.plan.problem import Item, Needs, Problem

UNIT = ONE_LOG // 1000
SMALL = st.integers(0, 6)
NARROW = (1, 3, None)
"""Beams that cut the fronts of problems as small as these."""


def by_trying(problem: Problem) -> int | None:
    """The cheapest set, by key and then by the earliest items."""
    count = len(problem.items)
    found = [
        (problem.key_of(one), [not one >> place & 1 for place in range(count)], one)
        for one in range(1 << count)
        if within(problem, one) and problem.enough(one)
    ]
    return min(found)[2] if found else None


def within(problem: Problem, chosen: int) -> bool:
    hours, money = problem.cost(chosen)
    if problem.most_hours is not None and hours > problem.most_hours:
        return False
    return problem.most_money is None or money <= problem.most_money


@st.composite
def problems(draw: st.DrawFn, *, stepped: bool = False) -> Problem:
    groups = draw(st.integers(1, 3))
    count = draw(st.integers(1, 8))
    shared = draw(st.lists(st.tuples(SMALL, SMALL), max_size=3))
    items = tuple(
        Item(group, gain * UNIT, draw(st.sampled_from([gain, gain, 2 * gain])) * UNIT,
             draw(SMALL), draw(SMALL), draw(SMALL), draw(st.integers(0, (1 << len(shared)) - 1)))
        for group in sorted(draw(st.integers(0, groups - 1)) for _ in range(count))
        for gain in [draw(st.integers(0, 30))]
    )  # fmt: skip
    curves = tuple((draw(_curve(stepped=stepped)), draw(_floor)) for _ in range(groups))
    top = sum(item.gain for item in items)
    needs = Needs(
        int(top * draw(st.integers(-1, 11)) / 10) - UNIT // 3,
        int(top * draw(st.integers(-1, 14)) / 10) - UNIT // 3,
        draw(st.integers(0, 3 * count)),
    )
    limit = st.none() | st.integers(0, 4 * count)
    return Problem(items, curves, tuple(shared), needs, lambda _: True, draw(limit), draw(limit))


_floor = st.integers(0, 200).map(lambda most: Floor(most * UNIT))


def _curve(*, stepped: bool) -> st.SearchStrategy[Curve]:
    if not stepped:
        return _floor
    pairs = st.lists(st.tuples(st.integers(1, 90), st.integers(1, 90)), max_size=4)
    return pairs.map(_levels)


def _levels(pairs: list[tuple[int, int]]) -> Levels:
    raw, gains = (sorted({pair[part] for pair in pairs}) for part in (0, 1))
    steps = zip(raw, gains, strict=False)
    return Levels(tuple((least * UNIT, gain * UNIT) for least, gain in steps))


@pytest.mark.parametrize("stepped", [False, True], ids=["floors", "levels"])
@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from([BEAMS, NARROW]))
def test_the_cheapest_is_what_trying_every_set_finds(
    stepped: bool,  # noqa: FBT001 -- pytest's parameter
    data: st.DataObject,
    beams: tuple[int | None, ...],
) -> None:
    problem = data.draw(problems(stepped=stepped))
    assert cheapest(problem, beams) == by_trying(problem)


@pytest.mark.parametrize("stepped", [False, True], ids=["floors", "levels"])
@settings(max_examples=100, deadline=None)
@given(st.data(), st.sampled_from([*NARROW, *BEAMS]))
def test_none_within_the_limits_goes_further_than_the_furthest(
    stepped: bool,  # noqa: FBT001 -- pytest's parameter
    data: st.DataObject,
    beam: int | None,
) -> None:
    problem = data.draw(problems(stepped=stepped))
    found, whole = furthest(problem, beam)
    assert whole or beam is not None
    assert found is None or (within(problem, found) and problem.enough(found))
    if not whole:
        return
    if found is None:
        assert by_trying(problem) is None
        return
    assert by_trying(problem.beyond(problem.spare(*problem.gains(found)[:2]) + 2 * BLUR)) is None


def test_where_the_limits_let_a_set_reach_the_floor_a_short_search_does() -> None:
    # nothing is missed there, so that what is missed has no price to go by
    items = tuple(
        Item(0, (7 + n * n % 31) * UNIT, 0, 0, 9 + n * n * n % 29, 5 + n * 17 % 13, 0)
        for n in range(40)
    )
    floor = sum(item.gain for item in items) // 2
    curves = ((Floor(floor), Floor(0)),)
    hours = sum(item.hours for item in items) * 2 // 3
    problem = Problem(items, curves, (), Needs(0, -ONE_LOG, 0), lambda _: True, hours, 10_000)
    found, _ = furthest(problem, BEAMS[0])
    assert found is not None
    assert problem.gains(found)[0] == floor


def test_what_the_logarithms_leave_open_the_price_decides() -> None:
    item = Item(0, UNIT, UNIT, 0, 1, 0, 0)
    needs = Needs(UNIT, UNIT, 0)
    for answer in (True, False):
        problem = Problem((item,), ((Floor(UNIT), Floor(UNIT)),), (), needs, lambda _, a=answer: a)  # type: ignore[misc]
        assert cheapest(problem) == (1 if answer else None)


def test_levels_count_from_where_the_group_stands() -> None:
    steps = [
        (Decimal(40), Decimal("1.10")),
        (Decimal(60), Decimal(1)),
        (Decimal(80), Decimal("0.95")),
    ]
    curve = levels(steps, Decimal(45), Decimal("1.10"))
    assert [curve.gain(raw) for raw in (0, 14, 15, 35)] == [
        0, 0, log(Decimal("1.10")), log(Decimal("1.10")) - log(Decimal("0.95")),
    ]  # fmt: skip


@pytest.mark.parametrize("digits", [6, 28, 4000])
def test_a_logarithm_does_not_depend_on_who_asks_first(digits: int) -> None:
    log.cache_clear()
    with localcontext() as context:
        context.prec = digits
        first = log(Decimal("0.63175"))
    exact = Decimal("0.63175").ln(Context(prec=80))
    with localcontext() as context:
        context.prec = 120
        assert abs(first - exact * ONE_LOG) < 1
