"""What one TLS assessment costs, beside nmap's ssl-enum-ciphers on the same server.

Run with ``python -m tests.bench.tls``; needs openssl and nmap. All go through one counting TCP
proxy, in turns, in the same run; figures are medians. nmap lists every suite a server has, ours
asks only what is judged; nmap is a program that starts, so ours is measured that way as well.
Prints, and fails nothing.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from posture_scan.checks.encryption.collect_tls import tls_assessment

from posture_scan.collect.net import RealNet
from posture_scan.collect.pace import Pace
from posture_scan.model.scope import Scope
from posture_scan.sdk import Service
from tests.checks.encryption.certificates import NAME, NOW, authority, issue
from tests.lab.daemon import daemon, free_port, program

ADDRESS = "127.30.0.9"
ROUNDS = 5


class Proxy:
    """Passes connections on to a port and counts them."""

    def __init__(self, target: int) -> None:
        self.count = 0
        self.sent = 0
        """Bytes that clients sent through it."""
        self._target = target
        self._listener = socket.create_server((ADDRESS, 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.count += 1
            server = socket.create_connection((ADDRESS, self._target))
            for here, there, counted in ((client, server, True), (server, client, False)):
                threading.Thread(
                    target=self._pass_on, args=(here, there, counted), daemon=True
                ).start()

    def _pass_on(self, here: socket.socket, there: socket.socket, counted: object) -> None:
        with contextlib.suppress(OSError):
            while data := here.recv(65_536):
                self.sent += len(data) if counted else 0
                there.sendall(data)
            there.shutdown(socket.SHUT_WR)


def ours(port: int) -> None:
    scope = Scope("X", "Y", date(2026, 1, 1), date(2027, 1, 1), ("127.30.0.0/16",))
    net = RealNet(
        scope,
        pace=Pace.named("lan"),
        clock=lambda: NOW,
        deadline=time.monotonic() + 60,
        record=lambda _line: None,
        purpose="bench",
        max_connections=tls_assessment.max_connections,
    )
    service = Service("https", tls=True, address=ADDRESS, port=port, names=(NAME,))
    tls_assessment.function(service, net)


def ours_as_a_program(port: int) -> None:
    argv = [sys.executable, "-m", "tests.bench.tls", str(port)]
    subprocess.run(argv, check=True, capture_output=True, timeout=120)


def nmap(port: int) -> None:
    subprocess.run(
        [program("nmap"), "-Pn", "-n", "-p", str(port), "--script", "ssl-enum-ciphers", ADDRESS],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip


@contextlib.contextmanager
def server(folder: Path) -> Iterator[int]:
    leaf = issue(issuer=authority(), kind="rsa2048")
    (folder / "leaf.pem").write_bytes(leaf.pem)
    (folder / "key.pem").write_bytes(leaf.key_pem)
    port = free_port(ADDRESS)
    argv = [
        program("openssl"), "s_server", "-accept", f"{ADDRESS}:{port}", "-quiet",
        "-cert", "leaf.pem", "-key", "key.pem",
    ]  # fmt: skip
    with daemon(argv, ADDRESS, port, log=folder / "log", cwd=folder):
        yield port


def measure(run: Callable[[int], None], target: int) -> tuple[float, int, int]:
    """Return seconds, connections and bytes sent of one run."""
    proxy = Proxy(target)
    started = time.perf_counter()
    run(proxy.port)
    seconds = time.perf_counter() - started
    proxy.close()
    return seconds, proxy.count, proxy.sent


def main() -> None:
    """Measure both in turns and print medians and ratios."""
    tools = {"ours": ours, "ours, started": ours_as_a_program}
    tools |= {"nmap": nmap} if shutil.which("nmap") else {}
    figures: dict[str, list[tuple[float, int, int]]] = {name: [] for name in tools}
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as port:
        ours(port)  # imports and the trust store are loaded once
        for _ in range(ROUNDS):
            for name, run in tools.items():
                figures[name].append(measure(run, port))
    say = sys.stdout.write
    say(f"openssl s_server on loopback, {ROUNDS} rounds in turns, {os.cpu_count()} CPUs\n")
    medians = {
        name: tuple(statistics.median(row[n] for row in rows) for n in range(3))
        for name, rows in figures.items()
    }
    for name, (seconds, connections, sent) in medians.items():
        say(f"{name:14} {seconds:8.3f} s {connections:6.0f} connections {sent:8.0f} bytes sent\n")
    if "nmap" in medians:
        for name in ("ours", "ours, started"):
            pairs = zip(medians["nmap"], medians[name], strict=True)
            seconds, connections, sent = (theirs / mine for theirs, mine in pairs)
            say(f"nmap / {name:14} {seconds:6.1f} x {connections:6.1f} x {sent:6.1f} x\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        ours(int(sys.argv[1]))
    else:
        main()
