"""What was found, in one line at the top, and below each criterion that it spoils."""

from __future__ import annotations

from typing import Any

import pytest

from posture_scan.model.finding import Severity, Status
from posture_scan.report.summary import summarise
from tests.report import sample
from tests.report.test_html import read
from tests.report.test_html import rendered as page
from tests.report.test_terminal import rendered as screen

SOUND = sample.finding("rdp.exposed", Status.PASS, "absent")
UNSEEN = sample.finding("rdp.exposed", Status.UNKNOWN, "not_fully_scanned")
BROKEN = sample.finding("rdp.exposed", Status.ERROR, "check_failed")
INFORMS = sample.finding("http.no_csp", Status.FAIL, "missing", severity=Severity.INFO)
CHECKS = ("rdp.exposed", "tls.tls10", "banner.outdated", "backup.stale")


def found(language: str = "ja", **changes: Any) -> str:
    words, criteria = sample.checks(language), sample.criteria_words(language)
    return summarise(sample.bad(**changes), words, criteria, language).headline.found


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_gravest_come_first_with_their_places(language: str) -> None:
    weak = [
        sample.finding("tls.tls10", Status.FAIL, "accepted", port=443, severity=Severity.LOW),
        *(sample.finding("rdp.exposed", Status.FAIL, "reachable", port=port)
          for port in (3389, 3390)),
        sample.finding("banner.outdated", Status.FAIL, "old", port=80, severity=Severity.INFO),
    ]  # fmt: skip
    assert found(language, findings=weak) == {
        "ja": "見つかった弱点 3 件(うち緊急・高 2 件)。まず: "
              "リモートデスクトップ(RDP)が外から見える(203.0.113.2:3389 ほか 1 か所)、"
              "古い暗号(TLS 1.0)を受け入れる(203.0.113.2:443)",
        "en": "Weaknesses found: 3 (2 of them high or critical). First: Remote Desktop can be "
              "reached (203.0.113.2:3389 and 1 more), TLS 1.0 is accepted (203.0.113.2:443)",
    }[language]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"findings": [SOUND, INFORMS]}, "見つかった弱点はありません。"),
        ({"findings": [SOUND, UNSEEN, BROKEN]},
         "見えた範囲では、弱点は見つかりませんでした(不明 2 件)。"),
        ({"findings": [SOUND], "complete": False},
         "見えた範囲では、弱点は見つかりませんでした(不明 0 件)。"),
        ({"findings": []}, ""),
    ],
)  # fmt: skip
def test_what_was_not_seen_is_not_called_fine(changes: dict[str, Any], said: str) -> None:
    assert found(**changes) == said


@pytest.mark.parametrize("language", ["ja", "en"])
def test_it_stands_at_the_top_of_screen_and_page(language: str) -> None:
    line = found(language)
    short = screen(sample.bad(), language, full=False, width=120)
    assert line in short.replace("\n  ", "") or line in short.replace("\n ", "")
    assert line in read(page(sample.bad(), language)).text


def criterion(status: str, *checks: str, places: int = 1) -> tuple[str, ...]:
    refs = [f"{check}@203.0.113.2:{port}" for check in checks for port in range(1, places + 1)]
    weak = [
        sample.finding(check, Status.FAIL, "x", port=port)
        for check in CHECKS for port in range(1, 9)
    ]  # fmt: skip
    item = sample.criterion("EXT-VPN", status, "verified", *refs)
    report = sample.bad(findings=weak, criteria=[item])
    words = sample.checks("en")
    ((only,),) = (g.criteria for g in summarise(report, words, {}, "en").groups)
    return only.reasons


def test_a_criterion_that_is_not_met_names_its_weaknesses_and_their_places() -> None:
    assert criterion("not_met", "tls.tls10", places=5) == (
        "TLS 1.0 is accepted (203.0.113.2:1, 203.0.113.2:2, 203.0.113.2:3 and 2 more)",
    )
    assert criterion("partial", *CHECKS) == (
        "Remote Desktop can be reached (203.0.113.2:1)", "TLS 1.0 is accepted (203.0.113.2:1)",
        "Outdated software is running (203.0.113.2:1)", "and 1 more",
    )  # fmt: skip


def test_one_that_is_met_names_none() -> None:
    assert criterion("met", "tls.tls10") == ()
    assert criterion("not_met") == ()


def test_the_screen_shows_them_below_the_criterion() -> None:
    lines = [line.strip() for line in screen(sample.bad(), "en").split("\n")]
    here = next(
        i for i, line in enumerate(lines) if "No internet-exposed" in line and "met" in line
    )
    assert lines[here + 1] == "Remote Desktop can be reached (203.0.113.2:3389)"
