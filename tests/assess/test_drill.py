"""A drill's evidence file, and how it joins the survey of the same computer."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from posture_scan.checks.backup.facts import ObjectLock

from posture_scan.assess.document import Permission, Terms
from posture_scan.assess.drill import drill_evidence, write_drill
from posture_scan.assess.machine import Surveyed, merged, read
from posture_scan.assess.observe import Manner
from posture_scan.assess.run import Work, assess
from posture_scan.drill.verify import Drill, Outcome, Restored
from posture_scan.engine.judge import judge
from posture_scan.engine.pack_set import PackSet
from posture_scan.engine.packs import load_packs
from posture_scan.engine.records import with_id
from posture_scan.model.answer import Answer, Answers
from posture_scan.model.evidence import Asset, Attempt, Evidence, Vantage
from posture_scan.model.finding import Finding
from posture_scan.model.scope import Scope
from posture_scan.sdk import Method
from tests.checks.backup.scene import job, seen_with

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FILE = Restored("/data", "n", Outcome.PROVEN, sha256_ok=True, point="p", point_at=NOW, size=4096)
DRILL = Drill("restic", "0.14.0", "A", NOW - DAY, NOW, "s3:s3.example/bucket", (FILE,))
WRONG = replace(DRILL, files=(replace(FILE, outcome=Outcome.MISMATCH, sha256_ok=False),))


@pytest.fixture(scope="module")
def packs() -> PackSet:
    return load_packs()


def survey(packs: PackSet, at: datetime, *, role: str = "server", gone: bool = False) -> Surveyed:
    """A survey of pc-1 that reaches level 4, or an attempt that was refused."""
    sound = job(
        proofs=(replace(job().proofs[0], at=at),), locked_until=at + 60 * DAY, integrity_at=at
    )
    seen = None if gone else seen_with(sound, role=role)
    attempt = Attempt.PERMISSION_DENIED if gone else Attempt.OK
    record = Evidence(
        "", "backup.BackupSurvey", "host:pc-1", Vantage.HOST, "backup.backup_survey", 1, at,
        attempt, Method.REGISTRY_OR_PACKAGE, seen,
    )  # fmt: skip
    asset = Asset("host:pc-1", "host", names=("pc-1",), role=role, reached=True)
    return Surveyed(asset, (with_id(record),), packs, elevated=True)


def drilled(tmp_path: Path, packs: PackSet, drill: Drill = DRILL) -> Surveyed:
    path = tmp_path / f"{drill.verified_at:%j%H}-{drill.files[0].outcome}.json"
    write_drill(path, "pc-1", drill, packs)
    return read(path, packs)


def told(packs: PackSet, *machines: Surveyed, now: datetime) -> Finding:
    (machine,) = merged(machines)
    found = judge(packs, machine.evidence, [machine.asset], now=now)
    (one,) = [item for item in found if item.check == "backup.restore_untested"]
    return one


def test_the_file_comes_back_as_it_was_written(tmp_path: Path, packs: PackSet) -> None:
    back = drilled(tmp_path, packs)
    assert back.evidence == (drill_evidence("pc-1", DRILL, packs),)
    assert (back.asset.id, back.asset.role) == ("host:pc-1", "")
    assert back.evidence[0].method is Method.VERIFIED_ACTION


def test_what_was_restored_by_hand_is_no_action_of_ours(packs: PackSet) -> None:
    by_hand = replace(DRILL, engine="by_hand", evidence_class="B")
    assert drill_evidence("pc-1", by_hand, packs).method is Method.ANALYSIS


def test_survey_and_drill_of_one_computer_join_in_either_order(
    tmp_path: Path, packs: PackSet
) -> None:
    files = (survey(packs, NOW), drilled(tmp_path, packs))
    for machines in (files, files[::-1]):
        (machine,) = merged(machines)
        assert (machine.asset.role, machine.asset.reached) == ("server", True)
        finding = told(packs, *machines, now=NOW)
        assert (finding.status.value, finding.reason) == ("pass", "restored")
        assert (finding.confidence, len(finding.evidence)) == (99, 2)


def test_the_newest_of_each_kind_wins_even_if_it_says_less(tmp_path: Path, packs: PackSet) -> None:
    failed = drilled(tmp_path, packs, replace(WRONG, verified_at=NOW + DAY))
    finding = told(packs, failed, survey(packs, NOW), drilled(tmp_path, packs), now=NOW + DAY)
    assert (finding.status.value, finding.reason) == ("fail", "restore_mismatch")
    (machine,) = merged([survey(packs, NOW + DAY, gone=True), survey(packs, NOW)])
    assert [record.attempt for record in machine.evidence] == [Attempt.PERMISSION_DENIED]


def report_on(
    packs: PackSet, *machines: Surveyed, answers: Answers | None = None, profile: str = "jp-sme",
    now: datetime = NOW,
) -> dict[str, Any]:  # fmt: skip
    """The report of a firm on these computers' files and a questionnaire."""
    scope = Scope("例", "代表", date(2026, 11, 1), date(2026, 12, 1), ("127.60.5.11",))
    return assess(
        Permission(scope), Work(packs, manner=Manner("builtin", "lan"), machines=machines),
        Terms(profile, answers), clock=lambda: now, stop=threading.Event(),
        progress=lambda _event, **_values: None,
    )  # fmt: skip


