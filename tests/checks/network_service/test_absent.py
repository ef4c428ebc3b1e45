"""What silence is worth for the services of the network: judged by the real engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from posture_scan.engine.judge import judge
from posture_scan.engine.pack_set import PackSet
from posture_scan.engine.packs import load_packs
from posture_scan.model.evidence import Asset, Evidence, Facts, PortScan
from posture_scan.sdk import Attempt, Method, ServiceSeen, Status, Vantage

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PACK = "network_service"
PACKS = PackSet(tuple(
    pack if pack.name == PACK else replace(pack, checks=()) for pack in load_packs().packs
))  # fmt: skip
OURS = [item.id for item in PACKS.checks]
UDP = tuple(sorted({
    port for spec in PACKS.protocols if spec.transport == "udp" for port in spec.ports
}))  # fmt: skip
WHOLE = PortScan(
    "builtin", "1", 1000, (443,), 990, 0, finished=True, udp_closed=UDP, udp_heard=True
)
SPOKEN = {
    "dns.exposed": 53, "ntp.exposed": 123, "ssdp.exposed": 1900, "slp.exposed": 427,
    "netbios.exposed_udp": 137, "ldap.exposed_udp": 389, "rpcbind.exposed_udp": 111,
    "dns.open_resolver": 53,
}  # fmt: skip


def record(kind: str, facts: Facts, port: int, transport: str = "tcp") -> Evidence:
    return Evidence(
        f"e{port}-{kind}", kind, "a1", Vantage.EXTERNAL, "discovery", 1, NOW, Attempt.OK,
        Method.PROTOCOL_HANDSHAKE, facts, address="192.0.2.1", port=port, transport=transport,
    )  # fmt: skip


def outcome(check: str, scan: PortScan, *more: Evidence) -> set[tuple[Status, str]]:
    web = ServiceSeen("http", tls=True, greeting=b"", recognised_by="answer")
    evidence = [record("core.PortScan", scan, 0), record("core.ServiceSeen", web, 443), *more]
    asset = Asset("a1", "address", "192.0.2.1", fully_scanned=scan.finished, reached=True)
    return {(f.status, f.reason) for f in judge(PACKS, evidence, [asset], now=NOW)
            if f.check == check}  # fmt: skip


@pytest.mark.parametrize("check", [one for one in OURS if one != "printer.exposed"])
def test_closed_everywhere_passes(check: str) -> None:
    assert {status for status, _ in outcome(check, WHOLE)} == {Status.PASS}


@pytest.mark.parametrize(("check", "port"), SPOKEN.items())
def test_silence_passes_only_where_the_way_for_udp_is_proven(check: str, port: int) -> None:
    closed = tuple(one for one in UDP if one != port)
    silent = replace(WHOLE, udp_closed=closed, udp_silent=(port,))
    assert outcome(check, silent) == {(Status.PASS, "absent")}
    unproven = replace(WHOLE, udp_closed=(), udp_silent=UDP, udp_heard=False)
    assert outcome(check, unproven) == {(Status.UNKNOWN, "udp_path_unproven")}
    unnamed = replace(WHOLE, udp_closed=closed, udp_unidentified=(port,))
    assert outcome(check, unnamed) == {(Status.UNKNOWN, "unidentified_port")}


@pytest.mark.parametrize(
    "check",
    [one for one in OURS if one not in {*SPOKEN, "snmp.exposed", "printer.exposed"}],
)
def test_a_firewall_that_swallows_udp_leaves_the_others_judged(check: str) -> None:
    unproven = replace(WHOLE, udp_closed=(), udp_silent=UDP, udp_heard=False)
    assert {status for status, _ in outcome(check, unproven)} == {Status.PASS}


def test_an_snmp_agent_of_old_versions_may_be_silent() -> None:
    silent = replace(WHOLE, udp_closed=tuple(one for one in UDP if one != 161), udp_silent=(161,))
    assert outcome("snmp.exposed", silent) == {(Status.UNKNOWN, "udp_mute")}


@pytest.mark.parametrize(
    ("check", "port"),
    [("ldap.exposed", 636), ("kerberos.exposed", 88), ("msrpc.exposed", 135),
     ("rpcbind.exposed", 111), ("netbios.exposed", 139), ("dns.exposed", 53),
     ("rtsp.exposed", 554), ("smtp.no_starttls", 25), ("imap.plaintext", 143),
     ("pop3.plaintext", 110)],
)  # fmt: skip
def test_an_open_port_that_nobody_could_name_is_not_passed(check: str, port: int) -> None:
    scan = replace(WHOLE, open_ports=(port, 443), unidentified=(port,))
    assert (Status.UNKNOWN, "unidentified_port") in outcome(check, scan)
    assert Status.PASS not in {status for status, _ in outcome(check, scan)}


@pytest.mark.parametrize("check", OURS)
def test_what_was_not_looked_at_is_not_passed(check: str) -> None:
    part = replace(WHOLE, finished=False)
    assert Status.PASS not in {status for status, _ in outcome(check, part)}


@pytest.mark.parametrize(
    ("check", "protocol", "port", "transport"),
    [("ntp.exposed", "ntp", 123, "udp"), ("ssdp.exposed", "ssdp", 1900, "udp"),
     ("slp.exposed", "slp", 427, "udp"), ("kerberos.exposed", "kerberos", 88, "tcp"),
     ("msrpc.exposed", "msrpc", 135, "tcp"),
     ("ldap.exposed", "ldap", 389, "tcp"), ("ldap.exposed_udp", "cldap", 389, "udp"),
     ("netbios.exposed", "netbios_session", 139, "tcp"),
     ("netbios.exposed_udp", "netbios_ns", 137, "udp"),
     ("rpcbind.exposed_udp", "rpcbind_udp", 111, "udp")],
)  # fmt: skip
def test_what_answers_fails(check: str, protocol: str, port: int, transport: str) -> None:
    seen = ServiceSeen(protocol, tls=False, greeting=b"", recognised_by="answer")
    closed = tuple(one for one in UDP if one != port)
    opened = (443, port) if transport == "tcp" else (443,)
    scan = replace(
        WHOLE, open_ports=opened, udp_closed=UDP if transport == "tcp" else closed,
        udp_services=((port, protocol),) if transport == "udp" else (),
    )  # fmt: skip
    found = outcome(check, scan, record("core.ServiceSeen", seen, port, transport))
    assert found == {(Status.FAIL, "reachable")}
