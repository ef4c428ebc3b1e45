from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from posture_scan.engine.judge import judge
from posture_scan.engine.pack_set import PackSet
from posture_scan.engine.packs import load_packs
from posture_scan.engine.records import evidence_from_json, with_id
from posture_scan.model.codec import encode
from posture_scan.model.evidence import (
    Asset,
    Attempt,
    Evidence,
    Facts,
    PortScan,
    ServiceSeen,
    Vantage,
)
from posture_scan.model.finding import Finding, Status
from posture_scan.sdk import Method
from tests.engine.door_pack import write_pack

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ADDRESS = "127.60.0.1"
HOST = Asset(ADDRESS, "address", ADDRESS, fully_scanned=True, reached=True)


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> PackSet:
    folder = tmp_path_factory.mktemp("packs")
    write_pack(folder)
    loaded = load_packs([folder])
    return PackSet(tuple(pack for pack in loaded.packs if pack.name == "house"))


def record(
    kind: str, facts: Facts | None, port: int = 0, attempt: Attempt = Attempt.OK
) -> Evidence:
    return with_id(
        Evidence(
            "", kind, ADDRESS, Vantage.EXTERNAL, "test", 1, NOW, attempt,
            Method.PROTOCOL_HANDSHAKE, facts, "", ADDRESS, port, "tcp",
        )
    )  # fmt: skip


def scan(*, unidentified: tuple[int, ...] = (), finished: bool = True) -> Evidence:
    facts = PortScan("builtin", "1", 1000, (), 1000, 0, finished, unidentified)
    return record("core.PortScan", facts)


def service(port: int = 4000, protocol: str = "knock") -> Evidence:
    return record(
        "core.ServiceSeen",
        ServiceSeen(protocol, tls=False, greeting=b"", recognised_by="answer"),
        port,
    )


def knock(packs: PackSet, *, is_open: bool, port: int = 4000) -> Evidence:
    return record("house.Knock", packs.packs[0].facts["Knock"](open=is_open), port)  # type: ignore[call-arg]


def verdicts(findings: tuple[Finding, ...], check: str = "door.open") -> list[tuple[str, str]]:
    return [(f.status.value, f.reason) for f in findings if f.check == check]


def test_a_weakness_seen_fails_with_the_confidence_of_the_method(packs: PackSet) -> None:
    evidence = [scan(), service(), knock(packs, is_open=True)]
    findings = judge(packs, evidence, [HOST], now=NOW)
    assert verdicts(findings) == [("fail", "is_open")]
    found = next(f for f in findings if f.check == "door.open")
    assert (found.confidence, found.port, found.evidence) == (95, 4000, (evidence[2].id,))
    assert found.valid_until == NOW + timedelta(days=90)


def test_a_check_that_crashes_is_an_error_and_not_a_pass(packs: PackSet) -> None:
    findings = judge(packs, [scan(), service(), knock(packs, is_open=False)], [HOST], now=NOW)
    assert verdicts(findings, "door.crashing") == [("error", "check_failed")]


def test_absence_counts_only_on_a_fully_scanned_address(packs: PackSet) -> None:
    assert verdicts(judge(packs, [scan()], [HOST], now=NOW)) == [("pass", "absent")]
    half = dataclasses.replace(HOST, fully_scanned=False)
    findings = judge(packs, [scan(finished=False)], [half], now=NOW)
    assert verdicts(findings) == [("unknown", "not_fully_scanned")]


def test_an_unnamed_service_on_the_usual_port_is_no_absence(packs: PackSet) -> None:
    findings = judge(packs, [scan(unidentified=(4000,))], [HOST], now=NOW)
    assert verdicts(findings) == [("unknown", "unidentified_port")]
    findings = judge(packs, [scan(unidentified=(4001,))], [HOST], now=NOW)
    assert verdicts(findings) == [("pass", "absent")]


def test_without_any_record_of_a_port_scan_nothing_is_absent(packs: PackSet) -> None:
    assert verdicts(judge(packs, [], [HOST], now=NOW)) == [("unknown", "not_fully_scanned")]


def test_the_record_of_the_ports_wins_over_what_the_asset_claims(packs: PackSet) -> None:
    seen = [service(), knock(packs, is_open=False)]
    found = verdicts(judge(packs, [scan(finished=False), *seen], [HOST], now=NOW))
    assert sorted(found) == [("pass", "is_shut"), ("unknown", "not_fully_scanned")]
    facts = PortScan("builtin", "1", 1000, (), 0, 0, finished=True, answers_everything=True)
    box = [record("core.PortScan", facts), *seen]
    assert verdicts(judge(packs, box, [HOST], now=NOW)) == [("unknown", "middlebox")]


