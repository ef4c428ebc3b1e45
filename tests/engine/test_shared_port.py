"""A collector that asks every service, where two of them share a port: each has its record."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from posture_scan.engine.judge import judge
from posture_scan.engine.pack_set import PackSet
from posture_scan.engine.packs import load_packs
from posture_scan.engine.records import with_id
from posture_scan.model.evidence import (
    Asset,
    Attempt,
    Evidence,
    Facts,
    PortScan,
    ServiceSeen,
    Vantage,
)
from tests.engine.door_pack import WORDS, write_pack

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ADDRESS = "127.60.0.8"
HOST = Asset(ADDRESS, "address", ADDRESS, fully_scanned=True, reached=True)

COLLECT = """
from dataclasses import dataclass
from posture_scan.sdk import Facts, Net, Service, collector, protocol

def recognise(answer: bytes) -> bool:
    return bool(answer)

new_ring = protocol("new_ring", ports=(4000,), sends=b"?", transport="udp")(recognise)
old_ring = protocol("old_ring", ports=(4000,), sends=b"??", transport="udp")(recognise)

@dataclass(frozen=True)
class Ring(Facts):
    open: bool

@collector(on=Service())
def ringing(service: Service, net: Net) -> Ring:
    return Ring(open=True)
"""
SUBJECT = """
from posture_scan.sdk import Verdict, check, fail, ok
from .collect import Ring

@check(needs=Ring)
def open(seen: Ring) -> Verdict:
    return fail("is_open") if seen.open else ok("is_shut")
"""


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> PackSet:
    folder: Path = tmp_path_factory.mktemp("packs")
    write_pack(folder, "ringhouse", collect=COLLECT, subject=SUBJECT,
               words=WORDS.format(name="open"))  # fmt: skip
    loaded = load_packs([folder])
    assert not [one for one in loaded.problems if one.pack == "ringhouse"]
    return PackSet(tuple(pack for pack in loaded.packs if pack.name == "ringhouse"))


def record(kind: str, facts: Facts, port: int, number: int, by: str = "test") -> Evidence:
    at = NOW.replace(minute=number)
    return with_id(
        Evidence(
            "", kind, ADDRESS, Vantage.EXTERNAL, by, 1, at, Attempt.OK, facts.method, facts, "",
            ADDRESS, port, "udp" if port else "tcp",
        )
    )  # fmt: skip


def firm(packs: PackSet, records: int) -> list[Evidence]:
    """Two services on one port, and this many records of the collector that asks both."""
    named = ((4000, "new_ring"), (4000, "old_ring"))
    scan = PortScan("builtin", "1", 1000, (), 1000, 0, finished=True, udp_services=named)
    found = [record("core.PortScan", scan, 0, 0)]
    for number, (port, name) in enumerate(named):
        seen = ServiceSeen(name, tls=False, greeting=b"!", recognised_by="answer")
        found.append(record("core.ServiceSeen", seen, port, number))
    ring = packs.packs[0].facts["Ring"](open=True)  # type: ignore[call-arg]
    by = "ringhouse.ringing"
    return found + [record("ringhouse.Ring", ring, 4000, 2 + n, by) for n in range(records)]


@pytest.mark.parametrize(
    ("records", "reasons"),
    [(2, ["is_open", "is_open"]), (1, ["is_open", "result_missing"])],
)
def test_two_services_of_one_port_need_two_records(
    packs: PackSet, records: int, reasons: list[str]
) -> None:
    findings = judge(packs, firm(packs, records), [HOST], now=NOW)
    assert sorted(one.reason for one in findings) == reasons
