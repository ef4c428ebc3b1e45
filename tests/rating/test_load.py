"""Profiles read from files, and every planted mistake named with its line."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from posture_scan.errors import UsageError
from posture_scan.mistakes import MistakesError
from posture_scan.rating.load import lint_profile, list_profiles, load_profile, parse_profile
from posture_scan.text.catalog import Catalog
from tests.rating.samples import PROFILES, SME, changed, line_of, source

FIRST = 'id = "EXT-RDP"'


def refused(text: str) -> MistakesError:
    with pytest.raises(MistakesError) as caught:
        parse_profile(text, "mine.toml")
    return caught.value


def test_the_built_in_profiles_load() -> None:
    assert {"jp-sme", "jp-sme-strict"} < set(list_profiles())
    assert [load_profile(name).id for name in list_profiles()] == list(list_profiles())
    assert SME.digest == hashlib.sha256((PROFILES / "jp-sme.toml").read_bytes()).hexdigest()


def test_a_profile_loads_from_any_file(tmp_path: Path) -> None:
    file = tmp_path / "insurer.toml"
    file.write_text(changed('id = "jp-sme"', 'id = "insurer"'), "utf-8")
    assert load_profile(str(file)).id == "insurer"


def test_no_such_profile(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_profile("jp-smee")
    assert caught.value.code == "profile.not_found"
    for path in ("insurre.toml", "profiles/jp-sme", str(tmp_path / "jp-sme")):
        with pytest.raises(UsageError) as caught:
            load_profile(path)
        assert caught.value.code == "file.missing"
    with pytest.raises(UsageError) as caught:
        load_profile(str(tmp_path))
    assert caught.value.code == "profile.unreadable"


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "big.toml"
    file.write_bytes(b"#" * 1_048_577)
    with pytest.raises(UsageError) as caught:
        load_profile(str(file))
    assert caught.value.code == "profile.too_large"


FORM = [
    ("weight = 9", "wieght = 9", "wieght = 9", "unknown_key_did_you_mean"),
    ("weight = 9", "xyzzy = 1\nweight = 9", "xyzzy = 1", "unknown_key"),
    ("weight = 9", 'weight = "9"', 'weight = "9"', "wrong_type_number"),
    ("weight = 9", "weight = 250", "weight = 250", "limit"),
    ("weight = 9", "weight = inf", "weight = inf", "invalid"),
    ("r_met = 0.950", "r_met = 1.5", "r_met = 1.5", "limit"),
    ("r_met = 0.950", "r_met = 0.95001", "r_met = 0.95001", "limit"),
    ('gate = "critical"', 'gate = "fatal"', 'gate = "fatal"', "not_one_of"),
    ('gate = "critical"', "gate = 1", "gate = 1", "not_one_of"),
    ("needs_machine = true", 'needs_machine = "yes"', 'needs_machine = "yes"',
     "wrong_type_true_false"),
    ("min_confidence = 70", "min_confidence = 70.5", "min_confidence = 70.5",
     "wrong_type_whole_number"),
    ("valid_until = 2027-12-31", 'valid_until = "2027-12-31"', 'valid_until = "2027',
     "wrong_type_date"),
    ('currency = "JPY"', 'currency = "yen"', 'currency = "yen"', "pattern"),
    ('currency = "JPY"', "currency = 1", "currency = 1", "wrong_type_text"),
    ('assets = ["address"]', 'assets = "address"', 'assets = "address"', "wrong_type_list"),
    ('en = "No internet-exposed', 'xx = "No internet-exposed', 'title = { ja = "インターネット',
     "unknown_key"),
    ('en = "Refer to the underwriter"', "", "[referral.high]", "missing_language"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "place", "code"), FORM)
def test_a_mistake_of_form_is_named_with_its_line(
    before: str, after: str, place: str, code: str
) -> None:
    text = changed(before, after)
    error = refused(text)
    assert (line_of(text, place), f"profile.{code}") in {(m.line, m.code) for m in error.mistakes}
    assert {m.file for m in error.mistakes} == {"mine.toml"}


def test_a_profile_without_a_kind_is_told_the_kinds() -> None:
    (mistake,) = refused("").mistakes
    assert (mistake.line, mistake.code) == (1, "profile.no_kind")
    assert "schedule" in str(mistake.values["expected"])


def test_a_missing_key_is_named_at_its_table() -> None:
    text = changed("weight = 9\n", "")
    error = refused(text)
    assert [(m.code, m.values["key"]) for m in error.mistakes] == [
        ("profile.missing_key", "weight")
    ]
    assert error.mistakes[0].line == line_of(text, FIRST) - 1


def test_all_mistakes_are_named_at_once_in_the_order_of_lines() -> None:
    text = changed("weight = 9", "wieght = 9", changed('"JPY"', '"yen"'))
    error = refused(text)
    assert [m.code for m in error.mistakes] == [
        "profile.pattern", "profile.missing_key", "profile.unknown_key_did_you_mean",
    ]  # fmt: skip
    assert error.exit_code == 2
    lines = error.sentences("en")
    assert lines[2].startswith(f"mine.toml:{line_of(text, 'wieght')}: criteria.0.wieght: unknown")
    assert lines[2].endswith("did you mean 'weight'?")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("weight = 9", "weight = = 9"),
        ("weight = 9", "weight = 9\nweight = 8"),
        ('id = "EXT-RDP"', 'id = "EXT-RDP'),
        ("weight = 9", "weight: 9"),
    ],
)
def test_bad_syntax_is_named_with_its_line(before: str, after: str) -> None:
    text = changed(before, after)
    (mistake,) = refused(text).mistakes
    assert mistake.code == "profile.syntax"
    assert abs(mistake.line - line_of(text, after.rsplit("\n", maxsplit=1)[-1])) <= 1


def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "sjis.toml"
    file.write_bytes('id = "x"\nname = "日本"\n'.encode("shift_jis"))
    with pytest.raises(MistakesError) as caught:
        load_profile(str(file))
    assert [(m.line, m.code) for m in caught.value.mistakes] == [(2, "profile.not_utf8")]


def test_every_mistake_has_words_in_both_languages() -> None:
    codes = {code for _, _, _, code in FORM} | {"syntax", "not_utf8", "missing_key"}
    for language in ("ja", "en"):
        words = Catalog(language)
        for code in codes:
            assert f"error.profile.{code}" in words


def test_an_unknown_check_is_a_lint_finding_and_no_failure_to_load(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    text = changed('"rdp.exposed"', '"rdp.expossed"')
    file.write_text(text, "utf-8")
    assert load_profile(str(file)).id == "jp-sme"
    found = lint_profile(str(file), known_checks=SME.checks)
    assert [(m.code, m.values["near"]) for m in found] == [
        ("profile.unknown_check_did_you_mean", "rdp.exposed")
    ]
    assert found[0].line == line_of(text, 'not_met_if = [\n  "rdp.expossed')


def test_an_expired_profile_is_a_lint_finding() -> None:
    (found,) = lint_profile("jp-sme", today=date(2028, 1, 1))
    assert found.code == "profile.expired"
    assert found.line == line_of(source(), "valid_until")
    assert lint_profile("jp-sme", today=date(2027, 12, 31)) == ()


def test_lint_reports_mistakes_of_form_too(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(changed("weight = 9", "weight = 0"), "utf-8")
    assert [m.code for m in lint_profile(str(file))] == ["profile.limit"]


def test_the_built_in_profiles_name_only_checks_that_some_pack_has() -> None:
    from posture_scan.engine.packs import load_packs

    known = frozenset(item.id for item in load_packs().checks)
    for name in list_profiles():
        assert lint_profile(name, known_checks=known, today=date(2026, 11, 23)) == ()
