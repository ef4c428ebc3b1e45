"""OpenVPN, L2TP and PPTP against Debian's daemons, open and hardened."""

from __future__ import annotations

import dataclasses
import subprocess
import time
from pathlib import Path

import pytest
from posture_scan.checks.vpn import collect_l2tp, collect_openvpn, l2tp, openvpn, pptp
from posture_scan.checks.vpn.collect_openvpn import OpenvpnAnswer
from posture_scan.checks.vpn.collect_pptp import pptp as pptp_protocol
from posture_scan.checks.vpn.collect_wireguard import wireguard

from posture_scan.discovery.states import SweepLimits
from posture_scan.discovery.udp import UdpSwept, questions, sweep
from posture_scan.sdk import Attempt, AttemptError, ProtocolSpec, Service, ServiceSeen, Status
from tests.lab import looking
from tests.lab.daemon import free_udp_port, need, program
from tests.lab.servers_vpn import openvpn as openvpn_server
from tests.lab.servers_vpn import openvpn_for_many, pptpd, xl2tpd

pytestmark = pytest.mark.lab

ADDRESS = "127.61.0.1"


def swept(spec: ProtocolSpec, service: Service) -> UdpSwept:
    """Ask over UDP as discovery does, on the port of the test's server."""
    here = dataclasses.replace(spec, ports=(service.port,))
    limits = SweepLimits(time.monotonic() + 10, per_second=0)
    return sweep([service.address], questions([here]), limits)[service.address]


def found(spec: ProtocolSpec, service: Service) -> Service:
    """The service as discovery would hand it to a collector."""
    (answer,) = swept(spec, service).answers.values()
    assert spec.recognise(answer)
    return dataclasses.replace(service, protocol=spec.name, greeting=answer)


def test_openvpn_without_tls_crypt_answers_over_udp(tmp_path: Path) -> None:
    with openvpn_server(ADDRESS, tmp_path, "udp") as place:
        service = found(collect_openvpn.openvpn, place)
        seen = looking.collect(collect_openvpn.openvpn_over_udp, service)
    assert seen == OpenvpnAnswer("udp")
    assert looking.judge(openvpn.exposed, seen, service).status is Status.FAIL


def test_an_openvpn_server_for_many_answers_and_keeps_nothing_in_mind(tmp_path: Path) -> None:
    with openvpn_for_many(tmp_path) as server:
        place = Service("", transport="udp", address=server.address, port=1194)
        service = server.inside(lambda: found(collect_openvpn.openvpn, place))
        assert service.protocol == "openvpn"
        assert "Initial packet" not in server.log.read_text()


def test_openvpn_without_tls_crypt_answers_over_tcp(tmp_path: Path) -> None:
    with openvpn_server(ADDRESS, tmp_path, "tcp") as place:
        answer = looking.first_answer(collect_openvpn.openvpn_tcp, place)
    assert collect_openvpn.openvpn_tcp.recognise(answer)
    service = dataclasses.replace(place, greeting=answer)
    assert looking.collect(collect_openvpn.openvpn_over_tcp, service) == OpenvpnAnswer("tcp")


def key_for_tls_crypt(folder: Path) -> tuple[str, str]:
    need("openvpn")
    key = folder / "static.key"
    subprocess.run([program("openvpn"), "--genkey", "secret", str(key)], check=True)
    return "--tls-crypt", str(key)


def test_with_tls_crypt_udp_is_silent_which_is_not_the_same_as_closed(tmp_path: Path) -> None:
    with openvpn_server(ADDRESS, tmp_path, "udp", *key_for_tls_crypt(tmp_path)) as place:
        silent = swept(collect_openvpn.openvpn, place)
    closed = swept(collect_openvpn.openvpn, place)
    assert (len(silent.silent), len(silent.answers), len(silent.closed)) == (1, 0, 0)
    assert (len(closed.silent), len(closed.answers), len(closed.closed)) == (0, 0, 1)


def test_with_tls_crypt_tcp_hangs_up_and_is_not_recognised(tmp_path: Path) -> None:
    with (
        openvpn_server(ADDRESS, tmp_path, "tcp", *key_for_tls_crypt(tmp_path)) as place,
        pytest.raises(AttemptError) as refused,
    ):
        looking.first_answer(collect_openvpn.openvpn_tcp, place)
    assert refused.value.attempt is Attempt.CLOSED_EARLY


def test_l2tp_names_its_maker_and_its_tunnel_is_closed_again(tmp_path: Path) -> None:
    with xl2tpd(ADDRESS, tmp_path) as (place, log):
        service = found(collect_l2tp.l2tp, place)
        seen = looking.collect(collect_l2tp.l2tp_tunnel, service)
        said = log.read_text()
    version = package("xl2tpd").split("-")[0]
    assert f"version xl2tpd-{version}" in said
    assert seen.accepted
    assert seen.vendor == "xelerance.com"
    assert "Connection closed to" in said
    assert said.count("Connection closed") == 1
    assert looking.judge(l2tp.exposed, seen, service).reason == "reachable_vendor"


def test_pptp_is_recognised_and_names_linux(tmp_path: Path) -> None:
    with pptpd(ADDRESS, tmp_path) as service:
        answer = looking.first_answer(pptp_protocol, service)
    assert pptp_protocol.recognise(answer)
    seen = ServiceSeen("pptp", tls=False, greeting=answer, recognised_by="answer")
    assert dict(looking.judge(pptp.exposed, seen, service).values) == {"vendor": "linux"}


def test_where_nothing_runs_wireguards_port_says_so() -> None:
    place = Service("", transport="udp", address=ADDRESS, port=free_udp_port(ADDRESS))
    assert len(swept(wireguard, place).closed) == 1


def package(name: str) -> str:
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}", name], check=True, capture_output=True, text=True
    )
    return asked.stdout
