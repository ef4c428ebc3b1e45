"""A discount rises level by level at renewals and falls at once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture_scan.rating.exact import to_unit
from posture_scan.rating.figures import Renewal
from posture_scan.rating.priced import Terms
from posture_scan.rating.renewal import Grant, grant, level, premium_granted
from tests.rating.samples import SME, STRICT, TYPICAL, rated

shares = st.decimals(0, Decimal("0.6"), places=4)
rules = st.builds(
    Renewal,
    st.sets(st.decimals(Decimal("0.01"), Decimal("0.6"), places=2), min_size=1, max_size=8)
    .map(lambda found: tuple(sorted(found))),
    st.one_of(st.none(), st.integers(1, 4)), st.just("test"),
)  # fmt: skip


def renewed(earned: str, before: str, renewal: Renewal | None = STRICT.renewal) -> Grant:
    return grant(renewal, earned=Decimal(earned), before=Decimal(before))


@pytest.mark.parametrize(
    ("before", "earned", "granted", "following", "bound"),
    [
        ("0.15", "0.40", "0.20", "0.25", "rise"),
        ("0.1732", "0.40", "0.20", "0.25", "rise"),
        ("0", "0.40", "0.05", "0.10", "rise"),
        ("0.15", "0.18", "0.18", "0.18", ""),
        ("0.30", "0.10", "0.10", "0.10", ""),
        ("0.30", "0", "0", "0", ""),
        ("0.40", "0.45", "0.45", "0.45", ""),
        ("0.30", "0.45", "0.40", "0.45", "rise"),
    ],
)
def test_one_level_a_renewal(
    before: str, earned: str, granted: str, following: str, bound: str
) -> None:
    found = renewed(earned, before)
    assert (found.granted, found.following, found.bound) == (
        Decimal(granted), Decimal(following), bound,
    )  # fmt: skip


@pytest.mark.parametrize("renewal", [None, SME.renewal])
def test_without_a_rule_what_is_earned_is_granted(renewal: Renewal | None) -> None:
    found = renewed("0.40", "0", renewal)
    assert (found.granted, found.limit, found.bound) == (Decimal("0.40"), None, "")


@given(rules, shares, shares)
def test_never_above_what_is_earned_nor_more_levels_than_the_rise(
    renewal: Renewal, earned: Decimal, before: Decimal
) -> None:
    found = grant(renewal, earned=earned, before=before)
    assert found.granted <= earned
    steps = level(renewal.levels, found.granted) - level(renewal.levels, before)
    if renewal.rise is not None:
        assert steps <= renewal.rise
    assert found.granted <= found.following <= earned


@given(rules, shares, shares)
def test_a_fall_counts_at_once(renewal: Renewal, earned: Decimal, before: Decimal) -> None:
    if earned <= before:
        assert grant(renewal, earned=earned, before=before).granted == earned


@given(rules, shares, shares, shares)
def test_more_earned_or_more_granted_before_never_grants_less(
    renewal: Renewal, one: Decimal, other: Decimal, third: Decimal
) -> None:
    low, high = sorted((one, other))
    assert (
        grant(renewal, earned=low, before=third).granted
        <= grant(renewal, earned=high, before=third).granted
    )
    assert (
        grant(renewal, earned=third, before=low).granted
        <= grant(renewal, earned=third, before=high).granted
    )


@given(rules, shares, shares)
def test_what_is_earned_is_reached_in_the_end(
    renewal: Renewal, earned: Decimal, before: Decimal
) -> None:
    for _ in range(len(renewal.levels) + 1):
        before = grant(renewal, earned=earned, before=before).granted
    assert before == earned


def test_the_premium_is_that_of_the_rating_where_all_is_granted() -> None:
    rating = rated(TYPICAL)
    assert premium_granted(SME, rating.terms, rating.price.discount) == rating.price.premium


@given(shares, st.booleans())
def test_the_premium_is_rounded_step_by_step(discount: Decimal, group: bool) -> None:  # noqa: FBT001
    terms = Terms(Decimal(123_456), group)
    first = to_unit(terms.base_premium * (1 - discount), Decimal(10), "half_up")
    second = to_unit(
        first * (1 - (SME.limits.group_discount if group else 0)), Decimal(10), "half_up"
    )
    expected = max(second, SME.premium.minimum)
    assert premium_granted(SME, terms, discount) == expected
