from __future__ import annotations

import base64
import hashlib
import json
import re
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posture_scan.report.document import report_bytes
from posture_scan.report.html import SECTIONS, arc, render_html
from posture_scan.report.shape import first_misfit
from posture_scan.report.terminal import render_terminal
from tests.report import hostile, sample
from tests.report.damaged import Place, damaged
from tests.report.test_shape import OTHER, PLACES

VOID = {"meta", "br", "path"}


def rendered(report: dict[str, Any], language: str = "ja") -> str:
    return render_html(report, sample.checks(language), sample.criteria_words(language), language)


class Reader(HTMLParser):
    """Collects tags and attributes and checks that every tag is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("report", [sample.bad, sample.good, sample.interrupted, hostile.report])
def test_pages_are_well_formed_and_load_nothing(report: Any, language: str) -> None:
    reader = read(rendered(report(), language))
    names = {tag for tag, _ in reader.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "form", "base"}
    for tag, attributes in reader.tags:
        assert not any(name.startswith("on") or name in {"style", "src"} for name in attributes), (
            tag
        )
        assert (attributes.get("href") or "#").startswith("#")
    assert reader.tags[0] == ("html", {"lang": language})


def test_the_policy_allows_only_the_page_s_own_style() -> None:
    page = rendered(sample.bad())
    style = re.search(r"<style>(.*)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page.replace("&#39;", "'")
    assert "url(" not in style[1]
    assert "@import" not in style[1]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_hostile_words_come_out_as_text(language: str) -> None:
    page = rendered(hostile.report(), language)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    for raw in hostile.RAW:
        assert raw not in page
    assert "\\x1b[31mPWNED" in page


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("ja", ("試算", "48.2", "96,000円", "30,990円", "最優先", "回答と観測の食い違い",
                "まず対策、保険は最後の砦です。", "例 太郎(代表取締役)", "203.0.113.2:3389")),
        ("en", ("llustrative", "48.2", "96,000 yen", "30,990 yen", "First of all",
                "Controls come first; insurance is the last line.", "203.0.113.2:3389")),
    ],
)  # fmt: skip
def test_says_what_matters(language: str, parts: tuple[str, ...]) -> None:
    text = read(rendered(sample.bad(), language)).text
    for part in parts:
        assert part in text


def test_the_page_names_the_report_it_renders() -> None:
    report = sample.bad()
    page = rendered(report)
    assert hashlib.sha256(report_bytes(report)).hexdigest() in page
    assert report["report_id"] in page
    assert page == rendered(sample.bad())


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLACES), OTHER)
def test_whatever_fits_the_shape_can_be_shown(place: Place, value: Any) -> None:
    report = damaged(json.loads(report_bytes(sample.bad())), place, value)
    if first_misfit(report) is None:
        assert read(rendered(report, "en")).text
        assert render_terminal(report, {}, {}, "ja", plain=True)


def test_contents_lead_to_sections_that_are_there() -> None:
    reader = read(rendered(sample.interrupted()))
    ids = {attributes.get("id") for _, attributes in reader.tags}
    assert set(SECTIONS) <= ids


def test_tables_have_headers_and_the_gauge_a_description() -> None:
    reader = read(rendered(sample.bad(), "en"))
    svg = next(attributes for tag, attributes in reader.tags if tag == "svg")
    assert svg["role"] == "img"
    assert svg["aria-label"] == "Score 48.2 / 100, grade D, coverage 82%"
    headers = [attributes.get("scope") for tag, attributes in reader.tags if tag == "th"]
    assert headers
    assert all(scope in {"col", "row", "rowgroup"} for scope in headers)


def test_no_score_draws_no_arc() -> None:
    assert 'class="arc' not in rendered(sample.interrupted())


@pytest.mark.parametrize(
    ("score", "end"),
    [(0, "10.000 100.000"), (50, "100.000 10.000"), (100, "190.000 100.000"),
     (Decimal(25), "36.360 36.360")],
)  # fmt: skip
def test_the_arc_ends_where_the_score_is(score: Any, end: str) -> None:
    assert arc(score) == f"M10 100 A90 90 0 0 1 {end}"
