"""Addresses that answer on everything are no computers; a busy server is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from posture_scan.discovery.middlebox import Look, answers_everything, usual_protocols
from tests.discovery.specs import ALL

NO_HOMES: Mapping[int, frozenset[str]] = {}
DYNAMIC = range(49_664, 49_676)
CONTROLLER = {
    53: "dns_tcp", 88: "kerberos", 135: "msrpc", 139: "netbios_session", 389: "ldap", 445: "smb",
    593: "msrpc", 636: "ldap", 3268: "ldap", 3269: "ldap", 3389: "rdp", 5985: "http",
    47_001: "http", 80: "http", 443: "http",
}  # fmt: skip
"""What speaks on a Windows domain controller with IIS; 464, 9389 and its RPC ports do not."""


def judged(
    open_ports: int | Sequence[int], named: Mapping[int, str], mute: Sequence[int] = (),
    *, external: bool = True,
) -> bool:  # fmt: skip
    ports = range(1, open_ports + 1) if isinstance(open_ports, int) else open_ports
    return answers_everything(Look(tuple(ports), named, mute, external), NO_HOMES)


@pytest.mark.parametrize(
    ("open_ports", "kinds", "mute", "outside", "inside"),
    [
        (3, 3, 0, False, False),
        (25, 8, 0, False, False),
        (26, 3, 0, True, False),
        (9, 9, 0, True, False),
        (100, 5, 0, True, False),
        (101, 5, 0, True, True),
        (12, 2, 10, True, True),
        (9, 0, 9, False, False),
        (20, 8, 10, False, False),
    ],
)
def test_the_limits(open_ports: int, kinds: int, mute: int, *, outside: bool, inside: bool) -> None:
    named = {port: f"protocol{port}" for port in range(1, kinds + 1)}
    silent = range(kinds + 1, kinds + mute + 1)
    assert judged(open_ports, named, silent) is outside
    assert judged(open_ports, named, silent, external=False) is inside


@pytest.mark.parametrize("external", [True, False])
def test_a_domain_controller_is_a_computer_from_either_side(*, external: bool) -> None:
    ports = sorted({*CONTROLLER, 464, 9389, *DYNAMIC})
    assert len(ports) == 29
    assert not judged(ports, CONTROLLER, [464, 9389, *DYNAMIC], external=external)
    busy = [*ports, 25, 1433, 3306]
    also = {**CONTROLLER, 25: "smtp", 1433: "mssql", 3306: "mysql"}
    assert not judged(busy, also, [464, 9389, *DYNAMIC], external=external)


def test_windows_is_believed_by_what_it_says_and_explains_no_other_ports() -> None:
    ports = sorted({*CONTROLLER, 464, 9389, *DYNAMIC})
    nothing_said = {135: "ssh", 445: "http"}
    assert judged(ports, nothing_said, [port for port in ports if port not in nothing_said])
    trap = [*ports, *range(1000, 1026)]
    assert judged(trap, CONTROLLER)
    mute = range(2000, 2040)
    assert judged([445, 135, *mute], {445: "smb", 135: "msrpc"}, mute, external=False)


def test_a_hosting_server_is_a_computer_from_outside() -> None:
    named = {
        21: "ftp", 22: "ssh", 25: "smtp", 53: "dns_tcp", 80: "http", 110: "pop3", 143: "imap",
        443: "http", 465: "smtp", 587: "smtp", 993: "imap", 995: "pop3", 3306: "mysql",
        **dict.fromkeys([2077, 2078, 2079, 2080, 2082, 2083, 2086, 2087, 2095, 2096], "http"),
    }  # fmt: skip
    assert not judged(sorted(named), named)


@pytest.mark.parametrize("external", [True, False])
def test_one_server_behind_many_other_servers_ports(*, external: bool) -> None:
    usual = usual_protocols(ALL)
    usual.update({port: frozenset({"vnc"}) for port in range(5900, 5910)})
    ports = tuple(range(5900, 5910))
    same = Look(ports, dict.fromkeys(ports, "http"), (), external)
    assert answers_everything(same, usual)
    wrapped = Look(ports, dict.fromkeys(ports, "tls"), (), external)
    assert not answers_everything(wrapped, usual)
    at_home = Look(ports, dict.fromkeys(ports, "vnc"), (), external)
    assert not answers_everything(at_home, usual)