def test_a_scan_takes_both_files_in_as_one_computer(tmp_path: Path, packs: PackSet) -> None:
    report = report_on(packs, drilled(tmp_path, packs), survey(packs, NOW))
    assert [item["id"] for item in report["assets"] if item["kind"] == "host"] == ["host:pc-1"]
    told = {f["check"]: f["status"] for f in report["findings"] if f["asset"] == "host:pc-1"}
    assert told["backup.restore_untested"] == "pass"
    met = {item["id"]: item["status"] for item in report["criteria"]}
    assert met["BKP-TEST"] == "met"


@pytest.mark.parametrize("profile", ["jp-sme", "jp-sme-strict"])
def test_a_failed_drill_contradicts_the_answer_until_a_later_one_succeeds(
    tmp_path: Path, packs: PackSet, profile: str
) -> None:
    yes = Answers("jp-sme", "例 太郎", "代表", NOW.date(), (Answer("BKP-TEST", {"": "yes"}),))

    def settled(
        *machines: Surveyed, answers: Answers | None = yes
    ) -> tuple[str, str, list[str], Decimal]:
        report = report_on(packs, *machines, answers=answers, profile=profile, now=NOW + DAY)
        (status,) = [item for item in report["criteria"] if item["id"] == "BKP-TEST"]
        against = [item["criterion"] for item in report["rating"]["contradictions"]]
        score = Decimal(report["rating"]["score"])
        return status["status"], status["evidence_class"], against, score

    seen, failed = survey(packs, NOW), drilled(tmp_path, packs, WRONG)
    by_hand = drilled(tmp_path, packs, replace(
        DRILL, engine="by_hand", evidence_class="B", destination="", verified_at=NOW + DAY / 2
    ))  # fmt: skip
    later = drilled(tmp_path, packs, replace(DRILL, verified_at=NOW + DAY))
    nothing = settled(seen, answers=None)[3]
    assert settled(seen)[:3] == ("met", "attested", [])
    assert settled(seen)[3] > nothing
    assert settled(seen, failed) == ("contradicted", "verified", ["BKP-TEST"], nothing)
    assert settled(seen, failed, by_hand) == settled(seen, failed)
    assert settled(seen, failed, by_hand, later)[:3] == ("met", "verified", [])
    assert settled(seen, failed, by_hand, later)[3] > nothing


def test_each_bucket_that_was_asked_outlives_joining_the_files(
    tmp_path: Path, packs: PackSet
) -> None:
    seen, drill = survey(packs, NOW), drilled(tmp_path, packs)
    asked = tuple(
        with_id(Evidence(
            "", "backup.ObjectLock", "host:pc-1", Vantage.HOST, "backup.object_lock", 1, NOW,
            Attempt.OK, Method.PROTOCOL_HANDSHAKE,
            ObjectLock(f"s3:https://s3.example/{name}", lock_enabled=True), names=(name,),
        ))
        for name in ("one", "two")
    )  # fmt: skip
    (machine,) = merged([replace(seen, evidence=(*seen.evidence, *asked)), drill])
    assert set(machine.evidence) == {*seen.evidence, *asked, *drill.evidence}


def test_other_computers_stay_apart_and_a_server_stays_one(packs: PackSet) -> None:
    one = survey(packs, NOW, role="computer")
    other = replace(one, asset=replace(one.asset, id="host:pc-2"))
    assert merged([one, other]) == (one, other)
    (machine,) = merged([one, survey(packs, NOW - DAY)])
    assert machine.asset.role == "server"


def test_a_drill_alone_settles_nothing(tmp_path: Path, packs: PackSet) -> None:
    finding = told(packs, drilled(tmp_path, packs), now=NOW)
    assert (finding.status.value, finding.reason) == ("error", "result_missing")


def test_a_drill_is_relied_on_longer_than_a_survey(tmp_path: Path, packs: PackSet) -> None:
    drill = drilled(tmp_path, packs)
    later = NOW + 150 * DAY
    finding = told(packs, survey(packs, later), drill, now=later)
    assert (finding.status.value, finding.reason) == ("pass", "restored")
    assert finding.observed_at == NOW
    assert finding.valid_until == later + 90 * DAY
    finding = told(packs, survey(packs, NOW), drill, now=later)
    assert (finding.status.value, finding.reason) == ("unknown", "expired")
