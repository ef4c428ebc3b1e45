"""A report rated again: by its own rules, or by somebody else's."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from posture_scan.assess.again import own_profile, pricing_under, rate_again
from posture_scan.assess.document import Pricing
from posture_scan.assess.drift.compare import Options, compare
from posture_scan.assess.plan import report_standing
from posture_scan.errors import UsageError
from posture_scan.rating.load import load_profile
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
