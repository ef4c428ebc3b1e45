"""What a profile is refused for, one by one: file, line, code, and a sentence to mend it by."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from posture_scan.rating.load import lint_profile
from posture_scan.text.catalog import Catalog
from tests.rating.samples import SME, changed, line_of, source

TODAY = date(2026, 11, 23)
ADM = "weight = 3\nr_met = 0.990"
QUESTION = ', en = "Is your VPN device or router within support and on its latest firmware'
PLANTED = {
    "unknown key": ("weight = 9", "wieght = 9", "wieght", "unknown_key_did_you_mean", "weight"),
    "unknown check": ('"vnc.exposed", "telnet', '"vnc.expossed", "telnet', "not_met_if = [",
                      "unknown_check_did_you_mean", "vnc.exposed"),
    "a cap that no evidence can reach": (
        "certificates_cap = 0.30", "certificates_cap = 0.35", "certificates_cap = 0.35",
        "cap_unreachable", "0.35"),
    "a floor below a cap": (
        "factor_min = 0.60", "factor_min = 0.55", "factor_min", "floor_below_cap", "0.55"),
    "an unknown cheaper than a known failure": (
        ADM, ADM + "\nr_not = 1.10\nr_unknown = 1.05", "r_unknown", "unknown_cheaper", "1.05"),
    "a gate that silence leaves shut": (
        '"EXT-SVC", ', "", 'gate = "high"', "gate_not_in_minimum", "EXT-SVC"),
    "an honest no dearer than silence": (
        '"EXT-SVC", ', "", 'needs_machine = true\nsource = "illustrative"',
        "needs_machine_not_in_minimum", "EXT-SVC"),
    "weights that do not sum": (
        "weight_total = 100", "weight_total = 99", "weight_total", "weights_do_not_sum", "99"),
    "a question in one language": (
        QUESTION, ', xx = "Is your VPN', 'text = { ja = "VPN装置', "missing_language", "en"),
    "a missing source": (
        'source = "coalition-2024"\nrelativity = { rr = 2.5', "relativity = { rr = 2.5",
        '[[criteria]]\nid = "EXT-RDP"', "missing_key", "source"),
    "a figure that does not follow": (
        "keep = 0.36", "keep = 0.63", "r_met = 0.940", "r_met_does_not_follow", "0.895"),
    "an expired profile": (
        "valid_until = 2027-12-31", "valid_until = 2026-11-22", "valid_until", "expired",
        "2026-11-22"),
    "a profile that has not begun": (
        "valid_from = 2026-04-01", "valid_from = 2026-12-01", "valid_from", "not_yet_valid",
        "2026-12-01"),
}  # fmt: skip


@pytest.mark.parametrize("what", PLANTED)
def test_each_planted_mistake_is_found_on_its_line(what: str, tmp_path: Path) -> None:
    before, after, place, code, named = PLANTED[what]
    text = changed(before, after)
    file = tmp_path / "mine.toml"
    file.write_text(text, "utf-8")
    found = lint_profile(str(file), known_checks=SME.checks, today=TODAY)
    (mistake,) = [item for item in found if item.code == f"profile.{code}"]
    assert (mistake.file, mistake.line) == (str(file), line_of(text, place))
    for language in ("ja", "en"):
        sentence = mistake.sentence(Catalog(language))
        assert sentence.startswith(f"{file}:{mistake.line}: ")
        assert named in sentence
        assert "{" not in sentence
    assert mistake.sentence(Catalog("ja")) != mistake.sentence(Catalog("en"))


def test_two_swapped_rows_of_a_band_are_found(tmp_path: Path) -> None:
    rows = "  { at = 250_000_000, value = 7_000 },\n  { at = 500_000_000, value = 8_500 },\n"
    swapped = rows.replace("7_000", "x").replace("8_500", "7_000").replace("x", "8_500")
    text = changed(rows, swapped, source("us-filed"))
    file = tmp_path / "filed.toml"
    file.write_text(text, "utf-8")
    (mistake,) = lint_profile(str(file), today=TODAY)
    assert mistake.code == "profile.band_falls"
    assert mistake.file == str(file)
    assert mistake.line == line_of(text, "  { at = 500_000_000, value = 7_000 }")
    assert "8500" in mistake.sentence(Catalog("en"))
    assert "8500" in mistake.sentence(Catalog("ja"))


def test_nothing_is_found_without_a_mistake(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(changed("weight = 9", "weight = 9 # the same"), "utf-8")
    assert lint_profile(str(file), known_checks=SME.checks, today=TODAY) == ()
