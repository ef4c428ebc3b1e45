"""The support matrix: every check of a computer has its row, and the page is current."""

from __future__ import annotations

import pytest

from posture_scan.engine.packs import load_packs
from posture_scan.help.pages import page_path
from posture_scan.help.support import (
    STATES,
    SYSTEMS,
    expected,
    support,
    support_lines,
    support_page,
)

PACKS = load_packs()
ROWS = {row.check: row for row in support()}
EXPECTED = expected(PACKS)


def test_every_check_of_a_computer_has_its_row_and_no_other_has() -> None:
    assert set(ROWS) == set(EXPECTED)


@pytest.mark.parametrize("check", sorted(EXPECTED))
def test_a_row_claims_only_what_its_evidence_can_come_from(check: str) -> None:
    states = ROWS[check].states
    assert set(states.values()) <= set(STATES)
    for system in SYSTEMS:
        assert system in EXPECTED[check] or states[system] == "none"
    assert states["linux"] != "wine"
    assert states["darwin"] != "wine"
    assert set(states.values()) != {"none"}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_is_what_the_packs_say_now(language: str) -> None:
    made = support_page(support(), PACKS, language)
    assert page_path("support", language).read_text("utf-8") == made, (
        "run: python .github/scripts/build_manual.py"
    )
    lines = [*made.split("\n"), *support_lines(support(), PACKS, language)]
    assert not [line for line in lines if "help." in line]
