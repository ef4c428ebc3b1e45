"""A profile of mere requirements: met, not met or not known, and nowhere an amount of money."""

from __future__ import annotations

from decimal import Decimal

import pytest

from posture_scan.rating.load import load_profile
from posture_scan.rating.premium import base_premium
from posture_scan.rating.rate import Rating, rate
from tests.rating.samples import every, statuses

UK = load_profile("uk-cyber-essentials")


def judged(codes: dict[str, str]) -> Rating:
    return rate(UK, statuses(codes), base_premium=base_premium(UK, Decimal(5), {}))


def test_all_met_is_ok_and_names_no_amount() -> None:
    shown = judged(every("mv", UK)).to_json()
    assert (shown["status"], shown["gates"], shown["missing"]) == ("ok", [], [])
    assert shown["profile"]["kind"] == "criteria"
    for key in ("premium", "base_premium", "discount"):
        assert shown[key] is None
        assert "premium" not in str(shown["trace"])
    assert shown["range"]["worst"] == {"score": "100.0", "discount": None, "premium": None}
    assert (shown["attribution"], shown["base_source"]) == ({}, "none")


@pytest.mark.parametrize("code", ["nv", "na", "pv", "pa"])
def test_one_requirement_short_fails_the_whole(code: str) -> None:
    result = judged({**every("mv", UK), "UA-MFA": code})
    assert (result.price.status.value, result.price.gates) == ("gate", ("UA-MFA",))
    assert [worth.criterion for worth in result.fixes] == ["UA-MFA"]


def test_one_requirement_unknown_leaves_it_open() -> None:
    codes = every("mv", UK)
    del codes["SU-EOL"]
    result = judged(codes)
    assert (result.price.status.value, result.price.missing) == ("insufficient", ("SU-EOL",))


def test_every_requirement_counts() -> None:
    assert set(UK.minimum_set) == {item.id for item in UK.criteria}
    assert all(item.gate == "critical" for item in UK.criteria)
    subjects = {name for item in UK.criteria for name in item.frameworks.cyber_essentials}
    assert {group.id for group in UK.groups} <= subjects
