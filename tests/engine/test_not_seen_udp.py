"""Not seen is never fine, over UDP: silence, ICMP, two protocols on a port, and lost records."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from posture_scan.model.finding import Status
from tests.engine.door_pack import WORDS, write_pack

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ADDRESS = "127.60.0.9"
HOST = Asset(ADDRESS, "address", ADDRESS, fully_scanned=True, reached=True)
GOOD = {Status.PASS, Status.NOT_APPLICABLE}

COLLECT = """
from dataclasses import dataclass
from posture_scan.sdk import Facts, Net, Service, collector, protocol

def recognise(answer: bytes) -> bool:
    return bool(answer)

knock = protocol("knock", ports=(4000, 4500), sends=b"?", transport="udp")(recognise)
old_knock = protocol("old_knock", ports=(4000,), sends=b"??", transport="udp")(recognise)
knock_tcp = protocol("knock_tcp", ports=(4000,), sends=b"?")(recognise)
hush = protocol("hush", ports=(4001,), sends=b"?", transport="udp", mute=True)(recognise)

@dataclass(frozen=True)
class Knock(Facts):
    open: bool

@dataclass(frozen=True)
class Hush(Facts):
    open: bool

@collector(on=Service("knock"))
def knocking(service: Service, net: Net) -> Knock:
    return Knock(open=True)

@collector(on=Service("old_knock"))
def knocking_old(service: Service, net: Net) -> Knock:
    return Knock(open=True)

@collector(on=Service("knock_tcp"))
def knocking_tcp(service: Service, net: Net) -> Knock:
    return Knock(open=True)

@collector(on=Service("hush"))
def hushing(service: Service, net: Net) -> Hush:
    return Hush(open=True)
"""

SUBJECT = """
from posture_scan.sdk import ServiceSeen, Service, Status, Verdict, check, fail, ok
from .collect import Hush, Knock

@check(needs=Knock, absent=Status.PASS)
def open(seen: Knock) -> Verdict:
    return fail("is_open") if seen.open else ok("is_shut")

@check(needs=Hush, absent=Status.PASS)
def hush(seen: Hush) -> Verdict:
    return fail("is_open") if seen.open else ok("is_shut")

@check(needs=ServiceSeen, on=Service("old_knock"), absent=Status.PASS)
def old(seen: ServiceSeen) -> Verdict:
    return fail("is_open")
