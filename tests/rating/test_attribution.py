"""Shares of the credit that add up to the last yen."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rating.samples import BASE, SME, TYPICAL, every, rated


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
