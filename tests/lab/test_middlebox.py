"""What answers on everything gives no score; a busy Windows server is looked at like any other.

The middleboxes are real ones: the kernel's own packet filter hands every port of an address to
one server, in a network that the test makes for itself.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from posture_scan.assess.document import Permission, Terms
from posture_scan.assess.observe import Manner
from posture_scan.assess.run import Work, assess
from posture_scan.collect.net import RealNet
from posture_scan.collect.pace import Pace
from posture_scan.discovery.hosts import discover
from posture_scan.discovery.ports import COMMON_PORTS
from posture_scan.discovery.talk import Waits
from posture_scan.discovery.world import HostScan, Target, World
from posture_scan.engine.packs import load_packs
from posture_scan.model.evidence import Connection, Vantage
from posture_scan.model.scope import Scope
from tests.checks.test_recognise import SAMPLES
from tests.collect.scripted import Answer, says, serving, silent
from tests.lab.daemon import need, program
from tests.lab.servers_network import in_own_network

pytestmark = pytest.mark.lab

BOX, TRAP, CONTROLLER = "127.60.4.1", "127.60.4.2", "127.60.4.3"
BEHIND = 9998
PACKS = load_packs()
QUICK = Waits(greeting=0.15, answer=0.4, patient=0.4)
"""Short for servers on loopback, long enough for one whose thread waits for a busy processor."""
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nblocked"


def clock() -> datetime:
    return datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def quiet(_event: str, **_values: object) -> None:
    return None


def scope(address: str, vantage: Vantage) -> Scope:
    first, last = date(2026, 11, 1), date(2026, 12, 1)
    return Scope("例", "代表", first, last, (address,), vantage=vantage)


@contextlib.contextmanager
def every_port_to(server: Answer) -> Iterator[None]:
    """Let one server answer on all TCP ports of the address, as a proxy in between does."""
    rules = (
        "add table ip box; add chain ip box out { type nat hook output priority -100; };"
        f"add rule ip box out ip daddr {BOX} tcp dport 1-65535 redirect to :{BEHIND}"
    )
    subprocess.run([program("nft"), rules], check=True, capture_output=True)
    try:
        with serving(server, "127.0.0.1", BEHIND):
            yield
    finally:
        subprocess.run([program("nft"), "delete table ip box"], check=True, capture_output=True)


def echo(connection: socket.socket) -> None:
    while data := connection.recv(4096):
        connection.sendall(data)


def hangs_up(connection: socket.socket) -> None:
    """A SYN proxy that finds nobody behind it: the connection stands, then it is reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def page(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(PAGE)


def assessed(address: str, vantage: Vantage = Vantage.EXTERNAL) -> dict[str, Any]:
    return assess(
        Permission(scope(address, vantage)), Work(PACKS, manner=Manner("builtin", "lan")),
        Terms("jp-sme"), clock=clock, stop=threading.Event(), progress=quiet,
    )  # fmt: skip


def no_score(report: dict[str, Any]) -> None:
    """Nothing is said of the address, for better or worse, and nothing is earned."""
    (asset,) = report["assets"]
    assert asset["middlebox"]
    assert not asset["fully_scanned"]
    about = [one for one in report["findings"] if one["asset"] == asset["id"]]
    assert about
    assert {(one["status"], one["reason"]) for one in about} == {("unknown", "middlebox")}
    assert report["rating"]["status"] == "insufficient"
    assert report["rating"]["score"] is None
    assert report["rating"]["discount"] in {None, "0", "0.00", "0.0000"}


@pytest.mark.parametrize(
    ("server", "vantage"),
    [
        pytest.param(silent, Vantage.EXTERNAL, id="mute"),
        pytest.param(hangs_up, Vantage.EXTERNAL, id="syn proxy"),
        pytest.param(echo, Vantage.LAN, id="echo, in the office"),
        pytest.param(page, Vantage.EXTERNAL, id="block page"),
    ],
)
def test_one_server_behind_every_port_yields_no_score(server: Answer, vantage: Vantage) -> None:
    need("nft")

    def look() -> dict[str, Any]:
        with every_port_to(server):
            return assessed(BOX, vantage)

    report = in_own_network(look)
    (asset,) = report["assets"]
    assert len(asset["open_ports"]) >= len(COMMON_PORTS)
    no_score(report)
    lines = [one for one in report["connections"] if one["transport"] == "tcp"]
    assert {one["purpose"] for one in lines} == {"discovery.builtin"}, "asking on is no use"


BANNERS: Mapping[int, bytes] = {
    21: b"220 (vsFTPd 3.0.3)\r\n", 22: b"SSH-2.0-OpenSSH_8.4p1 Debian-5\r\n",
    23: b"\xff\xfd\x18\xff\xfd\x20login: ", 25: b"220 mail.example.jp ESMTP Postfix\r\n",
    110: b"+OK Dovecot ready.\r\n", 143: b"* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n",
    3306: b"J\x00\x00\x00\x0a5.7.33\x00", 5900: b"RFB 003.008\n",
}  # fmt: skip
"""First words that servers say unasked; the trap's other ports get one of them each."""


def honeypot() -> dict[str, Any]:
    ports = [*BANNERS, *(port for port in range(1000, 1045) if port in COMMON_PORTS)][:30]
    said = list(BANNERS.values())
    with contextlib.ExitStack() as stack:
        for number, port in enumerate(ports):
            banner = BANNERS.get(port, said[number % len(said)])
            stack.enter_context(serving(says(banner), TRAP, port))
        return assessed(TRAP)


def test_a_honeypot_with_thirty_plausible_banners_yields_no_score() -> None:
    report = in_own_network(honeypot)
    (asset,) = report["assets"]
    assert len(asset["open_ports"]) == 30
    no_score(report)


# --- the other direction -----------------------------------------------------------------------

SPEAKS = {
    53: "dns_tcp", 80: "page", 88: "kerberos", 135: "msrpc", 139: "netbios_session", 389: "ldap",
    443: "page", 445: "smb", 464: "", 593: "msrpc", 636: "ldap", 3268: "ldap", 3269: "ldap",
    3389: "rdp", 5985: "page", 9389: "", 47_001: "page",
    **dict.fromkeys(range(49_664, 49_676), "msrpc"),
}  # fmt: skip
NAMED = tuple(port for spec in PACKS.protocols for port in spec.ports)
LOOKED_AT = tuple(dict.fromkeys([*COMMON_PORTS, *NAMED, *SPEAKS]))
"""A domain controller with its web server; 464 and 9389 say nothing to strangers."""


def server_for(name: str) -> Answer:
    if not name:
        return silent
    if name == "page":
        return page
    sample = SAMPLES[name][0]

    def answer(connection: socket.socket) -> None:
        if connection.recv(4096):
            connection.sendall(sample)

    return answer


def looked_at(vantage: Vantage) -> HostScan:
    within, record = scope(CONTROLLER, vantage), list[Connection]()
    deadline, pace = time.monotonic() + 60, Pace.named("lan")

    def net_for(purpose: str, most: int) -> RealNet:
        return RealNet(
            within, pace=pace, clock=clock, deadline=deadline, record=record.append,
            purpose=purpose, max_connections=most,
        )  # fmt: skip

    world = World(within, net_for, record.append, clock, deadline)
    (scan,) = discover(
        [Target(CONTROLLER, (), CONTROLLER)], specs=PACKS.protocols, world=world,
        engine="builtin", probes_per_second=0, waits=QUICK, ports=LOOKED_AT,
    )  # fmt: skip
    return scan


def domain_controller(vantage: Vantage) -> Callable[[], HostScan]:
    def look() -> HostScan:
        with contextlib.ExitStack() as stack:
            for port, name in SPEAKS.items():
                stack.enter_context(serving(server_for(name), CONTROLLER, port))
            return looked_at(vantage)

    return look


@pytest.mark.parametrize("vantage", [Vantage.LAN, Vantage.EXTERNAL])
def test_a_domain_controller_is_no_middlebox(vantage: Vantage) -> None:
    scan = in_own_network(domain_controller(vantage))
    assert scan.ports.open_ports == tuple(sorted(SPEAKS))
    assert len(scan.ports.open_ports) == 29
    assert not scan.ports.answers_everything
    assert scan.ports.finished
    named = {service.port: service.protocol for service, _ in scan.services}
    assert {port for port, name in SPEAKS.items() if name} == set(named)
    assert {named[port] for port in (88, 389, 445, 3389)} == {"kerberos", "ldap", "smb", "rdp"}
    assert scan.ports.unidentified == (464, 9389)
