"""Every check, criterion, group, certificate and figure as text, in both languages, 80 columns."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from posture_scan.assess.again import rate_again
from posture_scan.assess.explain import explained, ground_for
from posture_scan.assess.explain_ground import FIGURES, Ground
from posture_scan.assess.questionnaire import words_of
from posture_scan.engine.packs import load_packs
from posture_scan.errors import UsageError
from posture_scan.rating.load import list_profiles, load_profile
from posture_scan.report.explain import render_explanation
from posture_scan.report.wording import Wording
from posture_scan.report.wrap import width_of
from posture_scan.text.catalog import Catalog
from tests.report.sample import bad, good, interrupted

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
PACKS = load_packs()
LANGUAGES = ("ja", "en")
REPORTS: dict[str, dict[str, Any] | None] = {
    "none": None, "bad": bad(), "good": good(), "interrupted": interrupted(),
}  # fmt: skip
TOO_MUCH = re.compile(r"見積|認定|保証|quote|certified|guarant", re.IGNORECASE)


@cache
def wording(language: str, profile: str, currency: str = "JPY") -> Wording:
    checks = {item.id: item.meta.words[language] for item in PACKS.checks}
    rules = load_profile(profile)
    return Wording(Catalog(language), checks, words_of(rules, language), currency)


@cache
def ground(report: str, profile: str) -> Ground:
    return ground_for(REPORTS[report], PACKS, profile=profile, now=NOW)


def texts(name: str, report: str = "none", profile: str = "jp-sme") -> dict[str, str]:
    own = "" if REPORTS[report] and profile == "jp-sme" else profile
    shown = explained(ground(report, own), name)
    currency = (shown["report"] or shown["profile"])["currency"]
    return {
        language: render_explanation(shown, wording(language, profile, currency))
        for language in LANGUAGES
    }


def sound(told: dict[str, str]) -> None:
    for language, text in told.items():
        assert "{" not in text, (language, text)
        assert [line for line in text.splitlines() if width_of(line) > 80] == []
        assert re.search(r"\bexplain\.[a-z]", text) is None, text
        assert not re.search(r"\b(None(?! of)|True|False)\b", text), text


def names(profile: str) -> list[str]:
    rules = load_profile(profile)
    parts = (rules.criteria, rules.groups, rules.certificates)
    figures = [name for name, kinds in FIGURES.items() if rules.kind in kinds]
    return [*(item.id for part in parts for item in part), *figures, "gates", ""]


@pytest.mark.parametrize("pack", sorted(pack.name for pack in PACKS.packs))
def test_every_check_can_be_explained(pack: str) -> None:
    for item in PACKS.checks:
        if item.pack == pack:
            told = texts(item.id)
            sound(told)
            for language, text in told.items():
                plain = re.sub(r"\s", "", text)
                assert re.sub(r"\s", "", item.meta.words[language].title) in plain


@pytest.mark.parametrize("profile", list_profiles())
def test_everything_of_every_profile_can_be_explained(profile: str) -> None:
    for name in names(profile):
        sound(texts(name, profile=profile))


@pytest.mark.parametrize("report", ["bad", "good", "interrupted"])
@pytest.mark.parametrize("profile", list_profiles())
def test_everything_of_a_report_can_be_explained(report: str, profile: str) -> None:
    own = () if profile == "jp-sme" else ("trace",)  # the samples' own figures are few
    for name in (*names(profile), *own, "rdp.exposed", "tls.tls10", "banner.outdated"):
        told = texts(name, report, profile)
        sound(told)
        assert TOO_MUCH.search(told["en"]) is None


def test_figures_that_are_not_all_there_are_refused() -> None:
    with pytest.raises(UsageError) as raised:
        texts("trace", "bad")
    assert raised.value.code == "report.unreadable_member"


BARE = ("attribution", "fixes", "unlock", "potential", "contradictions", "certificates", "referral",
        "base_source", "group_discount")  # fmt: skip


@pytest.mark.parametrize("profile", ["jp-sme", "us-filed", "uk-cyber-essentials"])
def test_what_a_report_may_leave_out_may_be_missing(profile: str) -> None:
    report = rate_again(bad(), profile, now=NOW)
    rating = {key: value for key, value in report["rating"].items() if key not in BARE}
    rating["trace"] = [{"id": step["id"], "values": step["values"]} for step in rating["trace"]]
    rating["gates"] = [{"criterion": name} for name in rating["gates"]]
    rating["contradictions"] = ["EXT-RDP"]
    held = Ground(load_profile(profile), PACKS, {**report, "rating": rating}, NOW, again=False)
    for name in (*names(profile), "rdp.exposed"):
        shown = explained(held, name)
        for language in LANGUAGES:
            words = wording(language, profile, rating["currency"] or "JPY")
            sound({language: render_explanation(shown, words)})
    if rating["premium"] is not None:
        with pytest.raises(UsageError):
            explained(held, "trace")


def test_a_moment_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError):
        ground_for({**bad(), "finished_at": "2026-13-40T00:00:00Z"}, PACKS, profile="", now=NOW)


def test_a_criterion_says_why_it_stands_there() -> None:
    told = texts("EXT-RDP", "bad")
    assert "3389" in told["en"]
    assert "Source: Coalition 2024" in told["en"]
    assert "critical gate" in told["en"]
    assert "出典: Coalition 2024年版" in told["ja"]


def test_another_profile_than_the_reports_is_noted() -> None:
    assert "other digest" in re.sub(r"\s+", " ", texts("EXT", "bad")["en"])


def test_a_hostile_report_steers_no_terminal() -> None:
    report = bad()
    report["findings"][0]["values"] = {"port": "\x1b[2J", "x": "{0}"}
    report["findings"][0]["address"] = "a\x1b]0;x\x07"
    shown = explained(ground_for(report, PACKS, profile="", now=NOW), "rdp.exposed")
    for language in LANGUAGES:
        text = render_explanation(shown, wording(language, "jp-sme"))
        assert "\x1b" not in text
        assert "\\x1b" in text


def test_whatever_would_let_a_check_see_is_said_in_words() -> None:
    root = Path(__file__).parents[2]
    files = [*root.glob("checks/**/*.py"), *root.glob("posture_scan/model/*.py")]
    named = re.compile(r'(?:lift=|Attempt\.\w+,\s*"\w+",\s*|Attempt\.\w+: )"(\w+)"')
    lifts = {lift for path in files for lift in named.findall(path.read_text("utf-8"))}
    assert {"administrator", "console", "journal_group", "systemd", "tool"} <= lifts
    for language in LANGUAGES:
        said = Catalog(language)
        assert [lift for lift in sorted(lifts) if f"explain.right.{lift}" not in said] == []
