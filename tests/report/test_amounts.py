"""The money of a report, and its absence where a profile has no premium."""

from __future__ import annotations

from typing import Any

import pytest

from posture_scan.report.html import render_html
from posture_scan.report.terminal import render_terminal
from tests.report import sample


def unpriced(status: str) -> dict[str, Any]:
    """The sample's report as a profile of mere requirements rates it."""
    nothing = {"score": "50.0", "discount": None, "premium": None}
    rating = sample.rating(
        status=status, premium=None, base_premium=None, discount=None, currency="",
        base_source="none", range={"worst": nothing, "best": nothing}, potential=nothing,
        unlock=None, trace=[], attribution={},
        fixes=[{"criterion": "EXT-RDP", "kind": "fix", "yen": "0", "status": "not_met",
                "gate": "critical", "findings": []}],
    )  # fmt: skip
    return {**sample.bad(), "rating": rating}


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("status", ["ok", "gate", "insufficient"])
def test_without_a_premium_no_amount_and_no_discount_is_told(status: str, language: str) -> None:
    report = unpriced(status)
    text = render_terminal(report, {}, {}, language, width=80, plain=True, full=True)
    page = render_html(report, {}, {}, language)
    for shown in (text, page):
        assert not [w for w in ("円", " yen", "None", "report.requirements") if w in shown]
    title = {"ja": "要件", "en": "requirements"}[language]
    assert title in text.partition("\n")[0]


@pytest.mark.parametrize(("language", "word"), [("ja", "いまの割増"), ("en", "Surcharge")])
def test_more_than_the_premium_before_is_a_surcharge(language: str, word: str) -> None:
    report = {**sample.bad(), "rating": sample.rating(base_premium="67000", premium="83750")}
    text = render_terminal(report, {}, {}, language, width=80, plain=True, full=False)
    assert word in text
    assert "16,750" in text
    assert "-16,750" not in text
