"""The manual's table: every protocol has its row, both languages say all, the page is current."""

from __future__ import annotations

import re

import pytest

from posture_scan.engine.packs import load_packs
from posture_scan.help.observations import (
    TRANSPORTS,
    TRIED,
    Observation,
    fingerprints,
    observations,
)
from posture_scan.help.pages import COLUMNS, markdown, page_path, plain

ROWS = observations()
PACKS = load_packs().packs


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_every_protocol_of_a_pack_has_its_row(pack: object) -> None:
    name = getattr(pack, "name", "")
    covered = {one for row in ROWS if row.pack == name for one in row.covers}
    assert {spec.name for spec in getattr(pack, "protocols", ())} <= covered


def test_every_pack_tells_what_it_observes() -> None:
    assert {row.pack for row in ROWS} == {pack.name for pack in PACKS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.pack}.{row.id}")
def test_a_row_is_whole_in_both_languages(row: object) -> None:
    words = getattr(row, "words", {})
    assert getattr(row, "tried", "") in TRIED
    assert getattr(row, "transport", "") in TRANSPORTS
    for language in ("ja", "en"):
        assert set(words[language]) - {"name"} == {*COLUMNS, "with"}
        assert all(words[language].values())


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_is_what_the_packs_say_now(language: str) -> None:
    made = markdown(ROWS, fingerprints(), language)
    assert page_path("observed", language).read_text("utf-8") == made, (
        "run: python .github/scripts/build_manual.py"
    )


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_sentence_is_missing(language: str) -> None:
    lines = [*plain(ROWS, fingerprints(), language), *markdown(ROWS, (), language).split("\n")]
    assert not [line for line in lines if "help." in line or "report.pack." in line]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.pack}.{row.id}")
def test_the_japanese_page_tells_in_japanese_what_a_row_was_tried_with(row: Observation) -> None:
    japanese, english = row.words["ja"]["with"], row.words["en"]["with"]
    said = " ".join(re.findall(r"[a-z]{2,}", japanese))
    assert japanese == english or not re.search(r"\b(with|and|the|not|only|after|of)\b", said)
    assert japanese != english or not re.search(r"\b(with|and|the|not|only|after|of)\b", english)
