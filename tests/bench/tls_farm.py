"""What TLS tools cost and find on the whole farm, in one run: ours, sslyze, nmap and testssl.sh.

``python -m tests.bench.tls_farm [all | tool ...] [server=PART]``: without a word all but
testssl.sh, which takes half a minute for a server and so most of an hour for the farm. Every
server stands behind a relay that counts connections; the tools take turns on it, one server at a
time. A tool is weighed by the checks it tells of, on servers with which a client can finish a
handshake.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.tls_tools import TOOLS, Tool, through
from tests.lab.counting import counting
from tests.lab.daemon import PATH, free_port
from tests.lab.farm import FARM
from tests.lab.farm.model import Server
from tests.lab.farm.running import Place, farm, missing

NET = 9
PROGRAMS = {"nmap": "nmap", "testssl.sh": "testssl"}


@dataclass
class Tally:
    """One tool on all servers so far."""

    seconds: list[float] = field(default_factory=list)
    connections: list[int] = field(default_factory=list)
    right: int = 0
    missed: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)

    def add(self, server: Server, tool: Tool, found: set[str]) -> None:
        expected = set(server.failing & tool.tells)
        found &= tool.tells
        self.right += len(expected & found)
        self.missed += [f"{server.id} {check}" for check in sorted(expected - found)]
        self.invented += [f"{server.id} {check}" for check in sorted(found - expected)]

    def line(self, name: str) -> str:
        recall = self.right / max(self.right + len(self.missed), 1)
        precision = self.right / max(self.right + len(self.invented), 1)
        count = len(self.seconds)
        return (
            f"{name:14} {sum(self.seconds):9.2f} {sum(self.seconds) / count:8.3f} "
            f"{sum(self.connections) / count:8.1f} {max(self.connections):5} "
            f"{recall:8.3f} {precision:9.3f}"
        )


def measure(server: Server, place: Place, name: str, tally: Tally) -> None:
    """Let one tool look at one server through a relay."""
    port = free_port(place.address)
    with counting(place.address, port, (place.address, place.port)) as counted:
        started = time.perf_counter()
        found = TOOLS[name].run(through(place, port))
        tally.seconds.append(time.perf_counter() - started)
    tally.connections.append(counted.connections)
    tally.add(server, TOOLS[name], found)


def report(tallies: dict[str, Tally]) -> None:
    print(f"{'':14} {'seconds':>9} {'each':>8} {'connect.':>8} {'most':>5} {'recall':>8} precision")
    for name, tally in tallies.items():
        print(tally.line(name))
    if {"ours", "sslyze"} <= set(tallies):
        ratio = sum(tallies["sslyze"].seconds) / sum(tallies["ours"].seconds)
        print(f"sslyze takes {ratio:.1f} times as long as ours")
    for name, tally in tallies.items():
        for word, listed in (("missed", tally.missed), ("invented", tally.invented)):
            for one in listed[:40]:
                print(f"  {name} {word} {one}")


def main(arguments: tuple[str, ...] = ()) -> None:
    """Measure the named tools, or all there are, and print the figures; nothing is asserted."""
    part = next((one.removeprefix("server=") for one in arguments if "=" in one), "")
    slow = () if "all" in arguments else ("testssl.sh",)
    wanted = [name for name in arguments if name in TOOLS]
    wanted = wanted or [name for name in TOOLS if name not in slow]
    names = [
        name for name in wanted if name not in PROGRAMS or shutil.which(PROGRAMS[name], path=PATH)
    ]
    servers = [
        one
        for one in FARM
        if part in one.id and one.named and not one.closed_to_others and not missing(one)
    ]
    tallies = {name: Tally() for name in names}
    with tempfile.TemporaryDirectory() as folder, farm(servers, Path(folder), NET) as places:
        for name in names:  # what is loaded once is not counted
            if name not in PROGRAMS:
                TOOLS[name].run(places[servers[0].id])
        done = 0
        with contextlib.suppress(KeyboardInterrupt):  # what was measured by then is told
            for server in servers:
                for name in names:
                    measure(server, places[server.id], name, tallies[name])
                done += 1
    print(f"{done} of {len(servers)} servers, one at a time")
    report(tallies)


if __name__ == "__main__":
    main(tuple(sys.argv[1:]))
