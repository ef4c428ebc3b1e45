from __future__ import annotations

import re
from typing import Any

import pytest

from posture_scan.report.terminal import render_terminal
from posture_scan.report.terminal_page import fitted
from posture_scan.report.wrap import width_of
from tests.report import hostile, sample

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def rendered(report: dict[str, Any], language: str = "ja", **options: Any) -> str:
    words, criteria = sample.checks(language), sample.criteria_words(language)
    return render_terminal(report, words, criteria, language, **{"plain": True, **options})


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("width", [60, 80, 100, 120])
@pytest.mark.parametrize("report", [sample.bad, sample.good, sample.interrupted, hostile.report])
def test_no_line_is_wider_than_the_terminal(report: Any, width: int, language: str) -> None:
    lines = rendered(report(), language, width=width).split("\n")
    assert max(width_of(line) for line in lines) <= width


@pytest.mark.parametrize(("asked", "used"), [(20, 60), (500, 120)])
def test_the_width_is_kept_readable(asked: int, used: int) -> None:
    rules = [
        line for line in rendered(sample.bad(), width=asked).split("\n") if line[:9] == "-" * 9
    ]
    assert {len(rule) for rule in rules} == {used}


def test_the_first_screen_fits_eighty_by_forty_two() -> None:
    text = rendered(sample.bad(), full=False, width=80)
    before = text.split("回答と観測の食い違い", maxsplit=1)[0]
    assert before.count("\n") <= 42
    for part in ("総合点 48.2 / 100", "評価 D", "82%", "96,000円", "30,990円", "最優先",
                 "リモートデスクトップ(RDP)が外から見える", "約2時間"):  # fmt: skip
        assert part in before


def test_columns_line_up_in_japanese() -> None:
    lines = rendered(sample.bad(), width=80).split("\n")
    money = [line for line in lines if re.search(r"(割引前|試算|割引) .*[0-9]円$", line)]
    assert len(money) == 4
    assert len({width_of(line) for line in money}) == 1
    evidence = [line for line in lines if line.endswith("機械で確認")]
    assert len({width_of(line) for line in evidence}) == 1


def test_full_says_everything_and_summary_says_where_the_rest_is() -> None:
    full, short = rendered(sample.bad(), "en"), rendered(sample.bad(), "en", full=False)
    for part in ("rdp.exposed", "TLSv1.0", "Limits of this report", "302 connections in all",
                 "Scope and permission", "not a penetration test"):  # fmt: skip
        assert part in full
        assert part not in short
    for part in ("Controls come first; insurance is the last line.", "Report ps-",
                 "posture-scan verify"):  # fmt: skip
        assert part in full.replace("\n", " ")
        assert part in short.replace("\n", " ")
    assert "posture-scan show REPORT.json" in short


def test_plain_is_plain_and_colour_says_the_same() -> None:
    plain, colour = rendered(sample.bad()), rendered(sample.bad(), plain=False)
    assert "\x1b" not in plain
    assert "\x1b[1;31m" in colour
    assert ANSI.sub("", colour) == plain


def test_colours_do_not_depend_on_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    assert "\x1b" not in rendered(sample.bad(), width=80)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("plain", [True, False])
def test_nothing_from_a_target_steers_the_terminal(language: str, plain: bool) -> None:  # noqa: FBT001
    text = rendered(hostile.report(), language, plain=plain)
    bare = ANSI.sub("", text) if not plain else text
    for raw in hostile.RAW[1:]:
        assert raw not in bare
    assert "\x1b" not in bare
    assert "\\x1b[31mPWNED" in text.replace("\n", "").replace(" ", "")
    assert "[boldred]allfine[/boldred]" in re.sub(r"\s", "", bare)


def test_what_was_not_scored_has_no_bar() -> None:
    text = rendered(sample.interrupted(), "en")
    assert "[#" not in text
    assert "[..." not in text
    assert "no score" in text


def test_columns_give_way_until_they_fit() -> None:
    assert fitted([10, 20], 40) == [10, 20]
    assert fitted([10, 50], 40) == [10, 30]
    assert sum(fitted([50, 50, 5], 60)) == 60
    assert fitted([0, 5], 10) == [1, 5]
