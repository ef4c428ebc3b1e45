"""Shares of the credit that add up to the last yen."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posture_scan.rating.load import load_profile
from posture_scan.rating.rate import rate
from tests.rating.samples import BASE, SME, TYPICAL, every, rated, statuses


def test_shares_add_up_and_follow_the_logarithms() -> None:
    result = rated(TYPICAL)
    shares = {name: int(yen) for name, yen in result.attribution.items()}
    assert sum(shares.values()) == BASE * result.price.controls
    assert shares["EXT-VPN"] > shares["EXT-RDP"] > shares["EXT-SVC"] > 0
    assert shares["VUL-KEV"] == shares["VUL-EOL"]
    assert set(shares) == {n for n, code in TYPICAL.items() if code[0] != "n"}


def test_without_credit_there_is_nothing_to_share() -> None:
    assert rated({**TYPICAL, "EXT-RDP": "nv"}).attribution == {}
    assert rated(every("nv")).attribution == {}


@settings(max_examples=25, deadline=None)
@given(
    st.fixed_dictionaries(
        {c.id: st.sampled_from(["mv", "pv", "md", "ma", "pa"]) for c in SME.criteria}
    )
)
def test_shares_always_add_up(codes: dict[str, str]) -> None:
    codes |= dict.fromkeys(("EXT-RDP", "EXT-VPN", "EXT-SVC", "VUL-KEV"), "mv")
    result = rated(codes)
    total = sum(Decimal(yen) for yen in result.attribution.values())
    assert total == (BASE * result.price.controls).to_integral_value()


NAMES = ("us-filed", "jp-sme-debit")


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_credits_and_debits_add_up_to_the_last_unit(name: str, data: st.DataObject) -> None:
    profile = load_profile(name)
    codes = data.draw(
        st.fixed_dictionaries(
            {c.id: st.sampled_from(["mv", "mv", "pv", "md", "ma", "nv"]) for c in profile.criteria}
        )
    )
    result = rate(profile, statuses(codes), base_premium=BASE)
    shares = {key: Decimal(amount) for key, amount in result.attribution.items()}
    unit = min(Decimal(1), profile.rounding.unit)
    total = (BASE * result.price.controls / unit).to_integral_value() * unit
    factors = (
        {g.group: g.factor for g in result.price.groups} if profile.schedule
        else {c.criterion.id: c.factor for c in result.price.credits}
    )  # fmt: skip
    if total > 0 or max(factors.values()) > 1:
        assert sum(shares.values()) == total
    assert all((amount > 0) == (factors[key] < 1) for key, amount in shares.items() if amount)