"""
CHECKS = ("door.open", "door.hush", "door.old")
USUAL = {"door.open": {4000, 4500}, "door.hush": {4001}, "door.old": {4000}}
COLLECTORS = {"knock": "knocking", "old_knock": "knocking_old", "hush": "hushing"}


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> PackSet:
    folder: Path = tmp_path_factory.mktemp("packs")
    words = "".join(WORDS.format(name=name) for name in ("open", "hush", "old"))
    write_pack(folder, "udphouse", collect=COLLECT, subject=SUBJECT, words=words)
    loaded = load_packs([folder])
    assert not [one for one in loaded.problems if one.pack == "udphouse"]
    return PackSet(tuple(pack for pack in loaded.packs if pack.name == "udphouse"))


def record(
    kind: str, facts: Facts, port: int = 0, transport: str = "tcp", by: str = "test"
) -> Evidence:
    return with_id(
        Evidence(
            "", kind, ADDRESS, Vantage.EXTERNAL, by, 1, NOW, Attempt.OK, facts.method, facts, "",
            ADDRESS, port, transport,
        )
    )  # fmt: skip


def scan(**udp: Any) -> PortScan:
    blank = PortScan("builtin", "1", 1000, (), 1000, 0, finished=True)
    return dataclasses.replace(blank, **udp)


def firm(
    packs: PackSet, services: Sequence[tuple[int, str]], *, is_open: bool, **udp: object
) -> list[Evidence]:
    """One address: what its UDP ports did, and a service and its facts for each that answered."""
    records = [record("core.PortScan", scan(udp_services=tuple(services), **udp))]
    for port, name in services:
        seen = ServiceSeen(name, tls=False, greeting=b"!", recognised_by="answer")
        kind = "Hush" if name == "hush" else "Knock"
        facts = packs.packs[0].facts[kind](open=is_open)  # type: ignore[call-arg]
        records.append(record("core.ServiceSeen", seen, port, "udp"))
        by = f"udphouse.{COLLECTORS[name]}"
        records.append(record(f"udphouse.{kind}", facts, port, "udp", by))
    return records


def worst(packs: PackSet, evidence: Sequence[Evidence]) -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = {name: set() for name in CHECKS}
    for one in judge(packs, evidence, [HOST], now=NOW):
        found[one.check].add((one.status.value, one.reason))
    return found


def good(packs: PackSet, evidence: Sequence[Evidence]) -> set[str]:
    findings = judge(packs, evidence, [HOST], now=NOW)
    return {name for name in CHECKS if all(f.status in GOOD for f in findings if f.check == name)}


ALL_CLOSED = {"udp_closed": (4000, 4001, 4500), "udp_heard": True}


def test_closed_ports_are_absence(packs: PackSet) -> None:
    found = worst(packs, firm(packs, [], is_open=True, **ALL_CLOSED))
    assert set.union(*found.values()) == {("pass", "absent")}


def test_silence_is_absence_only_where_datagrams_came_back_and_servers_would_answer(
    packs: PackSet,
) -> None:
    silent = (4000, 4001, 4500)
    heard = worst(packs, firm(packs, [], is_open=True, udp_silent=silent, udp_heard=True))
    assert heard["door.open"] == {("pass", "absent")}
    assert heard["door.hush"] == {("unknown", "udp_mute")}
    nothing = worst(packs, firm(packs, [], is_open=True, udp_silent=silent))
    assert nothing["door.open"] == {("unknown", "udp_path_unproven")}
    assert nothing["door.hush"] == {("unknown", "udp_mute")}


def test_a_port_that_was_never_asked_is_not_known(packs: PackSet) -> None:
    unasked = worst(packs, firm(packs, [], is_open=True, udp_heard=True))
    assert set.union(*unasked.values()) == {("unknown", "not_fully_scanned")}
    half = worst(packs, firm(packs, [], is_open=True, udp_closed=(4000,), udp_heard=True))
    assert half["door.open"] == {("unknown", "not_fully_scanned")}
    assert half["door.old"] == {("pass", "absent")}


def test_an_answer_nobody_understands_may_be_the_service(packs: PackSet) -> None:
    found = worst(packs, firm(
        packs, [], is_open=True, udp_unidentified=(4000,), udp_closed=(4001, 4500), udp_heard=True
    ))  # fmt: skip
    assert found["door.open"] == found["door.old"] == {("unknown", "unidentified_port")}
    assert found["door.hush"] == {("pass", "absent")}


def test_a_mute_protocol_may_share_the_port_of_one_that_answers(packs: PackSet) -> None:
    found = worst(packs, firm(
        packs, [(4001, "knock")], is_open=False, udp_closed=(4000, 4500), udp_heard=True
    ))  # fmt: skip
    assert found["door.hush"] == {("unknown", "udp_mute")}
    assert found["door.open"] == {("pass", "is_shut")}


def test_two_protocols_on_one_port_are_both_judged(packs: PackSet) -> None:
    both = [(4000, "knock"), (4000, "old_knock")]
    evidence = firm(packs, both, is_open=True, udp_closed=(4001, 4500), udp_heard=True)
    found = worst(packs, evidence)
    assert found["door.open"] == found["door.old"] == {("fail", "is_open")}
    assert found["door.hush"] == {("pass", "absent")}
    findings = judge(packs, evidence, [HOST], now=NOW)
    assert sum(one.check == "door.open" for one in findings) == 2
    assert sum(one.check == "door.old" for one in findings) == 1
    assert {one.transport for one in findings if one.status is Status.FAIL} == {"udp"}


SERVICES = [(4000, "knock"), (4000, "old_knock"), (4500, "knock"), (4001, "hush")]


@st.composite
def firms(draw: st.DrawFn) -> tuple[list[tuple[int, str]], dict[str, object], bool]:
    services = draw(st.lists(st.sampled_from(SERVICES), unique=True))
    rest = sorted({4000, 4001, 4500} - {port for port, _ in services})
    states = {port: draw(st.sampled_from(["closed", "silent", "unidentified"])) for port in rest}
    udp: dict[str, object] = {
        f"udp_{state}": tuple(port for port in rest if states[port] == state)
        for state in ("closed", "silent", "unidentified")
    }
    udp["udp_heard"] = draw(st.booleans())
    return services, udp, draw(st.booleans())


@settings(max_examples=150, deadline=None)
@given(firms())
def test_losing_any_record_never_looks_better(
    packs: PackSet, drawn: tuple[list[tuple[int, str]], dict[str, object], bool]
) -> None:
    services, udp, is_open = drawn
    evidence = firm(packs, services, is_open=is_open, **udp)
    before = good(packs, evidence)
    for number, one in enumerate(evidence):
        rest = [*evidence[:number], *evidence[number + 1 :]]
        assert good(packs, rest) <= before, f"without {one.kind} {one.port}"
        for attempt in (Attempt.TIMEOUT, Attempt.REFUSED, Attempt.INTERRUPTED):
            lost = with_id(dataclasses.replace(one, attempt=attempt, facts=None))
            assert good(packs, [*rest, lost]) <= before, f"{attempt} {one.kind} {one.port}"
    half = dataclasses.replace(HOST, fully_scanned=False)
    findings = judge(packs, evidence, [half], now=NOW)
    assert not [f for f in findings if f.reason == "absent"]


@settings(max_examples=150, deadline=None)
@given(firms())
def test_absence_is_only_said_where_every_usual_port_bears_it(
    packs: PackSet, drawn: tuple[list[tuple[int, str]], dict[str, object], bool]
) -> None:
    services, udp, is_open = drawn
    findings = judge(packs, firm(packs, services, is_open=is_open, **udp), [HOST], now=NOW)
    closed, silent = udp["udp_closed"], udp["udp_silent"]
    assert isinstance(closed, tuple)
    assert isinstance(silent, tuple)
    for one in findings:
        if one.reason == "absent":
            others = {port for port, _ in services}
            quiet = USUAL[one.check] - set(closed)
            assert quiet <= set(silent) | others
            assert not quiet or (udp["udp_heard"] and one.check != "door.hush")


def test_the_record_survives_its_json_form(packs: PackSet) -> None:
    (one, *_) = firm(packs, SERVICES, is_open=True, udp_silent=(9,), udp_heard=True)
    assert evidence_from_json(encode(one), packs) == one