def test_an_open_port_whose_record_is_lost_is_an_error(packs: PackSet) -> None:
    facts = PortScan("builtin", "1", 1000, (4000, 4001), 998, 0, finished=True)
    ports = record("core.PortScan", facts)
    both = [ports, service(), service(4001, "other"), knock(packs, is_open=False)]
    assert verdicts(judge(packs, both, [HOST], now=NOW)) == [("pass", "is_shut")]
    without_one = [item for item in both if item.port != 4001]
    found = verdicts(judge(packs, without_one, [HOST], now=NOW))
    assert sorted(found) == [("error", "result_missing"), ("pass", "is_shut")]
    assert verdicts(judge(packs, [ports], [HOST], now=NOW)) == [("error", "result_missing")]


def test_one_sound_service_says_nothing_about_an_unnamed_port(packs: PackSet) -> None:
    evidence = [scan(unidentified=(4000,)), service(4001), knock(packs, is_open=False, port=4001)]
    found = verdicts(judge(packs, evidence, [HOST], now=NOW))
    assert sorted(found) == [("pass", "is_shut"), ("unknown", "unidentified_port")]
    assert verdicts(judge(packs, [scan(), *evidence[1:]], [HOST], now=NOW)) == [("pass", "is_shut")]


@pytest.mark.parametrize("attempt", [item for item in Attempt if item is not Attempt.OK])
def test_an_attempt_that_failed_is_unknown(packs: PackSet, attempt: Attempt) -> None:
    evidence = [scan(), service(), record("house.Knock", None, 4000, attempt)]
    findings = judge(packs, evidence, [HOST], now=NOW)
    assert verdicts(findings) == [("unknown", f"attempt.{attempt.value}")]


def test_a_service_that_was_seen_but_not_looked_at_is_an_error(packs: PackSet) -> None:
    assert verdicts(judge(packs, [scan(), service()], [HOST], now=NOW)) == [
        ("error", "result_missing")
    ]
    evidence = [scan(), service(), service(4001), knock(packs, is_open=False)]
    found = verdicts(judge(packs, evidence, [HOST], now=NOW))
    assert sorted(found) == [("error", "result_missing"), ("pass", "is_shut")]


def test_a_middlebox_and_a_deselected_check_earn_nothing(packs: PackSet) -> None:
    evidence = [scan(), service(), knock(packs, is_open=False)]
    box = dataclasses.replace(HOST, middlebox=True)
    assert verdicts(judge(packs, evidence, [box], now=NOW)) == [("unknown", "middlebox")]
    findings = judge(packs, evidence, [HOST], now=NOW, deselected={"door.open"})
    assert verdicts(findings) == [("unknown", "deselected")]


def test_old_evidence_decays_to_unknown(packs: PackSet) -> None:
    evidence = [scan(), service(), knock(packs, is_open=False)]
    later = NOW + timedelta(days=91)
    assert verdicts(judge(packs, evidence, [HOST], now=later)) == [("unknown", "expired")]
    absent = judge(packs, [scan()], [HOST], now=later)
    assert verdicts(absent) == [("unknown", "expired")]


def test_every_expected_pair_has_a_finding_and_order_does_not_matter(packs: PackSet) -> None:
    evidence = [scan(), service(), knock(packs, is_open=True)]
    findings = judge(packs, evidence, [HOST], now=NOW)
    assert {f.check for f in findings} == {"door.open", "door.crashing"}
    assert judge(packs, evidence[::-1], [HOST], now=NOW) == findings


def test_records_survive_the_way_through_json(packs: PackSet) -> None:
    for item in [scan(), service(), knock(packs, is_open=True)]:
        assert evidence_from_json(encode(item), packs) == item
    stranger = encode(knock(packs, is_open=True))
    assert evidence_from_json(stranger, PackSet(())).facts is None


def test_the_id_is_the_content(packs: PackSet) -> None:
    assert knock(packs, is_open=True).id == knock(packs, is_open=True).id
    assert knock(packs, is_open=True).id != knock(packs, is_open=False).id


def test_a_broken_pack_is_a_finding(packs: PackSet, tmp_path: Path) -> None:
    write_pack(tmp_path, "broken", collect="import nothing_of_that_name\n")
    problems = load_packs([tmp_path]).problems
    findings = judge(PackSet(packs.packs, problems), [], [], now=NOW)
    assert [(f.check, f.status, f.reason) for f in findings] == [
        ("pack.unusable", Status.ERROR, "import_failed")
    ]


def test_an_unnamed_web_port_may_hide_a_web_page(tmp_path: Path) -> None:
    web = """
from dataclasses import dataclass
from posture_scan.sdk import Facts, Net, Service, collector

@dataclass(frozen=True)
class Knock(Facts):
    open: bool

@collector(on=Service("http"))
def knocking(service: Service, net: Net) -> Knock:
    return Knock(False)
"""
    write_pack(tmp_path, "front", collect=web)
    loaded = load_packs([tmp_path])
    only = PackSet(tuple(pack for pack in loaded.packs if pack.name == "front"))
    for evidence, expected in (
        ([scan(unidentified=(443,))], "unidentified_port"),
        ([scan(unidentified=(25,))], "absent"),
        ([scan(), service(443, "tls")], "unidentified_port"),
    ):
        assert verdicts(judge(only, evidence, [HOST], now=NOW))[0][1] == expected
