"""Remote access on ports of somebody's choice: recognised by what it says, by either engine."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from posture_scan.checks.remote_access import finger, rlogin, rsh

from posture_scan.collect.net import RealNet
from posture_scan.collect.pace import Pace
from posture_scan.discovery.hosts import discover
from posture_scan.discovery.world import HostScan, Target, World
from posture_scan.engine.packs import load_packs
from posture_scan.model.evidence import Connection
from posture_scan.sdk import Method, Service, Status
from tests.collect.fixture import scope
from tests.lab import looking
from tests.lab.daemon import free_port, need, program
from tests.lab.servers_remote import behind_inetd, display, shadow, sshd, telnetd, xvnc

pytestmark = pytest.mark.lab

ADDRESS = "127.62.4.1"
SPECS = [
    spec for pack in load_packs().packs if pack.name == "remote_access" for spec in pack.protocols
]


def wanted_port(number: int) -> int:
    """This port where we may open it, else any."""
    with socket.socket() as probe:
        try:
            probe.bind((ADDRESS, number))
        except PermissionError:
            return free_port(ADDRESS)
    return number


def look(engine: str, ports: list[int]) -> HostScan:
    deadline = time.monotonic() + 120
    within, pace, record = scope("127.62.4.0/24"), Pace.named("lan"), list[Connection]()

    def clock() -> datetime:
        return datetime(2026, 11, 22, tzinfo=UTC)

    def net_for(purpose: str, most: int) -> RealNet:
        return RealNet(
            within, pace=pace, clock=clock, deadline=deadline, record=record.append,
            purpose=purpose, max_connections=most,
        )  # fmt: skip

    world = World(within, net_for, record.append, clock, deadline)
    (scan,) = discover(
        [Target(ADDRESS, ())], specs=SPECS, world=world, engine=engine, ports=ports,
        probes_per_second=0,
    )  # fmt: skip
    return scan


def room(folder: Path, name: str) -> Path:
    place = folder / name
    place.mkdir()
    return place


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, str]]:
    """Five services, each on a port of another's; port to protocol."""
    folder = tmp_path_factory.mktemp("moved")
    with contextlib.ExitStack() as stack:
        services = [
            shadow(ADDRESS, room(folder, "rdp"), "/sec:tls", port=wanted_port(13389)),
            xvnc(ADDRESS, room(folder, "vnc"), "-SecurityTypes", "None", port=wanted_port(443)),
            sshd(ADDRESS, room(folder, "ssh"), port=wanted_port(80)),
            telnetd(ADDRESS, room(folder, "telnet"), port=wanted_port(3389)),
        ]
        found = [stack.enter_context(service) for service in services]
        screen = stack.enter_context(display(room(folder, "x11"), "-ac", tcp=True))
        yield {**{item.port: item.protocol for item in found}, 6000 + screen: "x11"}


@pytest.mark.parametrize("engine", ["builtin", pytest.param("nmap", marks=pytest.mark.slow)])
def test_each_is_recognised_wherever_it_listens(moved: dict[int, str], engine: str) -> None:
    if engine == "nmap":
        need("nmap")
    scan = look(engine, sorted(moved))
    assert scan.ports.engine == engine
    assert {s.port: s.protocol for s, _ in scan.services} == moved
    assert scan.ports.unidentified == ()


@pytest.mark.parametrize("engine", ["builtin", "nmap"])
def test_rlogin_and_rsh_are_told_by_their_numbers_and_said_to_be(
    tmp_path: Path, engine: str
) -> None:
    """Debian's own servers, which hang up on whoever is not a privileged program."""
    need("in.rlogind", "in.rshd", *(["nmap"] if engine == "nmap" else []))
    if os.geteuid() != 0:
        pytest.skip("ports 513 and 514 need root")
    with (
        behind_inetd([program("in.rlogind")], ADDRESS, tmp_path, 513),
        behind_inetd([program("in.rshd")], ADDRESS, tmp_path, 514),
    ):
        scan = look(engine, [79, 513, 514])
    assert (scan.ports.open_ports, scan.ports.unidentified) == ((513, 514), (513, 514))
    service = Service(address=ADDRESS)
    for module in (rlogin, rsh):
        verdict = looking.judge(module.exposed, scan.ports, service)
        assert (verdict.status, verdict.method) == (Status.FAIL, Method.PORT_NUMBER_ONLY)
    # Three ports are no whole address: what was not found there may still be elsewhere.
    closed = looking.judge(finger.exposed, scan.ports, service)
    assert closed.status in {Status.UNKNOWN, Status.PASS}
    assert closed.reason == ("closed" if scan.ports.finished else "not_looked_at")
