"""How much an unknown service is asked, counted on its side, with the protocols of all packs."""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from posture_scan.discovery.hosts import discover
from posture_scan.discovery.identify import Identified, Identifier
from posture_scan.discovery.nmap_run import find_nmap
from posture_scan.discovery.ports import LISTEN_ONLY
from posture_scan.discovery.talk import MOST_CONNECTIONS, Waits
from posture_scan.discovery.world import Target, World
from posture_scan.engine.packs import load_packs
from posture_scan.model.evidence import Connection, Service
from posture_scan.sdk import ProtocolSpec
from tests.collect.fixture import real_net, scope
from tests.collect.scripted import serving
from tests.lab.installed import lacking

ADDRESS = "127.68.1.1"
QUICK = Waits(greeting=0.05, answer=0.05, patient=0.1)
SPECS = load_packs().protocols
MOST = 17
"""Three of our own (greeting and TLS, HTTP, late greeting), and what may live anywhere."""


class Listener:
    """Counts who comes and what is sent to it; then does as told."""

    def __init__(self, answer: bytes | None = None, *, close: bool = False) -> None:
        self.connections = 0
        self.heard: list[bytes] = []
        self._answer = answer
        self._close = close

    def __call__(self, connection: socket.socket) -> None:
        self.connections += 1
        if self._close:
            return
        while said := connection.recv(65_536):
            self.heard.append(said)
            connection.sendall(said if self._answer is None else self._answer)


def identify(
    port: int, specs: tuple[ProtocolSpec, ...] = SPECS, waits: Waits = QUICK
) -> tuple[Identified, list[Connection]]:
    record: list[Connection] = []
    net = real_net(record, within=scope(ADDRESS), connections=MOST_CONNECTIONS)
    place = Service(address=ADDRESS, port=port, asset="a")
    return Identifier(specs, waits).identify(place, net), record


@pytest.mark.parametrize(
    "listener",
    [Listener(b""), Listener(), Listener(close=True), Listener(b"what?\r\n")],
    ids=["mute", "echo", "hangs up", "says what"],
)
def test_an_unknown_service_is_asked_little(listener: Listener) -> None:
    with serving(listener, ADDRESS) as port:
        identified, _ = identify(port)
    assert identified.found is None
    assert identified.asked, "a mute port would make every scan unfinished"
    assert 10 < listener.connections <= MOST


@pytest.mark.parametrize("port", sorted(LISTEN_ONLY))
def test_nothing_is_sent_where_any_byte_would_do_something(port: int) -> None:
    for answer in (Listener(b""), Listener(b"what?\r\n")):
        with serving(answer, ADDRESS, port) as place:
            identified, record = identify(place, (*SPECS, *_at_home(port)))
        assert (identified.found, identified.asked) == (None, True)
        assert answer.connections == len(record) == 1
        assert answer.heard == []


def _at_home(port: int) -> tuple[ProtocolSpec, ...]:
    """A pack that would ask on that very port, and be content with anything."""
    return (ProtocolSpec("asks", bool, sends=b"who?\r\n", ports=(port,)),)


def test_a_greeting_there_is_still_heard() -> None:
    def ssh(connection: socket.socket) -> None:
        connection.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n")
        assert connection.recv(100) == b""

    with serving(ssh, ADDRESS, 514) as port:
        found = identify(port)[0].found
    assert found is not None
    assert found[0].protocol == "ssh"


@pytest.mark.parametrize("engine", ["builtin", "nmap"])
def test_no_engine_sends_a_byte_there(engine: str) -> None:
    if engine == "nmap" and not find_nmap():
        lacking("nmap")
    listeners = {port: Listener() for port in (79, 513, 514, 9100)}
    within, record = scope(ADDRESS), list[Connection]()
    deadline = time.monotonic() + 60
    world = World(
        within, lambda _purpose, most: real_net(record, within=within, connections=most),
        record.append, lambda: datetime(2026, 11, 22, tzinfo=UTC), deadline,
    )  # fmt: skip
    with contextlib.ExitStack() as stack:
        for port, listener in listeners.items():
            stack.enter_context(serving(listener, ADDRESS, port))
        (seen,) = discover(
            [Target(ADDRESS)], specs=SPECS, world=world, engine=engine, ports=list(listeners),
            probes_per_second=0, waits=QUICK,
        )  # fmt: skip
    assert seen.ports.engine == engine
    assert seen.ports.open_ports == seen.ports.unidentified == tuple(listeners)
    for listener in listeners.values():
        assert 1 <= listener.connections <= 4
        assert listener.heard == []


def test_a_protocol_that_never_moves_is_asked_at_home_only() -> None:
    home = ProtocolSpec("home", lambda said: said == b"home", sends=b"?", anywhere=False)
    free = ProtocolSpec("free", lambda said: said == b"free", sends=b"!")
    asked: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        said = connection.recv(4096)
        asked.append(said)
        connection.sendall(b"home" if said == b"?" else b"no")

    with serving(answer, ADDRESS) as port:
        elsewhere = identify(port, (home, free))[0]
        assert b"!" in asked
        assert b"?" not in asked
        asked.clear()
        there = identify(port, (replace(home, ports=(port,)), free))[0]
    assert elsewhere.found is None
    assert there.found is not None
    assert b"!" not in asked


def test_those_that_live_on_many_ports_are_asked_first() -> None:
    specs = tuple(
        ProtocolSpec(f"p{n}", lambda _: False, sends=b"%d" % n, ports=tuple(range(1, n + 1)))
        for n in (1, 3, 2)
    )
    asked = Listener(b"no")
    with serving(asked, ADDRESS) as port:
        identify(port, specs)
    assert [said for said in asked.heard if said.isdigit()] == [b"3", b"2", b"1"]
