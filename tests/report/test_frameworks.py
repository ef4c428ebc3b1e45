"""The framework views as text: 80 columns, both languages, and no word that claims too much."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from posture_scan.assess.frameworks import CHOICES, Wanted, framework_views
from posture_scan.rating.frameworks.data import FILES, table
from posture_scan.rating.frameworks.ipa25_file import template
from posture_scan.report.document import report_bytes
from posture_scan.report.frameworks import render_frameworks
from posture_scan.report.wrap import width_of
from posture_scan.text.catalog import Catalog
from tests.report.sample import bad, good, interrupted

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
TOO_MUCH = re.compile(r"認定|保証|認証|取得|certif|guarant|accredit|compliant", re.IGNORECASE)
"""Words that would speak in the name of a framework's owner."""
ANSWERS = {"7": "partly", "9": "not_used", "1": "yes", "11": "no"}


REPORTS: dict[str, dict[str, Any] | None] = {
    "none": None, "bad": bad(), "good": good(), "interrupted": interrupted(),
}  # fmt: skip


@cache
def value(name: str, declared_id: str = "") -> dict[str, Any]:
    report = REPORTS[name]
    wanted = Wanted(CHOICES, ANSWERS if report else None, declared_id)
    return framework_views(wanted, profile="jp-sme", report=report, now=NOW)


IDS = ("", "51234567890", "41234567890", "x\x1b[2J")


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("report", REPORTS)
def test_every_line_fits_and_every_sentence_is_there(language: str, report: str) -> None:
    for given in IDS:
        text = render_frameworks(value(report, given), language)
        assert [line for line in text.splitlines() if width_of(line) > 80] == []
        assert "{" not in text
        assert "\x1b" not in text
        assert not re.search(r"(frameworks|report)\.\w", text)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_output_speaks_in_the_name_of_a_framework(language: str) -> None:
    texts = [render_frameworks(value(one, id_), language) for one in REPORTS for id_ in IDS]
    texts += [report_bytes(value(one)).decode() for one in REPORTS]
    texts.append(template(language))
    assert [found for text in texts for found in TOO_MUCH.findall(text)] == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_word_of_this_room_does_either(language: str) -> None:
    words = Catalog(language)
    rooms = ("frameworks.", "cli.frameworks.", "error.frameworks", "error.ipa25")
    options = ("framework", "framework_profile", "ipa25", "new_ipa25", "security_action_id")
    others = {"cli.command.frameworks", *(f"cli.option.{name}" for name in options)}
    keys = [key for key in words.ids() if key.startswith(rooms) or key in others]
    assert others <= set(keys)
    assert len(keys) > 80
    assert [key for key in keys if TOO_MUCH.search(words.template(key) or "")] == []


def test_the_data_holds_ids_and_no_text() -> None:
    for name in FILES:
        for part in table(name)["parts"]:
            assert all(len(item) < 10 for item in part["ids"])
        assert not TOO_MUCH.search(str(table(name)))


def test_a_table_says_what_an_id_rests_on() -> None:
    text = render_frameworks(value("bad"), "en")
    assert re.search(r"^  4-3-1 ★4 +\S", text, re.MULTILINE)
    assert "3.10 (IG2)" in text
    assert "Ids not asked about: 4-1-6" in text
    assert "not that three stars" not in text
    assert "whether three stars would be reached cannot be told" in " ".join(text.split())


def test_the_file_and_the_unused_are_told() -> None:
    text = render_frameworks(value("good"), "en")
    assert re.search(r"^  7 .* partly +2 +your file$", text, re.MULTILINE)
    assert re.search(r"^  9 .* not used +4 +your file$", text, re.MULTILINE)
    assert "older guide" in text


def test_without_a_report_nothing_is_called_supported() -> None:
    text = render_frameworks(value("none"), "en")
    assert "supported" not in text
    assert "unknown" not in text
