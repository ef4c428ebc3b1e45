"""What is told for information stands apart from weaknesses, yardsticks in a table."""

from __future__ import annotations

from typing import Any

import pytest

from posture_scan.model.finding import Finding, Severity, Status
from posture_scan.report.summary import summarise
from posture_scan.report.view import Summary
from tests.report import sample
from tests.report.test_html import read
from tests.report.test_html import rendered as page
from tests.report.test_terminal import rendered as screen

FAIL, PASS, UNKNOWN = Status.FAIL, Status.PASS, Status.UNKNOWN
NOT_APPLICABLE = Status.NOT_APPLICABLE


def seen(report: dict[str, Any], language: str = "en") -> Summary:
    return summarise(report, sample.checks(language), sample.criteria_words(language), language)


def told(check: str, status: Status, reason: str, port: int = 443, **more: Any) -> Finding:
    return sample.finding(check, status, reason, port=port, severity=Severity.INFO, **more)


CSP = told("http.no_csp", FAIL, "missing")
TLS10 = sample.finding("tls.tls10", FAIL, "accepted", port=443, severity=Severity.LOW)
MOZILLA = {"actual": "none", "values": {"missing": "no HSTS, certificate valid 390"}}
BELOW = [told("yardstick.mozilla", FAIL, "below", port, **MOZILLA) for port in (443, 8443)]
YARDSTICKS = [
    told("yardstick.ssl_labs", FAIL, "below", actual="B", values={"causes": "TLS 1.0"}),
    *BELOW,
    told("yardstick.ipa", UNKNOWN, "open", actual="high / none"),
    told("yardstick.ssl_labs", NOT_APPLICABLE, "not_web", 25),
    told("yardstick.mozilla", PASS, "modern", 25, actual="modern"),
    told("yardstick.ssl_labs", NOT_APPLICABLE, "no_tls", 80),
    told("yardstick.ipa", UNKNOWN, "not_fully_scanned", 0),
]


def test_it_is_counted_apart_and_is_no_weakness() -> None:
    found = seen(sample.bad(findings=[CSP, TLS10, *YARDSTICKS]))
    assert found.counts.startswith("weak 1, for information 4, unknown 2, fine 1,")
    assert [item.check for item in found.weaknesses] == ["tls.tls10"]
    assert [item.check for item in found.informative.items] == ["http.no_csp"]
    assert "1 (0 of them" in found.headline.found


def test_each_service_is_one_row_of_the_table() -> None:
    table = seen(sample.bad(findings=YARDSTICKS)).informative.yardsticks
    assert table.columns == ("Service", "SSL Labs (2009r)", "Mozilla (6.0)", "IPA (GL-3001)")
    assert table.rows == (
        ("203.0.113.2:443", "B", "no level", "?"),
        ("203.0.113.2:8443", "-", "no level", "-"),
        ("203.0.113.2:25", "-", "modern", "-"),
    )


def test_why_a_yardstick_is_not_kept_to_is_said_once() -> None:
    assert seen(sample.bad(findings=YARDSTICKS)).informative.causes == (
        "SSL Labs (2009r): TLS 1.0 (203.0.113.2:443)",
        "Mozilla (6.0): HSTS is missing, valid 390 days (203.0.113.2:443, 203.0.113.2:8443)",
    )


def test_no_effect_is_claimed_only_where_the_profile_weighs_none_of_it() -> None:
    plain = sample.criterion("EXT-VPN", "not_met", "verified", "tls.tls10@203.0.113.2:443")
    heavy = sample.criterion("EXT-VPN", "not_met", "verified", "http.no_csp@203.0.113.2:443")
    heads = [seen(sample.bad(findings=[CSP, TLS10], criteria=[item])).informative.head
             for item in (plain, heavy)]  # fmt: skip
    assert heads == ["info", "info_weighed"]


@pytest.mark.parametrize(
    ("language", "head", "cell"),
    [("ja", "参考情報(割引に影響しないもの)", "該当なし"),
     ("en", "For information (no effect on the discount)", "no level")],
)  # fmt: skip
def test_screen_and_page_show_it(language: str, head: str, cell: str) -> None:
    report = sample.bad(findings=[CSP, *YARDSTICKS])
    for text in (screen(report, language), read(page(report, language)).text):
        after = text.split(head)[1]
        for part in (cell, "203.0.113.2:8443", sample.checks(language)["http.no_csp"].title):
            assert part in after


@pytest.mark.parametrize("language", ["ja", "en"])
def test_without_any_there_is_no_section(language: str) -> None:
    head = "参考情報" if language == "ja" else "For information"
    assert head not in screen(sample.bad(), language)
    assert head not in read(page(sample.bad(), language)).text
