"""Whose "refused" it is: the address's own word closes a port, a firewall's on the way does not."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from posture_scan.discovery.states import SweepLimits
from posture_scan.discovery.udp import questions, sweep
from posture_scan.discovery.udp_found import UdpFound, understood
from posture_scan.discovery.world import Target
from posture_scan.sdk import ProtocolSpec
from tests.lab.daemon import end, need, program
from tests.lab.servers_network import OFFICE, in_own_network

pytestmark = pytest.mark.lab

ROUTER, BEHIND = "192.0.2.1", "198.51.100.9"
IKE = ProtocolSpec("ike_lab", bool, b"?", (500,), transport="udp")
SNMP = ProtocolSpec("snmp_lab", bool, b"?", (161,), transport="udp")


def own_network(process: int | str) -> str:
    return str(Path(f"/proc/{process}/ns/net").readlink())


@contextlib.contextmanager
def router(rule: str) -> Iterator[None]:
    """A second network behind the first one, whose router treats what passes by this rule."""
    process = subprocess.Popen(
        [program("unshare"), "--net", "sleep", "60"], start_new_session=True,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        limit = time.monotonic() + 30
        while own_network(process.pid) == own_network("thread-self"):
            assert time.monotonic() < limit, "unshare made no network"
            time.sleep(0.01)
        inside = [program("nsenter"), "-t", str(process.pid), "-n"]
        ip, nft = program("ip"), program("nft")
        filter_ = (
            "add table ip f; add chain ip f way { type filter hook forward priority 0; };"
            f"add rule ip f way {rule}"
        )
        for command in (
            [ip, "link", "set", "away", "netns", str(process.pid)],
            [*inside, ip, "addr", "add", f"{ROUTER}/24", "dev", "away"],
            [*inside, ip, "link", "set", "away", "up"],
            [*inside, ip, "link", "add", "far", "type", "veth", "peer", "name", "farther"],
            [*inside, ip, "link", "set", "farther", "up"],
            [*inside, ip, "addr", "add", "198.51.100.1/24", "dev", "far"],
            [*inside, ip, "link", "set", "far", "up"],
            [*inside, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"],
            [*inside, nft, filter_],
            [ip, "route", "add", "198.51.100.0/24", "via", ROUTER],
        ):
            subprocess.run(command, check=True, capture_output=True)
        yield
    finally:
        end(process)


def asked(address: str) -> UdpFound:
    these = questions([IKE, SNMP])
    limits = SweepLimits(deadline=time.monotonic() + 10, per_second=0)
    return understood(Target(address), sweep([address], these, limits)[address], these)


@pytest.mark.parametrize(
    "rule",
    ["udp dport 161-500 reject", "udp dport 161-500 reject with icmp type admin-prohibited"],
)
def test_a_firewall_on_the_way_does_not_close_the_port_behind_it(rule: str) -> None:
    need("ip", "nft", "nsenter", "unshare")

    def look() -> tuple[UdpFound, UdpFound]:
        with router(rule):
            return asked(BEHIND), asked(ROUTER)

    behind, itself = in_own_network(look)
    assert (behind.closed, behind.silent) == ((), (161, 500))
    assert behind.finished
    assert not behind.heard, "what a firewall says shows no way to the address"
    assert (itself.closed, itself.heard) == ((161, 500), True)


def test_a_firewall_on_this_computer_leaves_the_question_unasked() -> None:
    need("nft")

    def look() -> UdpFound:
        rules = (
            "add table ip f; add chain ip f out { type filter hook output priority 0; };"
            f"add rule ip f out ip daddr {OFFICE} udp dport 500 drop"
        )
        subprocess.run([program("nft"), rules], check=True, capture_output=True)
        return asked(OFFICE)

    found = in_own_network(look)
    assert found.closed == (161,)
    assert found.silent == ()
    assert not found.finished
