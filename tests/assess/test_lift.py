"""Which right would let a look see what it could not see, and what that is worth at most."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from posture_scan.checks.backup.facts import BackupSurvey

from posture_scan.assess.lift import unseen
from posture_scan.assess.lift_told import lines
from posture_scan.assess.lift_worth import criteria_of, most_worth
from posture_scan.assess.machine import Surveyed
from posture_scan.engine.pack_set import PackSet
from posture_scan.engine.packs import load_packs
from posture_scan.engine.records import with_id
from posture_scan.model.confidence import Method
from posture_scan.model.evidence import Asset, Attempt, Evidence, Vantage
from posture_scan.rating.load import load_profile
from posture_scan.rating.reports import Pricing
from posture_scan.sdk import NotRead
from posture_scan.text.catalog import Catalog
from tests.checks.computer import NOW

PC = Asset("host:pc-1", "host", names=("pc-1",), role="computer", reached=True)
SURVEY = BackupSurvey("linux", elevated=False, role="computer", clock_synchronised=True)
CLOSED = NotRead("/root", "permission_denied", "administrator")
BACKUP = ("backup.none", "backup.not_protected", "backup.not_separate", "backup.stale")


@pytest.fixture(scope="module")
def packs() -> PackSet:
    """Only the backup pack: what other packs did not collect is not the matter here."""
    every = load_packs()
    return replace(every, packs=tuple(pack for pack in every.packs if pack.name == "backup"))


def surveyed(packs: PackSet, facts: BackupSurvey | None, *, elevated: bool = False) -> Surveyed:
    attempt = Attempt.OK if facts else Attempt.PERMISSION_DENIED
    record = Evidence(
        "", "backup.BackupSurvey", PC.id, Vantage.HOST, "backup.backup_survey", 1, NOW, attempt,
        Method.REGISTRY_OR_PACKAGE, facts,
    )  # fmt: skip
    return Surveyed(PC, (with_id(record),), packs, elevated)


def test_what_a_right_would_lift_is_summed_up_by_right(packs: PackSet) -> None:
    found = unseen(surveyed(packs, replace(SURVEY, not_read=(CLOSED,))))
    (lift,) = found.lifts
    assert lift.right == "administrator"
    assert set(lift.checks) >= set(BACKUP)
    assert found.weak == ()


def test_a_look_that_was_refused_as_a_whole_counts_too(packs: PackSet) -> None:
    (lift,) = unseen(surveyed(packs, None)).lifts
    assert set(lift.checks) >= set(BACKUP)


def test_an_administrator_is_not_told_to_become_one(packs: PackSet) -> None:
    found = unseen(surveyed(packs, replace(SURVEY, not_read=(CLOSED,)), elevated=True))
    assert found.lifts == ()
    assert {item.check for item in found.others} >= set(BACKUP)


def test_what_is_weak_is_told_as_weak(packs: PackSet) -> None:
    found = unseen(surveyed(packs, SURVEY))
    assert set(BACKUP) <= {item.check for item in found.weak}


def test_without_any_record_nothing_is_told(packs: PackSet) -> None:
    found = unseen(Surveyed(PC, (), packs, elevated=False))
    assert (found.weak, found.lifts, found.others) == ((), (), ())


def test_the_worth_is_an_upper_bound_that_can_be_worked_out_by_hand() -> None:
    profile = load_profile("jp-sme")
    assert criteria_of(profile, BACKUP) == ("BKP-JOB", "BKP-ISO")
    # 120,000 x (1 - .98 x .95) = 8,280
    pricing = Pricing(Decimal(120_000))
    assert most_worth("jp-sme", pricing, BACKUP) == Decimal(8_280)
    # with the restore test the group would stop at its floor: 120,000 x (1 - .91)
    assert most_worth("jp-sme", pricing, (*BACKUP, "backup.restore_untested")) == Decimal(10_800)
    assert most_worth("jp-sme", pricing, ()) == 0


def test_one_reason_for_several_unknowns_is_told_once(packs: PackSet) -> None:
    found = unseen(surveyed(packs, replace(SURVEY, not_read=(CLOSED,)), elevated=True))
    told = lines(found, packs, Catalog("en"))[1:]
    reasons = [line.partition(": ")[2] for line in told]
    assert len(set(reasons)) == len(reasons) < len(found.others)
    titles = {item.id: item.meta.words["en"].title for item in packs.checks}
    assert all(titles[item.check] in " ".join(told) for item in found.others)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_it_is_told_with_the_right_and_the_yen(packs: PackSet, language: str) -> None:
    found = unseen(surveyed(packs, replace(SURVEY, not_read=(CLOSED,))))
    told = lines(found, packs, Catalog(language), lambda _lift: "¥8,280")
    assert "sudo" in told[0]
    assert "¥8,280" in told[0]
    assert any(line.startswith("  - ") for line in told[1:])
