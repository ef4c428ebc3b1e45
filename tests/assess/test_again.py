"""A report rated again: by its own rules, or by somebody else's."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from posture_scan.assess.again import own_profile, rate_again
from posture_scan.assess.drift.compare import Options, compare
from posture_scan.assess.plan import report_standing
from posture_scan.assess.worksheet import rate_sheet
from posture_scan.errors import UsageError
from posture_scan.model.answer import Answers
from posture_scan.rating.load import load_profile
from posture_scan.rating.reports import Pricing, pricing_under
from tests.assess.drift.scene import report as made

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    return made(profile="jp-sme-strict")


def renamed(report: dict[str, Any], name: str) -> dict[str, Any]:
    profile = {**report["rating"]["profile"], "id": name}
    return {**report, "rating": {**report["rating"], "profile": profile}}


def test_the_rules_are_the_reports_own_unless_somebody_names_others(report: dict[str, Any]) -> None:
    assert own_profile(report) == "jp-sme-strict"
    assert own_profile(None) == "jp-sme"


@pytest.mark.parametrize("name", ["/etc/passwd", "acme.toml", ""])
def test_a_profile_named_by_a_strangers_report_is_no_path(
    report: dict[str, Any], name: str
) -> None:
    odd = renamed(report, name)
    with pytest.raises(UsageError) as caught:
        own_profile(odd)
    assert caught.value.code == "report.own_profile"
    with pytest.raises(UsageError) as caught:
        compare([report, odd], Options())
    assert caught.value.code == "report.own_profile"


def test_a_certificate_of_another_scheme_earns_nothing_and_stops_nothing(
    report: dict[str, Any],
) -> None:
    priced = Pricing(Decimal(120_000), certificates=("isms",))
    held = rate_again(report, "jp-sme", now=NOW, pricing=priced)
    assert held["rating"]["certificates"] == ["isms"]
    assert pricing_under(load_profile("us-filed"), held).certificates == ()
    assert report_standing(held, "us-filed", now=NOW).rating.terms.certificates == ()
    assert report_standing(held, "jp-sme", now=NOW).rating.terms.certificates == ("isms",)


def test_figures_of_another_currency_are_no_figures(report: dict[str, Any]) -> None:
    answers = Answers("jp-sme", "", "", NOW.date())
    told = replace(answers, facts={"industry": "retail", "annual_sales": "500000000"})
    priced = Pricing(Decimal(120_000))
    held = rate_again(report, "jp-sme", now=NOW, answers=told, pricing=priced)
    filed = rate_again(held, "us-filed", now=NOW)["rating"]
    assert (filed["base_source"], filed["currency"]) == ("example", "USD")
    assert report_standing(held, "us-filed", now=NOW).rating.base.source == "example"
    back = rate_again({**held, "rating": filed}, "jp-sme-strict", now=NOW)
    assert back["rating"]["base_source"] == "estimate"
    assert back["answers"]["facts"] == told.facts


def test_a_worksheets_figures_are_those_of_its_own_profile() -> None:
    sheet = {
        "profile": "jp-sme", "base_premium": "120000", "certificates": ["sa2"], "criteria": {},
        "facts": {"industry": "retail"},
    }  # fmt: skip
    filed = rate_sheet(json.dumps(sheet).encode(), "us-filed")
    assert (filed.base.source, filed.terms.certificates) == ("example", ())
    own = rate_sheet(json.dumps(sheet).encode(), "jp-sme-strict")
    assert (own.base.amount, own.base.source) == (Decimal(120_000), "given")
    nobodys = rate_sheet(json.dumps({**sheet, "profile": ""}).encode(), "jp-sme-strict")
    assert nobodys.base.source == "given"


def test_what_is_stated_leaves_the_rest_of_the_reports_figures(report: dict[str, Any]) -> None:
    priced = Pricing(Decimal(120_000), group_discount=True, certificates=("isms",))
    held = rate_again(report, "jp-sme", now=NOW, pricing=priced)
    again = rate_again(held, "jp-sme", now=NOW, pricing=Pricing(certificates=("sa2",)))["rating"]
    assert (again["base_premium"], again["base_source"]) == ("120000", "given")
    assert (again["group_discount"], again["certificates"]) == (True, ["sa2"])
    dearer = rate_again(held, "jp-sme", now=NOW, pricing=Pricing(Decimal(200_000)))["rating"]
    assert (dearer["base_premium"], dearer["certificates"]) == ("200000", ["isms"])
