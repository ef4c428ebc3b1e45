"""Debian's SoftEther VPN server, which speaks five kinds of VPN at once."""

from __future__ import annotations

import dataclasses
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest
from posture_scan.checks.vpn import collect_ike, ike
from posture_scan.checks.vpn import softether as softether_checks
from posture_scan.checks.vpn.collect_l2tp import l2tp
from posture_scan.checks.vpn.collect_openvpn import openvpn, openvpn_tcp
from posture_scan.checks.vpn.collect_softether import softether_hello

from posture_scan.discovery.identify import Identifier
from posture_scan.discovery.states import SweepLimits
from posture_scan.discovery.udp import Question, UdpSwept, questions, sweep
from posture_scan.engine.packs import load_packs
from posture_scan.sdk import Service, Status
from tests.lab import looking
from tests.lab.servers_vpn import Enclosure, softether

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Enclosure]:
    with softether(tmp_path_factory.mktemp("softether")) as running:
        yield running


def test_it_is_found_by_its_front_and_tells_the_packages_version(server: Enclosure) -> None:
    place = Service("", address=server.address, port=443)

    def work() -> tuple[Service, Any, bytes]:
        net = looking.net(server.address, connections=28)
        found = Identifier(load_packs().protocols).identify(place, net).found
        assert found
        seen = looking.collect(softether_hello, found[0])
        return found[0], seen, looking.first_answer(openvpn_tcp, place)

    web, seen, other = server.inside(work)
    assert (web.protocol, web.tls) == ("http", True)
    assert openvpn_tcp.recognise(other)  # it speaks that, too, on the same port
    assert version_of("softether-vpnserver").startswith(f"{seen.version}.{seen.build}+")
    verdict = looking.judge(softether_checks.exposed, seen, web)
    assert verdict.status is Status.FAIL
    assert "SoftEther VPN Server" in str(dict(verdict.values)["product"])


def test_its_other_protocols_are_found_over_udp(server: Enclosure) -> None:
    said = server.ask(
        "IPsecEnable", "/L2TP:yes", "/L2TPRAW:yes", "/ETHERIP:no", "/PSK:lab", "/DEFAULTHUB:DEFAULT"
    )
    assert "completed successfully" in said
    asked = questions([openvpn, l2tp, collect_ike.ike, collect_ike.ikev1])
    until = time.monotonic() + 10

    def work() -> UdpSwept:
        return sweep([server.address], asked, SweepLimits(until, per_second=0))[server.address]

    swept: UdpSwept = server.inside(work)
    while swept.closed and time.monotonic() < until:  # it opens its ports a little later
        time.sleep(0.2)
        swept = server.inside(work)
    heard = {question.spec.name: answer for question, answer in swept.answers.items()}
    assert {name for name, answer in heard.items() if spec(asked, name).recognise(answer)} == {
        "openvpn", "l2tp", "ikev1",
    }  # fmt: skip
    place = Service("ikev1", transport="udp", address=server.address, port=500)
    seen = looking.collect(
        collect_ike.ikev1_main_mode, dataclasses.replace(place, greeting=heard["ikev1"])
    )
    # It takes the first proposal that it knows, and it knows the oldest.
    assert (seen.algorithms, seen.group) == (("DES", "MD5", "PSK"), 1)
    assert ike.weak_crypto.function(seen).reason == "v1_weak"


def spec(asked: tuple[Question, ...], name: str) -> Any:
    return next(one.spec for one in asked if one.spec.name == name)


def version_of(package: str) -> str:
    """What dpkg says is installed."""
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}", package], check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    return asked.stdout
