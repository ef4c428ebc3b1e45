"""A schedule's tables: each planted mistake is refused with its line."""

from __future__ import annotations

import pytest

from posture_scan.mistakes import MistakesError
from posture_scan.rating.load import parse_profile
from posture_scan.text.catalog import Catalog
from tests.rating.samples import changed, line_of, source

US = source("us-filed")
PLANTED = [
    ("at = 250_000_000, value = 7_000", "at = 250_000_000, value = 9_000",
     "{ at = 500_000_000", "band_falls"),
    ("at = 250_000_000, value = 7_000", "at = 90_000_000, value = 7_000", "{ at = 90_",
     "band_order"),
    ("at = 10_000, value = 0.95", "at = 10_000, value = 1.05", "{ at = 10_000", "band_rises"),
    ('layer = "product"', 'layer = "difference"', "[schedule.retention_factors]", "layer_twice"),
    ("factor = 0.95\n", "factor = 0.80\n", "factor = 0.80\n", "levels_order"),
    ("at_least = 0\n", "at_least = 5\n", "at_least = 5\n", "levels_end"),
    ('exposure = "assets"', 'exposure = "sales"', 'exposure = "sales"', "unknown_reference"),
    ("limit = 1_000_000, retention", "limit = 9_000_000, retention", "defaults = {",
     "defaults_unusable"),
    ('industry = "technology"', 'industry = "banking"', "defaults = {", "defaults_unusable"),
    ("unit = 0.01", "unit = 0.05", "unit = 0.05", "unit_power"),
    ('id = "technology"', 'id = "non-profit"', 'id = "non-profit"\nfactor = 1.20', "duplicate"),
    ('kind = "schedule"', 'kind = "tariff"', 'kind = "tariff"', "not_one_of"),
    ('source = "filed-form"', 'source = "nowhere"', 'source = "nowhere"', "unknown_reference"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "place", "code"), PLANTED)
def test_a_planted_mistake_is_named_with_its_line(
    before: str, after: str, place: str, code: str
) -> None:
    text = changed(before, after, US)
    with pytest.raises(MistakesError) as caught:
        parse_profile(text, "mine.toml")
    found = {(m.code, m.line): m for m in caught.value.mistakes}
    mistake = found.get((f"profile.{code}", line_of(text, place)))
    assert mistake, found
    for language in ("ja", "en"):
        sentence = mistake.sentence(Catalog(language))
        assert sentence.startswith("mine.toml:")
        assert "{" not in sentence


def test_a_last_level_that_rewards_silence_is_refused() -> None:
    start, end = US.index('[[schedule.levels]]\nid = "average"'), US.index("[validity]")
    text = US[:start] + US[end:]
    text = text.replace('id = "good"\nat_least = 75', 'id = "good"\nat_least = 0')
    with pytest.raises(MistakesError) as caught:
        parse_profile(text)
    assert [m.code for m in caught.value.mistakes] == ["profile.levels_reward"]


def test_a_product_needs_the_retention_table() -> None:
    start, end = US.index("[schedule.retention_factors]"), US.index("[[schedule.industries]]")
    with pytest.raises(MistakesError) as caught:
        parse_profile(US[:start] + US[end:])
    assert [m.code for m in caught.value.mistakes] == ["profile.layer_without_retention"]


@pytest.mark.parametrize("line", ["[limits]\ncontrols_cap = 0.4", "[limits]\nfloor = 0.6"])
def test_a_schedule_has_no_caps_of_a_discount(line: str) -> None:
    with pytest.raises(MistakesError) as caught:
        parse_profile(changed("[limits]", line, US))
    assert [m.code for m in caught.value.mistakes] == ["profile.unknown_key"]
