"""A report says by which product data it was judged; one from before says nothing."""

from __future__ import annotations

import pytest

from posture_scan.errors import UsageError
from posture_scan.report.document import parse_report, report_bytes
from posture_scan.report.html import render_html
from posture_scan.report.terminal import render_terminal
from tests.report.sample import built

DATA = {
    "as_of": "2026-08-22", "exploited_as_of": "2026-08-07", "sha256": "a" * 64,
    "origin": "builtin",
}  # fmt: skip


def test_both_days_and_the_digest_are_shown() -> None:
    report = built(product_data=DATA)
    assert parse_report(report_bytes(report), "r.json")["product_data"] == DATA
    for language, word in (("ja", "製品情報"), ("en", "Product data")):
        page = render_html(report, {}, {}, language)
        text = render_terminal(report, {}, {}, language, width=300, plain=True, full=True)
        for shown in (page, text):
            assert word in shown
            for part in ("2026-08-22", "2026-08-07", "a" * 16):
                assert part in "".join(shown.split())


def test_a_report_from_before_has_no_such_line() -> None:
    report = built()
    assert "product_data" not in parse_report(report_bytes(report), "r.json")
    assert "Product data" not in render_html(report, {}, {}, "en")


@pytest.mark.parametrize("wrong", [{"as_of": "soon"}, {"sha256": "xyz"}, {"origin": 1}])
def test_a_misshapen_one_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        parse_report(report_bytes(built(product_data={**DATA, **wrong})), "r.json")
