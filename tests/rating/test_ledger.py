"""The table of money adds up to the premium, under every profile and whatever is known."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posture_scan.errors import UsageError
from posture_scan.rating.ledger import Ledger, ledger
from posture_scan.rating.load import list_profiles, load_profile
from posture_scan.rating.profile import Profile
from posture_scan.rating.rate import Rating, rate
from posture_scan.text.catalog import Catalog
from tests.rating.samples import BASE, TYPICAL, every, rated, statuses

CODES = ("mv", "mv", "pv", "md", "ma", "pa", "nv", "na", "")


def of(result: Rating) -> Ledger:
    found = ledger(result.to_json())
    assert found is not None
    return found


def kinds(found: Ledger) -> dict[str, Decimal]:
    return {entry.kind: entry.amount for entry in found.entries if not entry.about}


def adds_up(result: Rating) -> None:
    found = of(result)
    assert sum(entry.amount for entry in found.entries) == result.price.premium == found.premium
    assert found.to_json()["entries"][-1]["balance"] == result.to_json()["premium"]
    for language in ("ja", "en"):
        for entry in found.entries:
            assert f"explain.entry.{entry.kind}" in Catalog(language)
            assert entry.kind != "unexplained"


def drawn(profile: Profile, data: st.DataObject, codes: tuple[str, ...]) -> Rating:
    chosen = data.draw(
        st.fixed_dictionaries({c.id: st.sampled_from(codes) for c in profile.criteria})
    )
    known = statuses({name: code for name, code in chosen.items() if code})
    base = data.draw(st.decimals("1", "9999999", places=2))
    held = data.draw(st.sets(st.sampled_from([c.id for c in profile.certificates] or [""])))
    judged = data.draw(st.sampled_from([Decimal(0), Decimal("-0.4"), Decimal("0.07")]))
    return rate(
        profile, known, base_premium=base, group_discount=data.draw(st.booleans()),
        certificates=tuple(held - {""}), modification=judged if profile.schedule else Decimal(0),
    )  # fmt: skip


PRICED = [name for name in list_profiles() if load_profile(name).priced]


@pytest.mark.parametrize("name", PRICED)
@settings(max_examples=30, deadline=None)
@given(st.data())
def test_the_sum_is_the_premium_whatever_is_known(name: str, data: st.DataObject) -> None:
    adds_up(drawn(load_profile(name), data, CODES))


@pytest.mark.parametrize("name", PRICED)
@settings(max_examples=30, deadline=None)
@given(st.data())
def test_the_sum_is_the_premium_where_discounts_count(name: str, data: st.DataObject) -> None:
    adds_up(drawn(load_profile(name), data, ("mv", "mv", "mv", "md", "pv")))


def test_the_typical_firm_of_the_worked_example() -> None:
    found = of(rated(TYPICAL))
    money = kinds(found)
    assert money["base"] == BASE
    assert money["group_discount"] == -16_252
    shares = [e.amount for e in found.entries if e.kind == "credit"]
    assert sum(shares) == Decimal(-36336)
    (held,) = (e for e in found.entries if e.kind == "certificates")
    assert held.about == "sa2"
    assert held.amount == -2_400
    assert found.premium == 65_010


def test_caps_give_back_what_they_hold() -> None:
    result = rated(every("mv"), certificates=("isms", "pmark", "otasuke", "sa2"))
    money = kinds(of(result))
    assert money["certificates_cap"] == BASE * Decimal("0.02")
    assert money["total_cap"] == BASE * Decimal("0.1")


def test_an_open_gate_leaves_the_premium_and_says_why() -> None:
    found = of(rated({**TYPICAL, "EXT-RDP": "nv"}))
    assert [(e.kind, e.about) for e in found.entries] == [
        ("base", ""), ("suspended", "EXT-RDP"), ("group_discount", ""),
    ]  # fmt: skip


def test_the_minimum_premium_is_an_entry() -> None:
    profile = load_profile("jp-sme")
    result = rate(profile, statuses(every("mv")), base_premium=Decimal(40_000))
    assert kinds(of(result))["minimum"] == 6_000


def test_mere_requirements_have_no_ledger() -> None:
    profile = load_profile("uk-cyber-essentials")
    result = rate(profile, statuses(every("mv", profile)), base_premium=BASE)
    assert ledger(result.to_json()) is None


def changed(path: str, value: str) -> dict[str, Any]:
    rating = copy.deepcopy(rated(TYPICAL).to_json())
    if path == "premium":
        rating["premium"] = value
    else:
        rating["attribution"]["EXT-RDP"] = value
    return rating


def test_figures_that_do_not_follow_are_called_so() -> None:
    found = ledger(changed("premium", "1000"))
    assert found is not None
    assert found.entries[-1].kind == "unexplained"
    assert sum(entry.amount for entry in found.entries) == 1_000


@pytest.mark.parametrize("value", ["x", "NaN", "1e999999", "1e50"])
def test_what_is_no_figure_is_refused(value: str) -> None:
    for path in ("premium", "attribution"):
        with pytest.raises(UsageError):
            ledger(changed(path, value))
