"""Relations between a profile's values: each promise-breaking one is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from posture_scan.mistakes import MistakesError
from posture_scan.rating.load import list_profiles, parse_profile, review_profile
from posture_scan.text.catalog import Catalog
from tests.rating.samples import changed, line_of

VPN_QUESTION = 'choices = ["yes", "partly", "no"]'
ADM = "weight = 3\nr_met = 0.990"
RELATIONS = [
    ("weight_total = 100", "weight_total = 99", "weight_total = 99", "weights_do_not_sum"),
    ('group = "EXT"', 'group = "EXX"', 'group = "EXX"', "unknown_reference"),
    ('"BKP-JOB"]', '"BKP-JOBS"]', "minimum_set", "unknown_reference"),
    ('source = "cci-scheme"', 'source = "nowhere"', 'source = "nowhere"', "unknown_reference"),
    ('default_plan = "1"', 'default_plan = "9"', 'default_plan = "9"', "unknown_reference"),
    ('id = "wholesale"', 'id = "retail"', 'id = "retail"\nfactor = 1.388', "duplicate"),
    ('"EXT-SVC", ', "", 'gate = "high"', "gate_not_in_minimum"),
    ('"EXT-SVC", ', "", 'needs_machine = true\nsource = "illustrative"',
     "needs_machine_not_in_minimum"),
    (ADM, ADM + "\nr_not = 1.10\nr_unknown = 1.05", "r_unknown = 1.05", "unknown_cheaper"),
    ("attested = 0.50", "attested = 0.90", "verified = 1.00", "evidence_order"),
    ("valid_until = 2027-12-31", "valid_until = 2025-12-31", "valid_until = 2025",
     "validity_order"),
    ("factor_min = 0.60", "factor_min = 0.55", "factor_min = 0.55", "floor_below_cap"),
    ("factor_min = 0.60", "factor_min = 0.70", "controls_cap = 0.40", "cap_unreachable"),
    ("certificates_cap = 0.30", "certificates_cap = 0.35", "certificates_cap = 0.35",
     "cap_unreachable"),
    ("total_cap = 0.60", "total_cap = 0.80", "total_cap = 0.80", "cap_unreachable"),
    ('grade = "B", at_least = 70', 'grade = "B", at_least = 90', '{ grade = "B", at_least = 90',
     "not_monotone"),
    ('lowest = "E"', 'lowest = "D"', 'lowest = "D"', "not_monotone"),
    ("levels = [0.05, 0.10,", "levels = [0.10, 0.10,", "levels = [", "level_order"),
    ("0.50, 0.60]", "0.50, 0.65]", "levels = [", "level_order"),
    ("sales_min = 50_000_000", "sales_min = 900_000_000", "sales_min = 900", "sales_bounds"),
    ('vantage = ["external"]', "vantage = []", "vantage = []", "empty_rule"),
    ('absent = "met"', 'absent = "met"\nmode = "share"', 'mode = "share"', "share_needs_hosts"),
    ('"ftp.plaintext", ', '"smb.exposed", ', "partial_if = [", "duplicate"),
    ("{ device_export = 30 }", "{ device_exports = 30 }", "max_age_by_method",
     "unknown_reference"),
    ('absent = "unknown"', 'absent = "not_applicable"', 'absent = "not_applicable"',
     "absent_beside_question"),
    ("seen_only = true", 'absent = "met" # too\nseen_only = true', 'absent = "met" # too',
     "seen_only_absent"),
    ('absent = "unknown"', "seen_only = true # alone", "seen_only = true # alone",
     "seen_only_alone"),
    (VPN_QUESTION, "choices = []", "choices = []", "choices_or_paths"),
    (VPN_QUESTION, 'choices = ["yes", "partly"]', 'choices = ["yes", "partly"]\n',
     "plain_choices"),
    ('"all", "some", "none", "not_used"]', '"all", "some"]', 'choices = ["all", "some"]',
     "path_choices"),
    ('"all", "some", "none", "not_used"]', '"all", "none"]', "contradicted_by = [",
     "contradiction_never"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "place", "code"), RELATIONS)
def test_a_broken_relation_is_named_with_its_line(
    before: str, after: str, place: str, code: str
) -> None:
    text = changed(before, after)
    with pytest.raises(MistakesError) as caught:
        parse_profile(text, "mine.toml")
    found = {(m.code, m.line) for m in caught.value.mistakes}
    assert (f"profile.{code}", line_of(text, place)) in found, found


def test_a_criterion_nothing_can_meet_is_refused() -> None:
    text = changed("needs_machine = true\n", "")
    start = text.index("[[criteria.machine]]")
    text = text[:start] + text[text.index("[[criteria]]", start) :]
    with pytest.raises(MistakesError) as caught:
        parse_profile(text)
    assert [m.code for m in caught.value.mistakes] == ["profile.unreachable_criterion"]
    text = text.replace('gate = "critical"\n', 'gate = "critical"\nneeds_machine = true\n', 1)
    with pytest.raises(MistakesError) as caught:
        parse_profile(text)
    assert {m.code for m in caught.value.mistakes} == {
        "profile.unreachable_criterion", "profile.needs_machine_without_rule",
    }  # fmt: skip


def test_a_share_that_would_reward_hiding_is_refused() -> None:
    host = 'partial_if = ["backup.stale"]\nabsent = "unknown"'
    text = changed(host, f'{host}\nmode = "share"\nweak_share = 0.01')
    with pytest.raises(MistakesError) as caught:
        parse_profile(text)
    assert [m.code for m in caught.value.mistakes] == ["profile.share_order"]


def test_every_mistake_has_words_in_both_languages() -> None:
    codes = {code for _, _, _, code in RELATIONS}
    for language in ("ja", "en"):
        words = Catalog(language)
        assert [code for code in codes if f"error.profile.{code}" not in words] == []


def test_a_floor_that_leaves_the_rest_of_a_group_nothing_is_warned_of(tmp_path: Path) -> None:
    # .950 x .940 x .980 = .87514 is what any discount needs of EXT
    text = changed("floor = 0.86", "floor = 0.88")
    file = tmp_path / "mine.toml"
    file.write_text(text, "utf-8")
    review = review_profile(str(file))
    assert review.mistakes == ()
    (warning,) = review.warnings
    assert (warning.code, warning.line) == (
        "profile.floor_used_up", line_of(text, "floor = 0.88"),
    )  # fmt: skip
    assert warning.values["rest"] == "EXT-ADM, NET-TLS, EML-AUTH"
    assert all(review_profile(name).warnings == () for name in list_profiles())
