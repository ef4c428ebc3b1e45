"""Starts the servers of the farm side by side, each on an address of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.lab.daemon import PATH
from tests.lab.farm.model import Server, write_files
from tests.lab.farm.python import has

AT_ONCE = 6
FIRST_PORT, PORTS, RUNS = 20_000, 200, 50
"""Below the ports that connections are given by the system: some servers listen on every address,
so each port is used once, and runs side by side take ports of their own."""


@dataclass(frozen=True)
class Place:
    """Where a server listens, and its files."""

    address: str
    port: int
    folder: Path


def missing(server: Server) -> str:
    """What this computer lacks to start it; packages are marked with a dash."""
    for one in server.needs:
        there = has(one[1:]) if one.startswith("-") else shutil.which(one, path=PATH)
        if not there:
            return one.removeprefix("-")
    return ""


@contextlib.contextmanager
def farm(servers: Sequence[Server], folder: Path, net: int) -> Iterator[dict[str, Place]]:
    """Run these servers in ``127.30.<net>.0/24``; yields their places by id."""
    first = FIRST_PORT + os.getpid() % RUNS * PORTS
    places = {
        server.id: Place(f"127.30.{net}.{number}", first + number, folder / server.id)
        for number, server in enumerate(servers, 1)
    }
    with contextlib.ExitStack() as stack, ThreadPoolExecutor(AT_ONCE) as pool:

        def begin(server: Server) -> contextlib.AbstractContextManager[object]:
            place = places[server.id]
            place.folder.mkdir()
            write_files(place.folder, server)
            started = server.start(place.folder, place.address, place.port)
            started.__enter__()
            stack.push(started)
            return started

        list(pool.map(begin, servers))
        yield places
