"""Which ports wait for others, and when that is a weakness; constructed tables of sockets."""

from __future__ import annotations

from typing import Any

import pytest
from posture_scan.checks.host.collect_firewall import FirewallState
from posture_scan.checks.host.collect_listening import ListeningPorts, listening_ports

from posture_scan.sdk import Attempt
from tests.checks.computer import FakeHost, out
from tests.checks.host.listening_table import HEAD, row
from tests.checks.host.protect import seen
from tests.checks.host.verdicts import judge, lift, told

CHECK = "listening.risky"
ON = FirewallState("linux", elevated=True, dropped=True, dropped6=True)
OFF = FirewallState("linux", elevated=True, dropped=False, dropped6=False)
UNSEEN = FirewallState("linux", elevated=False)


ANY4, ANY6 = "00000000", "0" * 32
LOOP4, LOOP6 = "0100007F", "00000000000000000000000001000000"
MAPPED_LOOP = "0000000000000000FFFF00000100007F"
LAN = "0201A8C0"


def linux(*rows4: str, rows6: tuple[str, ...] = (), **more: Any) -> FakeHost:
    files = {"/proc/net/tcp": HEAD + "".join(rows4), "/proc/net/tcp6": HEAD + "".join(rows6)}
    return FakeHost(files, **more)


def ports(host: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    found = seen(listening_ports, host)
    return found.ports, found.local_only


@pytest.mark.parametrize(
    ("host", "far", "near"),
    [
        (linux(row(ANY4, 22), row(LOOP4, 3306)), (22,), (3306,)),
        (linux(row(LAN, 6379), row("0202007F", 25)), (6379,), (25,)),
        (linux(row(ANY4, 443, "01"), row(ANY4, 80, "06")), (), ()),
        (linux(rows6=(row(ANY6, 5432), row(LOOP6, 631))), (5432,), (631,)),
        (linux(rows6=(row(MAPPED_LOOP, 8005),)), (), (8005,)),
        (linux(row(LOOP4, 3306), rows6=(row(ANY6, 3306),)), (3306,), ()),
        (linux("nonsense\n", row("XYZ", 1), "   0: 00000000\n"), (), ()),
    ],
)  # fmt: skip
def test_the_kernels_table(host: FakeHost, far: tuple[int, ...], near: tuple[int, ...]) -> None:
    """A socket on ``[::]`` takes IPv4 connections too, so it is enough by itself."""
    assert ports(host) == (far, near)


def test_a_computer_without_ipv6_has_one_table() -> None:
    host = FakeHost({"/proc/net/tcp": HEAD + row(ANY4, 22)})
    assert told(CHECK, seen(listening_ports, host), OFF) == ("pass", "none")


@pytest.mark.parametrize(
    ("firewall", "result"),
    [(OFF, ("fail", "open")), (ON, ("unknown", "behind_firewall")),
     (UNSEEN, ("unknown", "firewall_unseen"))],
)  # fmt: skip
def test_a_database_for_everybody_is_weak_where_no_firewall_stands(
    firewall: FirewallState, result: tuple[str, str]
) -> None:
    found = seen(listening_ports, linux(row(ANY4, 3306), row(ANY4, 22)))
    assert told(CHECK, found, firewall) == result
    assert dict(judge(CHECK, found, firewall).values)["ports"] == "3306 (MySQL)"
    assert told(CHECK, found) == ("unknown", "firewall_unseen")


def test_a_database_for_this_computer_alone_is_sound() -> None:
    found = seen(listening_ports, linux(row(LOOP4, 3306), row(ANY4, 22)))
    assert told(CHECK, found, OFF) == ("pass", "none")


@pytest.mark.parametrize(
    "files", [{}, {"/proc/net/tcp": ""}, {"/proc/net/tcp": Attempt.PERMISSION_DENIED},
              {"/proc/net/tcp": HEAD, "/proc/net/tcp6": Attempt.LIMIT_REACHED}]
)  # fmt: skip
def test_no_table_is_unknown(files: Any) -> None:
    assert told(CHECK, seen(listening_ports, FakeHost(files)), OFF) == ("unknown", "not_seen")


def windows(*rows: tuple[str, int]) -> Any:
    answer: list[dict[str, int | str]] = [
        {"address": address, "port": port} for address, port in rows
    ]
    return seen(listening_ports, FakeHost(platform="windows", answers={"listening": answer}))


WINDOWS_OFF = FirewallState("windows", elevated=False, service=False, products_seen=True)


def test_a_windows_pc_as_it_comes_is_no_weakness() -> None:
    found = windows(("0.0.0.0", 135), ("0.0.0.0", 445), ("192.168.1.2", 139), ("::", 445),
                    ("127.0.0.1", 5354), ("0.0.0.0", 49664))  # fmt: skip
    assert told(CHECK, found, WINDOWS_OFF) == ("pass", "usual_only")
    found = windows(("0.0.0.0", 445), ("::", 3389))
    assert told(CHECK, found, WINDOWS_OFF) == ("fail", "open")


def test_windows_that_does_not_tell_is_unknown() -> None:
    closed = FakeHost(platform="windows", answers={"listening": Attempt.PERMISSION_DENIED})
    found = seen(listening_ports, closed)
    assert (told(CHECK, found, OFF), lift(CHECK, found)) == (
        ("unknown", "not_seen"),
        "administrator",
    )


def test_an_empty_list_is_no_answer_of_windows_which_always_listens_itself() -> None:
    assert told(CHECK, windows(), OFF) == ("unknown", "not_seen")


NETSTAT = """Active Internet connections (including servers)
Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)
tcp4       0      0  192.168.1.5.50000      17.57.145.4.5223       ESTABLISHED
tcp4       0      0  *.445                  *.*                    LISTEN
tcp46      0      0  *.3306                 *.*                    LISTEN
tcp4       0      0  127.0.0.1.631          *.*                    LISTEN
tcp6       0      0  ::1.631                *.*                    LISTEN
tcp6       0      0  fe80::1%lo0.8021       *.*                    LISTEN
"""


def test_macos() -> None:
    host = FakeHost(platform="darwin", commands={"netstat -anW -p tcp": out(NETSTAT)})
    assert ports(host) == ((445, 3306, 8021), (631,))


@pytest.mark.parametrize("said", [out(""), out(NETSTAT, 1), Attempt.TOOL_MISSING])
def test_macos_that_says_nothing_is_unknown(said: Any) -> None:
    found = seen(listening_ports, FakeHost(platform="darwin", commands={"netstat": said}))
    assert isinstance(found, ListeningPorts)
    assert told(CHECK, found, OFF) == ("unknown", "not_seen")
