"""Ids of other frameworks in a profile: an unknown one is refused with its line."""

from __future__ import annotations

import pytest

from posture_scan.mistakes import MistakesError
from posture_scan.rating.load import lint_profile, list_profiles, parse_profile
from posture_scan.text.catalog import Catalog
from tests.rating.samples import changed, line_of


@pytest.mark.parametrize(
    ("before", "after", "code", "near"),
    [
        ('"3-2-1 ★4"', '"3-2-1"', "unknown_framework_id_did_you_mean", "3-2-1 ★4"),
        ('"4-5-1", "4-1-3"]', '"4-5-1", "4-1-33"]', "unknown_framework_id_did_you_mean", "4-1-3"),
        ('cis = ["4.6", "6.3"]', 'cis = ["4.6", "6.33"]', "unknown_framework_id_did_you_mean",
         "6.3"),
        ('cyber_essentials = ["SC"]', 'cyber_essentials = ["SX"]',
         "unknown_framework_id_did_you_mean", "SU"),
        ('csf = ["PR.AT"]', 'csf = ["PR.AX"]', "unknown_framework_id_did_you_mean", "PR.AT"),
        ('ipa25 = ["24"]', 'ipa25 = ["X"]', "unknown_framework_id", None),
    ],
)  # fmt: skip
def test_an_unknown_id_is_named_with_its_line(
    before: str, after: str, code: str, near: str | None
) -> None:
    text = changed(before, after)
    with pytest.raises(MistakesError) as caught:
        parse_profile(text, "mine.toml")
    (mistake,) = caught.value.mistakes
    assert (mistake.code, mistake.line) == (f"profile.{code}", line_of(text, after))
    assert mistake.values.get("near") == near
    for language in ("ja", "en"):
        assert "{" not in mistake.sentence(Catalog(language))


def test_the_shipped_profiles_name_known_ids_only() -> None:
    for name in list_profiles():
        assert lint_profile(name) == ()
