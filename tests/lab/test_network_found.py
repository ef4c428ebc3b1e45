"""Discovery and the network services together: six real servers of an office, found and judged."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from posture_scan.collect.net import RealNet
from posture_scan.collect.pace import Pace
from posture_scan.discovery.hosts import discover
from posture_scan.discovery.world import HostScan, Target, World
from posture_scan.engine.packs import load_packs
from posture_scan.model.evidence import Connection
from tests.collect.fixture import scope
from tests.lab.servers_directory import slapd
from tests.lab.servers_network import (
    OFFICE,
    in_own_network,
    minissdpd,
    nmbd,
    ntpd,
    rpcbind,
    snmpd,
    unbound,
)

pytestmark = pytest.mark.lab

FOR_ALL = ("access-control: 0.0.0.0/0 allow", 'local-data: "example.com. A 192.0.2.1"')
PORTS = (53, 88, 111, 123, 137, 161, 389, 427, 1900)


def scan(record: list[Connection]) -> HostScan:
    deadline = time.monotonic() + 60
    within, pace = scope(OFFICE), Pace.named("lan")

    def clock() -> datetime:
        return datetime(2026, 11, 22, tzinfo=UTC)

    def net_for(purpose: str, most: int) -> RealNet:
        return RealNet(
            within, pace=pace, clock=clock, deadline=deadline,
            record=record.append, purpose=purpose, max_connections=most,
        )  # fmt: skip

    world = World(within, net_for, record.append, clock, deadline)
    (found,) = discover(
        [Target(OFFICE)], specs=load_packs().protocols, world=world, engine="builtin",
        ports=PORTS, probes_per_second=0,
    )  # fmt: skip
    return found


def test_every_service_of_the_office_is_found_by_its_answer(tmp_path: Path) -> None:
    def look() -> tuple[HostScan, list[Connection]]:
        record: list[Connection] = []
        places = [tmp_path / name for name in ("ntp", "snmp", "nmb", "rpc", "upnp", "ldap")]
        for place in places:
            place.mkdir()
        with (
            unbound(OFFICE, tmp_path / "dns", *FOR_ALL, port=53),
            ntpd(OFFICE, places[0]), snmpd(OFFICE, places[1], "rocommunity public", port=161),
            nmbd(OFFICE, places[2]), rpcbind(OFFICE, places[3]), minissdpd(places[4]),
            slapd(OFFICE, places[5], port=389),
        ):  # fmt: skip
            return scan(record), record

    found, record = in_own_network(look)
    seen = {(one.protocol, one.transport, one.port) for one, _ in found.services}
    assert seen == {
        ("dns", "udp", 53), ("dns_tcp", "tcp", 53), ("rpcbind", "tcp", 111),
        ("rpcbind_udp", "udp", 111), ("ntp", "udp", 123), ("netbios_ns", "udp", 137),
        ("snmp", "udp", 161), ("ldap", "tcp", 389), ("ssdp", "udp", 1900),
    }  # fmt: skip
    assert set(found.ports.udp_closed) == {389, 427}
    asked = [line for line in record if line.transport == "udp"]
    assert sum(line.count for line in asked) == 8  # one datagram a question
