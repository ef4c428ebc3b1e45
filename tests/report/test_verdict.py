"""The box at the top is short; everything it rests on stands further down."""

from __future__ import annotations

from typing import Any

import pytest

from posture_scan.report.summary import summarise
from tests.report import sample
from tests.report.test_html import rendered as page
from tests.report.test_terminal import rendered as screen

OPEN = ("EXT-RDP", "EXT-VPN", "NET-TLS", "VUL-EOL", "IAM-MFA-REM", "BKP-JOB", "BKP-TEST")


def report(*missing: str) -> dict[str, Any]:
    figures = sample.rating(
        status="insufficient", gates=[], missing=[{"criterion": name} for name in missing]
    )
    return sample.bad(rating=figures)


def titles(language: str, names: tuple[str, ...] = OPEN) -> tuple[str, ...]:
    return tuple(sample.criteria_words(language)[name].title for name in names)


@pytest.mark.parametrize(("count", "more"), [(1, ""), (3, ""), (4, "1"), (7, "4")])
def test_three_items_are_named_and_the_rest_is_counted(count: int, more: str) -> None:
    names = OPEN[:count]
    words = sample.criteria_words("en")
    top = summarise(report(*names), sample.checks("en"), words, "en").headline
    assert top.status_items == titles("en", names)
    assert top.status_first == titles("en", names)[:3]
    assert bool(top.status_more) is bool(more)
    assert more in top.status_more


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_screen_names_three_and_its_details_all(language: str) -> None:
    short, full = (screen(report(*OPEN), language, full=full, width=120) for full in (False, True))
    money = {"ja": "年間保険料の試算", "en": "Illustrative annual premium"}[language]
    box = short[: short.index(money)]
    assert [title in box for title in titles(language)] == [True] * 3 + [False] * 4
    below = full[full.index(money) :]
    assert all(f"- {title}" in below for title in titles(language))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_leads_to_the_whole_list(language: str) -> None:
    shown = page(report(*OPEN), language)
    box, rest = shown.split("</section>", maxsplit=1)
    assert [title in box for title in titles(language)] == [True] * 3 + [False] * 4
    assert 'href="#criteria"' in box
    listed = rest[rest.index('id="criteria"') :]
    listed = listed[: listed.index("<table")]
    assert all(f"<li>{title}</li>" in listed for title in titles(language))


def test_the_things_to_do_stand_before_the_figures_whose_sum_the_box_gives() -> None:
    shown = page(report(*OPEN), "en")
    order = ['id="verdict"', "Score 48.2 / 100, grade D, coverage 82%, Now 96,000 yen",
             'id="fixes"', 'class="hero"', 'id="criteria"']  # fmt: skip
    places = [shown.index(part) for part in order]
    assert places == sorted(places)
