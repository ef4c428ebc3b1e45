"""TLS servers that mean harm, over real sockets; nmap as a second reader of constructed answers.

Servers that are merely old or odd stand in the farm.
"""

from __future__ import annotations

import contextlib
import socket
import socketserver
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from posture_scan.checks.encryption.probe import Outcome
from posture_scan.checks.encryption.protocol.hello import SSL3, TLS10, TLS12

from posture_scan.model.evidence import Connection
from posture_scan.sdk import AttemptError
from tests.checks.encryption.certificates import NAME
from tests.checks.encryption.simulator import Simulated, alert, listening
from tests.lab.daemon import need, program
from tests.lab.tls_service import ADDRESS, FULL, assess, write

pytestmark = pytest.mark.lab


def test_nmap_reads_the_constructed_server_the_same_way(tmp_path: Path) -> None:
    need("nmap")
    write(tmp_path, FULL)
    weak = (0xC02F, 0xC013, 0x0003, 0x0009, 0x0005, 0x000A)
    server = Simulated(
        (SSL3, TLS10, TLS12), weak, kinds=(0x010080,), chain=tuple(one.der for one in FULL)
    )
    with listening(server, ADDRESS) as port:
        argv = [program("nmap"), "-Pn", "-n", "-p", str(port), "--script", "sslv2,ssl-enum-ciphers"]
        text = subprocess.run(
            [*argv, ADDRESS], check=True, capture_output=True, timeout=60, text=True
        ).stdout
        facts = assess(tmp_path, port, NAME)
    versions = {"SSLv2 supported": "ssl2", "SSLv3:": "ssl3", "TLSv1.0:": "tls10",
                "TLSv1.1:": "tls11", "TLSv1.2:": "tls12", "TLSv1.3:": "tls13"}  # fmt: skip
    for mark, version in versions.items():
        assert (mark in text) is (facts.version(version).outcome is Outcome.ACCEPTED), mark
    kinds = {"EXPORT": "export", "_RC4_": "rc4", "_WITH_DES_": "des", "_3DES_": "3des",
             "_NULL_": "null", "_anon_": "anon"}  # fmt: skip
    for mark, kind in kinds.items():
        assert (mark in text) is (facts.weakness(kind).outcome is Outcome.ACCEPTED), mark


@contextlib.contextmanager
def hostile(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that reads one hello and then does as it likes; yields its port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                self.request.recv(65_536)
                answer(self.request)

    with socketserver.ThreadingTCPServer((ADDRESS, 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield int(server.server_address[1])
        server.shutdown()
        thread.join()


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def flood(connection: socket.socket) -> None:
    while True:
        connection.sendall(alert(112, fatal=False) * 1000)


def endless_record(connection: socket.socket) -> None:
    connection.sendall(b"\x16\x03\x03\x40\x00\x02\xff\xff\xff")
    while True:
        connection.sendall(bytes(10_000))


@pytest.mark.parametrize("answer", [reset, flood, endless_record])
def test_a_hostile_server_costs_little_and_gives_no_facts(
    answer: Callable[[socket.socket], None], tmp_path: Path
) -> None:
    write(tmp_path, FULL)
    made: list[Connection] = []
    started = time.monotonic()
    with hostile(answer) as port, pytest.raises(AttemptError):
        assess(tmp_path, port, NAME, made=made)
    assert time.monotonic() - started < 3
    assert sum(one.received for one in made) < 6 * 300_000


def test_a_server_that_never_says_a_hello_gives_no_facts(tmp_path: Path) -> None:
    write(tmp_path, FULL)
    made: list[Connection] = []
    wants_a_protocol = alert(120)  # RFC 7301: no_application_protocol says nothing about the offer
    noises = (b"SSH-2.0-OpenSSH_9.2\r\n", b"", b"\x16\x03\x03\x40\x00" + bytes(16_384))
    for noise in (*noises, wants_a_protocol):
        with (
            listening(Simulated(versions=(), refuses=noise), ADDRESS) as port,
            pytest.raises(AttemptError),
        ):
            assess(tmp_path, port, NAME, made=made)
    assert len(made) <= 28
