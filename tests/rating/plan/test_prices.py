"""A contractor's price file: strict, each mistake with its line, and a template that is right."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from posture_scan.errors import PostureError
from posture_scan.mistakes import MistakesError
from posture_scan.rating.plan.prices import SIZE_LIMIT, Priced, parse_prices, read_prices
from posture_scan.rating.plan.prices_template import write_prices
from posture_scan.rating.plan.tasks import tasks_of
from posture_scan.rating.status import CriterionStatus, EvidenceClass, State
from tests.rating.plan.test_tasks import failing
from tests.rating.samples import SME

GOOD = """currency = "JPY"
hourly_rate = 9_000.5

[checks."rdp.exposed"]
hours = 2
cost = 1_000
per = "once"

[checks."vnc.exposed"]
hours = 1.25

[criteria.BKP-ISO]
cost = 80_000
"""


def test_what_it_says_is_what_is_read() -> None:
    prices = parse_prices(GOOD.encode(), SME)
    assert prices.hourly_rate == Decimal("9000.5")
    assert prices.checks == {
        "rdp.exposed": Priced(Decimal(2), Decimal(1000), "once"),
        "vnc.exposed": Priced(Decimal("1.25"), Decimal(0), "asset"),
    }
    assert prices.criteria == {"BKP-ISO": Priced(None, Decimal(80_000), "once")}


@pytest.mark.parametrize(
    ("before", "after", "line", "code"),
    [
        ("hourly_rate = 9_000.5", "", 1, "profile.missing_key"),
        ("9_000.5", "-1", 2, "profile.limit"),
        ("9_000.5", '"9000"', 2, "profile.wrong_type_number"),
        ("cost = 1_000", "costs = 1_000", 6, "profile.unknown_key"),
        ('per = "once"', 'per = "each"', 7, "profile.not_one_of"),
        ('"vnc.exposed"', '"vnc.exposd"', 9, "prices.unknown_checks"),
        ("BKP-ISO", "BKP-ISOX", 12, "prices.unknown_criteria"),
        ('"JPY"', '"USD"', 1, "prices.currency"),
        ("hours = 2", "hours = 2 3", 5, "profile.syntax"),
        ("hours = 2", "hours = inf", 5, "profile.invalid"),
    ],
)
def test_each_mistake_has_its_line(before: str, after: str, line: int, code: str) -> None:
    assert before in GOOD
    with pytest.raises(MistakesError) as caught:
        parse_prices(GOOD.replace(before, after, 1).encode(), SME)
    assert [(m.line, m.code) for m in caught.value.mistakes] == [(line, code)]
    for language in ("ja", "en"):
        assert all(code not in text for text in caught.value.sentences(language))


def test_all_mistakes_at_once() -> None:
    text = GOOD.replace('"JPY"', '"EUR"').replace("BKP-ISO", "BKP").replace("rdp.", "rpd.")
    with pytest.raises(MistakesError) as caught:
        parse_prices(text.encode(), SME)
    assert [mistake.line for mistake in caught.value.mistakes] == [1, 4, 12]


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(MistakesError):
        parse_prices(b"\xff\xfe", SME)
    huge = tmp_path / "huge.toml"
    huge.write_bytes(b"#" * (SIZE_LIMIT + 1))
    for path in (huge, tmp_path / "none.toml", tmp_path):
        with pytest.raises(PostureError):
            read_prices(path, SME)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_template_can_be_used_as_it_stands_and_changes_no_hours(language: str) -> None:
    statuses = {
        "EXT-RDP": CriterionStatus(
            "EXT-RDP", State.NOT_MET, EvidenceClass.VERIFIED, ("rdp.exposed@192.0.2.1",)
        ),
        "BKP-ISO": CriterionStatus("BKP-ISO", State.NOT_MET, EvidenceClass.ATTESTED),
    }
    found = [failing("rdp.exposed", hours="2.5")]
    before = tasks_of(SME, statuses, found)
    text = write_prices(SME, before, language, {"rdp.exposed": "two\nlines = 1"})
    after = tasks_of(SME, statuses, found, parse_prices(text.encode(), SME))
    assert {name: [(t.id, t.hours) for t in own] for name, own in before.items()} == {
        name: [(t.id, t.hours) for t in own] for name, own in after.items()
    }
    assert all(task.cost == 0 for own in after.values() for task in own)
