"""The frameworks' data: counts, ids, where they come from, and nothing but ids."""

from __future__ import annotations

import re

import pytest

from posture_scan.rating.frameworks.data import FILES, VIEWS, framework, known_ids, table

FORMS = {
    "scs": r"[1-7]-[1-9]-[1-9]( ★4)?",
    "ipa25": r"[1-9]|1[0-9]|2[0-5]",
    "cis": r"[1-9][0-9]?\.[1-9][0-9]?",
    "csf": r"(GV|ID|PR|DE|RS|RC)\.[A-Z]{2}",
    "cyber_essentials": r"FW|SC|SU|UA|MP",
}


@pytest.mark.parametrize(
    ("name", "total", "listed"),
    [("scs3", 26, 24), ("scs4", 43, 31), ("ipa25", 25, 25), ("cis", 56, 56), ("csf", 22, 22),
     ("cyber-essentials", 5, 5)],
)  # fmt: skip
def test_the_published_count_and_how_many_are_known(name: str, total: int, listed: int) -> None:
    known = framework(name)
    assert (known.total, known.listed) == (total, listed)
    assert known.source
    assert str(known.year) in known.edition


def test_ids_have_the_form_of_their_framework_and_stand_once() -> None:
    for field, form in FORMS.items():
        ids = known_ids(field)
        assert [name for name in ids if not re.fullmatch(form, name)] == []
        assert len(ids) == len(set(ids))
    assert {framework(name).field for name in VIEWS} == set(FORMS)


def test_four_stars_hold_three_and_mark_their_own() -> None:
    three, four = framework("scs3"), framework("scs4")
    assert three.parts[0] == four.parts[0]
    assert all(name.endswith(" ★4") for name in four.parts[1].ids)
    assert not any("★" in name for name in three.parts[0].ids)


def test_ids_of_the_second_group_are_shown_and_not_counted() -> None:
    assert [(part.id, part.counted) for part in framework("cis").parts] == [
        ("ig1", True), ("ig2", False),
    ]  # fmt: skip


def test_every_file_says_what_was_read() -> None:
    for name in (*FILES, "security-action"):
        assert len(table(name)["read"]) > 20, name
