"""A comparison on a terminal: 80 columns, both languages, credits that lapsed first."""

from __future__ import annotations

import re
from typing import Any

import pytest

from posture_scan.model.words import CriterionWords
from posture_scan.report.drift import MOST, render_drift
from posture_scan.report.wording import Wording
from posture_scan.report.wrap import width_of
from posture_scan.text.catalog import Catalog
from tests.report.sample import checks

WEAK = {
    "check": "rdp.exposed", "asset": "203.0.113.1", "address": "203.0.113.1", "port": 3389,
    "transport": "tcp", "severity": "critical", "confidence": 95, "reason": "reachable",
    "values": {}, "actual": "", "expected": "", "why": "asset_left",
}  # fmt: skip
MOVES = ("worsened", "lost", "proven_less", "seen", "improved", "proven_better", "otherwise")
SIGNALS = {
    "reopened": {"asset": "203.0.113.1", "port": 3389, "days": 30, "checks": "rdp.exposed",
                 "dates": "2026-11-22T03:05:00.000000Z, 2026-12-22T03:05:00.000000Z"},
    "same_evidence": {"host": "pc-1", "date": "2026-11-22T03:05:00.000000Z", "days": 40},
    "narrower.computers": {"value": "3 > 2"},
}  # fmt: skip


def course(**values: Any) -> dict[str, Any]:
    return {
        "report_id": "ps-1", "at": "2026-11-22T03:05:00.000000Z", "complete": True,
        "other_rules": False, "status": "ok", "score": "57.0", "coverage": "0.82",
        "discount": "0.3228", "base_premium": "120000", "premium": "65010", "currency": "JPY",
        "gates": [], "certificates": [], **values,
    }  # fmt: skip


def drift(**values: Any) -> dict[str, Any]:
    row = {"before": "met", "after": "not_met", "before_evidence": "verified",
           "after_evidence": "verified", "lapsed": ""}  # fmt: skip
    return {
        "organisation": "株式会社例", "verdict": "worse", "exit_code": 1,
        "profile": {"id": "jp-sme", "version": "1.5.0"},
        "reports": [course(), course(status="gate", discount="0", gates=["EXT-RDP"])],
        "lapsed": [{**row, "id": "EXT-RDP", "lapsed": how}
                   for how in ("weak", "unseen", "not_applicable")],
        "criteria": [{**row, "id": f"C-{move}", "move": move} for move in MOVES],
        "findings": {kind: [WEAK] for kind in ("new", "first_seen", "fixed", "waived", "lost")},
        "sight": {"lost": [{"check": "a.b", "asset": "host:pc-1", "why": "attempt.timeout"}],
                  "gained": [{"check": "a.b", "asset": "host:pc-2", "why": "asset_left"}]},
        "assets": [{"id": "host:pc-1", "move": "left", "other": "", "weak": [WEAK]},
                   {"id": "host:pc-3", "move": "renamed", "other": "host:pc-4", "weak": []}],
        "scope": [{"kind": "computers", "value": "3 > 2", "narrower": True}],
        "signals": [{"id": name, "values": known} for name, known in SIGNALS.items()],
        "not_looked": ["two_reports", "no_evidence", "no_history", "one_line"],
        "renewal": {"rise": 1, "before": "0.15", "before_source": "given", "earned": "0.4",
                    "granted": "0.2", "following": "0.25", "bound": "rise", "premium": "96000"},
        **values,
    }  # fmt: skip


def text(language: str, width: int = 80, **values: Any) -> str:
    titles = {"EXT-RDP": CriterionWords("Remote desktop")}
    words = Wording(Catalog(language), checks(language), titles, "JPY")
    return render_drift(drift(**values), words, width=width)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_screen_and_no_id_stands_for_a_sentence(
    language: str, width: int
) -> None:
    page = text(language, width)
    assert max(map(width_of, page.splitlines())) <= width
    assert not re.search(r"diff\.[a-z]|\{[a-z]+\}", page)


@pytest.mark.parametrize(
    ("language", "lapsed", "notice", "figures"),
    [("ja", "割引の根拠でなくなった項目", "通知義務", "数字の変化"),
     ("en", "Credit that lapsed", "duty of notice", "Figures")],
)  # fmt: skip
def test_what_lapsed_comes_first_with_the_duty_of_notice(
    language: str, lapsed: str, notice: str, figures: str
) -> None:
    page = text(language)
    assert page.index(lapsed) < page.index(notice) < page.index(figures)
    assert notice not in text(language, lapsed=[])


def test_what_a_renewal_grants_and_what_the_next_one_would() -> None:
    page = " ".join(text("en").split())
    assert "40% is earned, and this renewal grants 20%" in page
    assert "the next renewal grants 25%" in page
    assert "96,000 yen" in page
    fell = {**drift()["renewal"], "granted": "0", "earned": "0", "bound": ""}
    assert "falls at once" in text("en", renewal=fell)
    assert "Renewal" not in text("en", renewal=None)


def test_a_profile_without_a_premium_shows_none() -> None:
    bare = course(premium=None, base_premium=None, discount=None, gates=None, certificates=None)
    page = text("en", reports=[bare, bare], renewal=None)
    assert "yen" not in page
    assert "Discount earned" not in page


def test_three_reports_have_a_table_of_their_own() -> None:
    page = text("ja", reports=[course(), course(), course()])
    assert page.count("2026-11-22 12:05") >= 4


def test_a_long_list_is_cut_and_says_so() -> None:
    many = {**drift()["findings"], "lost": [{**WEAK, "port": n} for n in range(1, MOST + 6)]}
    assert "and 5 more" in text("en", findings=many)


def test_times_are_those_of_japan_and_checks_go_by_their_titles() -> None:
    page = " ".join(text("en").split())
    assert "2026-11-22 12:05, 2026-12-22 12:05; Remote Desktop can be reached" in page


def test_what_a_stranger_wrote_steers_no_terminal() -> None:
    page = text("en", organisation="\x1b[2Jfirm\n\n[No change]")
    assert "\x1b" not in page
    assert "\n[No change]" not in page
