"""Discovery as a whole, with the built-in engine, against small servers."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from posture_scan.collect.net import RealNet
from posture_scan.collect.pace import Pace
from posture_scan.discovery.engines import choose_engine
from posture_scan.discovery.hosts import discover
from posture_scan.discovery.ports import COMMON_PORTS, default_ports
from posture_scan.discovery.talk import Waits
from posture_scan.discovery.world import HostScan, Target, World
from posture_scan.errors import IncompleteError, UsageError
from posture_scan.model.evidence import Attempt, Connection
from tests.collect.fixture import scope
from tests.collect.scripted import replies, says, serving, silent
from tests.discovery.specs import ALL, SSH

A, B, OUTSIDE = "127.50.4.1", "127.50.4.2", "127.50.5.1"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
QUICK = Waits(greeting=0.15, answer=0.2, patient=0.3)


class Lab:
    """A world of one scope with everything it records."""

    def __init__(
        self, seconds: float = 20.0, targets: tuple[str, ...] = ("127.50.4.0/24",)
    ) -> None:
        self.record: list[Connection] = []
        self.events: list[tuple[str, dict[str, object]]] = []
        self.stop = threading.Event()
        deadline = time.monotonic() + seconds
        within, pace = scope(*targets), Pace.named("lan")

        def clock() -> datetime:
            return datetime(2026, 11, 22, tzinfo=UTC)

        def net_for(purpose: str, most: int) -> RealNet:
            return RealNet(
                within,
                pace=pace,
                clock=clock,
                deadline=deadline,
                record=self.record.append,
                purpose=purpose,
                max_connections=most,
            )

        self.world = World(within, net_for, self.record.append, clock, deadline, self.stop)

    def scan(self, *targets: Target, **options: Any) -> list[HostScan]:
        settings: dict[str, Any] = {
            "specs": ALL,
            "engine": "builtin",
            "probes_per_second": 0,
            "progress": lambda event, **values: self.events.append((event, values)),
            "waits": QUICK,
        }
        return list(discover(targets, world=self.world, **{**settings, **options}))


def test_ports_and_services_of_two_addresses() -> None:
    lab = Lab()
    with (
        serving(says(b"SSH-2.0-x\r\n"), A) as ssh,
        serving(replies(PAGE), B) as web,
        serving(silent, B) as mute,
    ):
        ports = [*COMMON_PORTS, ssh, web, mute]
        first, second = lab.scan(Target(A, ("a.example.jp",), "asset-a"), Target(B), ports=ports)
    assert [(s.port, s.protocol) for s, _ in first.services] == [(ssh, "ssh")]
    assert first.services[0][0].names == ("a.example.jp",)
    assert first.services[0][0].asset == "asset-a"
    assert [(s.port, s.protocol) for s, _ in second.services] == [(web, "http")]
    assert second.ports.open_ports == tuple(sorted({web, mute}))
    assert second.ports.unidentified == (mute,)
    assert first.attempt is Attempt.OK
    assert first.ports.finished
    assert first.ports.engine == "builtin"
    assert first.ports.closed == first.ports.probed - 1
    sweeps = [line for line in lab.record if line.purpose == "discovery.builtin"]
    assert [(line.address, line.port, line.count) for line in sweeps] == [
        (A, 0, first.ports.probed),
        (B, 0, second.ports.probed),
    ]
    assert {line.purpose for line in lab.record} == {"discovery.builtin", "discovery.identify"}


def test_the_events_are_told() -> None:
    lab = Lab()
    with serving(says(b"SSH-2.0-x\r\n"), A) as port:
        lab.scan(Target(A), ports=[port, 1])
    assert [event for event, _ in lab.events] == ["ports", "open", "service", "host_done"]
    assert lab.events[2][1] == {"address": A, "port": port, "protocol": "ssh", "tls": False}
    assert lab.events[3][1] == {"address": A, "open": 1, "services": 1, "finished": False}


def test_some_ports_are_not_a_finished_scan() -> None:
    (some,) = Lab().scan(Target(A), ports=COMMON_PORTS[:500])
    assert not some.ports.finished
    (full,) = Lab().scan(Target(A))
    assert full.ports.finished
    assert full.ports.probed >= 1000


def test_outside_the_scope_no_port_is_touched() -> None:
    lab = Lab()
    with serving(silent, OUTSIDE) as port:
        scans = lab.scan(Target(OUTSIDE), Target("no-address"), ports=[port])
    assert [scan.attempt for scan in scans] == [Attempt.OUT_OF_SCOPE] * 2
    assert all(not scan.ports.finished and scan.ports.probed == 0 for scan in scans)
    assert lab.record == []


def test_an_address_without_a_way_is_not_finished() -> None:
    # A broadcast address takes no TCP: the kernel answers that there is no way.
    (scan,) = Lab(targets=("127.255.255.255",)).scan(Target("127.255.255.255"))
    assert scan.attempt is Attempt.FILTERED
    assert scan.ports.silent == scan.ports.probed >= 1000
    assert not scan.ports.finished


def test_at_the_deadline_it_stops_with_what_it_has() -> None:
    lab = Lab(seconds=0.3)
    (scan,) = lab.scan(Target(A), probes_per_second=50)
    assert not scan.ports.finished
    assert 0 < scan.ports.probed < 1000


def test_a_stop_sign_keeps_what_there_is() -> None:
    lab = Lab()

    def stop(connection: socket.socket) -> None:
        lab.stop.set()
        silent(connection)

    with serving(stop, A) as port:
        (scan,) = lab.scan(Target(A), ports=[port, 1])
    assert scan.ports.open_ports == (port,)
    assert scan.ports.unidentified == (port,)
    assert scan.services == ()


def test_a_port_that_was_not_asked_to_the_end_is_no_finished_scan() -> None:
    stopped = Lab()

    def stop(connection: socket.socket) -> None:
        stopped.stop.set()
        silent(connection)

    with serving(stop, A) as port:
        (scan,) = stopped.scan(Target(A), ports=[*default_ports(ALL), port])
    assert scan.ports.unidentified == (port,)
    assert not scan.ports.finished
    few = Lab()
    plenty = few.world.net_for
    few.world = replace(few.world, net_for=lambda purpose, _: plenty(purpose, 3))
    with serving(silent, A) as port:
        (scan,) = few.scan(Target(A), ports=[*default_ports(ALL), port])
    assert not scan.ports.finished
    whole = Lab()
    with serving(silent, A) as port:
        (scan,) = whole.scan(Target(A), ports=[*default_ports(ALL), port])
    assert scan.ports.unidentified == (port,)
    assert scan.ports.finished


def test_ports_that_accept_and_never_speak_are_a_middlebox() -> None:
    with contextlib.ExitStack() as stack:
        ports = [stack.enter_context(serving(silent, A)) for _ in range(12)]
        (scan,) = Lab().scan(Target(A), ports=ports, specs=(SSH,))
    assert scan.ports.answers_everything
    assert scan.services == ()


def test_more_ports_than_any_computer_has_are_a_middlebox() -> None:
    lab = Lab()
    with contextlib.ExitStack() as stack:
        for port in range(20_000, 20_040):
            stack.enter_context(socket.create_server((B, port)))
        ports = list(range(20_000, 20_040))
        lab.stop.set()
        assert lab.scan(Target(B), ports=ports)[0].ports.open_ports == ()
        lab.stop.clear()
        (scan,) = lab.scan(Target(B), ports=ports, specs=(SSH,))
    assert len(scan.ports.open_ports) == 40
    assert scan.ports.answers_everything
    assert {line.port for line in lab.record} == {0}, "no use in asking what they are"


def test_engines_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    later = time.monotonic() + 5
    assert choose_engine("auto", later).name == "builtin"
    assert choose_engine("builtin", later).name == "builtin"
    with pytest.raises(UsageError) as unknown:
        choose_engine("masscan", later)
    assert unknown.value.code == "engine.unknown"
    with pytest.raises(IncompleteError) as missing:
        choose_engine("nmap", later)
    assert missing.value.code == "engine.no_nmap"
