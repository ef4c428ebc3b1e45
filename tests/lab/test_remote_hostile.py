"""Servers that drip, flood or hang up, over real sockets: named failures, in bounded time."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from posture_scan.checks.remote_access.collect_anydesk import anydesk_certificate
from posture_scan.checks.remote_access.collect_rdp import rdp_negotiation
from posture_scan.checks.remote_access.collect_ssh import ssh_hello
from posture_scan.checks.remote_access.collect_telnet import TelnetBanner, telnet_banner
from posture_scan.checks.remote_access.collect_vnc import rfb_security

from posture_scan.sdk import AttemptError, Collector, Facts, Service
from tests.lab import looking

pytestmark = pytest.mark.lab

ADDRESS = "127.62.6.1"
COLLECTORS = (rdp_negotiation, rfb_security, ssh_hello, telnet_banner, anydesk_certificate)
LONGEST = 9.0
"""Seconds: one time-out of five, and what threads on a loaded machine take beside."""
Behaviour = Callable[[socket.socket], None]


def drip(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"\x03")
        time.sleep(0.4)


def flood(connection: socket.socket) -> None:
    connection.sendall(os.urandom(65_536))
    connection.recv(1)


def hang_up(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def escapes(connection: socket.socket) -> None:
    connection.sendall(b"\x1b]0;owned\x07\x1b[31m login: ")
    connection.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def serving(behaviour: Behaviour) -> Iterator[int]:
    listener = socket.create_server((ADDRESS, 0), backlog=32)
    workers: list[threading.Thread] = []

    def attend(connection: socket.socket) -> None:
        connection.settimeout(12)
        with connection, contextlib.suppress(OSError):
            behaviour(connection)

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                worker = threading.Thread(target=attend, args=(listener.accept()[0],))
                worker.start()
                workers.append(worker)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for worker in (thread, *workers):
            worker.join(15)


def attempt(collector: Collector, port: int) -> Facts | None:
    with contextlib.suppress(AttemptError):
        facts: Facts = looking.collect(collector, Service(address=ADDRESS, port=port))
        return facts
    return None


@pytest.mark.parametrize("behaviour", [drip, flood, hang_up, escapes], ids=lambda b: b.__name__)
def test_nothing_is_learnt_and_nobody_waits_for_ever(behaviour: Behaviour) -> None:
    began = time.monotonic()
    with serving(behaviour) as port, ThreadPoolExecutor(len(COLLECTORS)) as pool:
        found = list(pool.map(lambda item: attempt(item, port), COLLECTORS))
        taken = time.monotonic() - began
    assert {facts for facts in found if facts is not None} <= {TelnetBanner(port)}
    assert taken < LONGEST
