"""A profile to start from: itself without mistakes, and never one that is there already."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from posture_scan.engine.packs import load_packs
from posture_scan.errors import UsageError
from posture_scan.mistakes import MistakesError
from posture_scan.rating.draft import EXPLAINED, draft, source_of_kind, starter
from posture_scan.rating.examples import run_examples
from posture_scan.rating.load import list_profiles, parse_profile, profile_source, review_profile
from tests.rating.samples import changed, source

TODAY = date(2026, 11, 29)
COMMENTS = {name: (f"about {name}",) for name in ("", *EXPLAINED)}


@pytest.mark.parametrize("origin", [*list_profiles(), "starter"])
def test_a_draft_has_no_mistakes_and_its_examples_hold(origin: str, tmp_path: Path) -> None:
    text = draft(
        starter() if origin == "starter" else profile_source(origin), "acme", TODAY, COMMENTS
    )
    file = tmp_path / "acme.toml"
    file.write_text(text, "utf-8")
    known = frozenset(item.id for item in load_packs().checks)
    review = review_profile(str(file), known_checks=known, today=TODAY)
    assert (review.mistakes, review.warnings) == ((), ())
    profile = parse_profile(text)
    assert all(outcome.ok for outcome in run_examples(profile))
    assert (profile.id, profile.version, profile.status) == ("acme", "0.1.0", "illustrative")
    assert (profile.valid_from, profile.valid_until) == (TODAY, date(2027, 11, 29))


def test_every_table_is_explained_once() -> None:
    lines = draft(source(), "acme", TODAY, COMMENTS).splitlines()
    assert lines[:2] == ["#:schema ./schema.json", "# about "[:-1]]
    for name in EXPLAINED:
        assert lines.count(f"# about {name}") == (name != "schedule"), name
    filed = draft(source("us-filed"), "acme", TODAY, COMMENTS).splitlines()
    assert filed.count("# about schedule") == 1
    first = lines.index("[[criteria]]")
    assert lines[first - 1] == "# about criteria"
    assert "ILLUSTRATIVE: not any insurer" not in "\n".join(lines)


def test_only_the_head_of_a_copy_is_changed() -> None:
    copy = [line for line in draft(source(), "acme", TODAY, {}).splitlines() if line]
    original = [line for line in source().splitlines() if line]
    assert [line for line in copy if line not in original] == [
        'id = "acme"', 'version = "0.1.0"', "valid_from = 2026-11-29", "valid_until = 2027-11-29",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["", "Acme", "a b", "../x", "a" * 41, "日本"])
def test_an_id_that_cannot_be_one(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        draft(source(), name, TODAY, {})
    assert caught.value.code == "profiles.bad_id"


def test_the_id_of_a_built_in_profile_is_taken() -> None:
    with pytest.raises(UsageError) as caught:
        draft(source(), "jp-sme", TODAY, {})
    assert caught.value.code == "profiles.id_taken"


def test_a_source_with_mistakes_is_not_copied(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(changed("weight = 9", "wieght = 9"), "utf-8")
    with pytest.raises(MistakesError):
        profile_source(str(file))


def test_a_head_written_in_an_unusual_way_is_refused_not_half_changed() -> None:
    with pytest.raises(UsageError) as caught:
        draft(changed('id = "jp-sme"', '"id" = "jp-sme"'), "acme", TODAY, {})
    assert caught.value.code == "profiles.cannot_copy"


def test_a_kind_leads_to_a_built_in_profile_of_it() -> None:
    assert parse_profile(source_of_kind("discount")).kind == "discount"
    with pytest.raises(UsageError) as caught:
        source_of_kind("lottery")
    assert caught.value.code == "profiles.kind"
