"""UDP services of the network against Debian's own servers: one question, the truth, no name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from posture_scan.checks.network_service import (
    collect_dns,
    collect_ldap,
    collect_netbios,
    collect_ntp,
    collect_rpc,
    collect_snmp,
    collect_ssdp,
    dns,
    snmp,
)

from posture_scan.model.evidence import Connection
from posture_scan.sdk import Attempt, AttemptError, ProtocolSpec, Service, Status
from tests.lab import looking
from tests.lab.servers_directory import samba_server
from tests.lab.servers_network import (
    OFFICE,
    in_own_network,
    minissdpd,
    nmbd,
    ntpd,
    snmpd,
    unbound,
)
from tests.lab.servers_network import rpcbind as rpcbind_server

pytestmark = pytest.mark.lab

ADDRESS = "127.64.0.2"
KNOWS = 'local-data: "example.com. A 192.0.2.1"'
FOR_ALL = "access-control: 127.0.0.0/8 allow"
FOR_NOBODY = "access-control: 127.0.0.0/8 refuse"
OWN_ONLY = "access-control: 127.0.0.0/8 refuse_non_local"


def ask(spec: ProtocolSpec, service: Service) -> tuple[bytes, list[Connection]]:
    """Ask as discovery does, and return the answer with what was recorded."""
    record: list[Connection] = []
    answer = looking.net(service.address, record=record).datagram(service, spec.sends)
    return answer, record


def once(record: list[Connection], spec: ProtocolSpec) -> bool:
    return [line.sent for line in record] == [len(spec.sends)]


def test_a_resolver_open_to_all_is_found_over_udp_and_tcp(tmp_path: Path) -> None:
    with (
        unbound(ADDRESS, tmp_path / "zone", KNOWS, FOR_ALL) as zone,
        unbound(ADDRESS, tmp_path / "resolver", FOR_ALL, upstream=zone.port) as service,
    ):
        answer, record = ask(collect_dns.dns, service)
        seen = looking.collect(collect_dns.dns_answer, service)
        over_tcp = looking.collect(collect_dns.dns_tcp_answer, service)
        said = looking.first_answer(collect_dns.dns_tcp, service)
    assert once(record, collect_dns.dns)
    assert len(answer) < 2 * len(collect_dns.QUERY)
    assert collect_dns.dns.recognise(answer)
    assert collect_dns.dns_tcp.recognise(said)
    assert (seen.recursion_offered, seen.authoritative, seen.answers) == (True, False, 1)
    assert over_tcp == seen
    assert looking.judge(dns.open_resolver, seen, service).reason == "answers_strangers"


@pytest.mark.parametrize("rule", [FOR_NOBODY, OWN_ONLY])
def test_a_name_server_that_refuses_strangers_is_no_open_resolver(
    tmp_path: Path, rule: str
) -> None:
    with unbound(ADDRESS, tmp_path, rule) as service:
        answer, record = ask(collect_dns.dns, service)
        seen = looking.collect(collect_dns.dns_answer, service)
    assert once(record, collect_dns.dns)
    assert collect_dns.dns.recognise(answer)
    assert (seen.code, seen.answers) == (5, 0)
    assert looking.judge(dns.open_resolver, seen, service).status is Status.PASS
    assert looking.judge(dns.exposed, seen, service).status is Status.FAIL


def test_a_resolver_that_answers_with_nothing_is_not_judged(tmp_path: Path) -> None:
    empty = 'local-zone: "example.com." always_nodata'
    with unbound(ADDRESS, tmp_path, FOR_ALL, empty) as service:
        seen = looking.collect(collect_dns.dns_answer, service)
    assert (seen.code, seen.recursion_offered, seen.answers) == (0, True, 0)
    assert looking.judge(dns.open_resolver, seen, service).status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("rule", "answers"),
    [("restrict default nomodify noquery", True), ("restrict default ignore", False)],
)
def test_a_time_server_is_recognised_and_one_that_ignores_us_is_not(
    tmp_path: Path,
    rule: str,
    answers: bool,  # noqa: FBT001
) -> None:
    def look() -> bytes:
        with ntpd("127.0.0.1", tmp_path, rule) as service:
            answer, record = ask(collect_ntp.ntp, service)
        assert once(record, collect_ntp.ntp)
        assert len(answer) <= len(collect_ntp.ntp.sends)
        return answer

    if answers:
        assert collect_ntp.ntp.recognise(in_own_network(look))
        return
    with pytest.raises(AttemptError) as caught:
        in_own_network(look)
    assert caught.value.attempt is Attempt.TIMEOUT


@pytest.mark.parametrize("settings", [("rocommunity public",), ("rocommunity other 192.0.2.1",)])
def test_an_snmp_agent_is_found_whatever_its_communities(
    tmp_path: Path, settings: tuple[str, ...]
) -> None:
    with snmpd(ADDRESS, tmp_path, *settings) as service:
        answer, record = ask(collect_snmp.snmp, service)
        seen = looking.collect(collect_snmp.snmp_engine, service)
    assert once(record, collect_snmp.snmp)
    assert len(answer) < 2 * len(collect_snmp.discovery())
    assert (seen.enterprise, seen.maker) == (8072, "Net-SNMP")
    assert looking.judge(snmp.exposed, seen, service).reason == "reachable_maker"


def test_a_upnp_device_answers_the_search(tmp_path: Path) -> None:
    def look() -> tuple[bytes, list[Connection]]:
        with minissdpd(tmp_path) as service:
            return ask(collect_ssdp.ssdp, service)

    answer, record = in_own_network(look)
    assert once(record, collect_ssdp.ssdp)
    assert collect_ssdp.ssdp.recognise(answer)


def test_netbios_answers_without_telling_its_name(tmp_path: Path) -> None:
    def look() -> tuple[bytes, bool]:
        with nmbd(OFFICE, tmp_path) as service:
            answer, record = ask(collect_netbios.netbios_ns, service)
        return answer, once(record, collect_netbios.netbios_ns)

    answer, asked_once = in_own_network(look)
    assert asked_once
    assert collect_netbios.netbios_ns.recognise(answer)
    for name in (b"PRIVATENAME", b"EXAMPLE"):
        assert name not in answer
        assert collect_netbios.encoded(name.ljust(16))[1:10] not in answer


def test_a_port_mapper_answers_with_less_than_it_was_asked(tmp_path: Path) -> None:
    def look() -> None:
        with rpcbind_server("127.0.0.1", tmp_path) as tcp:
            udp = replace(tcp, protocol="rpcbind_udp", transport="udp")
            answer, record = ask(collect_rpc.rpcbind_udp, udp)
            assert collect_rpc.rpcbind.recognise(looking.first_answer(collect_rpc.rpcbind, tcp))
        assert once(record, collect_rpc.rpcbind_udp)
        assert collect_rpc.rpcbind_udp.recognise(answer)
        assert len(answer) < record[0].sent

    in_own_network(look)


def test_sambas_endpoint_mapper_and_ldap_ping_answer_without_a_name(tmp_path: Path) -> None:
    def look() -> None:
        with samba_server(tmp_path) as mapper:
            ping = Service("cldap", transport="udp", address=mapper.address, port=389)
            said = looking.first_answer(collect_rpc.msrpc, mapper)
            answer, record = ask(collect_ldap.cldap, ping)
        assert collect_rpc.msrpc.recognise(said)
        assert once(record, collect_ldap.cldap)
        assert collect_ldap.cldap.recognise(answer)
        for name in (b"PRIVATE", b"SECRET"):
            assert name not in (said + answer).upper()

    in_own_network(look)
