"""Forks a process of the program for each request, with everything imported that takes long.

Nothing of the program has run here. Its modules are imported, and the libraries that it imports
inside functions; not its command line, whose help texts take the language of the run on import.
What counts when Python starts, such as the locale, is this process's own: ``tests.program`` keeps
one such process for each. Arguments, folder, environment and streams come with a request.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
COMMAND_LINE = "posture_scan.cli"
PROGRAMS = {"posture_scan.__main__", "posture_scan.bundle.start"}
LIBRARIES = (
    "OpenSSL.SSL", "click", "cryptography.hazmat.primitives.asymmetric.ed25519",
    "cryptography.x509", "dns.resolver", "importlib.metadata", "jinja2", "nmap", "pydantic",
    "requests", "rich.console", "rich.progress", "rich.table", "rich.text", "sqlite3",
)  # fmt: skip


def main(link: socket.socket) -> None:
    """Answer requests until the other side closes; in a child, be the program instead."""
    import_all()
    request = fork_for_each(link)
    link.close()
    if request:
        become(request)


def import_all() -> None:
    """Import what a run may need, and nothing that depends on the run."""
    for name in LIBRARIES:
        importlib.import_module(name)
    for folder, package in (("checks", "posture_scan.checks"), ("posture_scan", "posture_scan")):
        for name in modules_of(ROOT / folder, package):
            # What cannot be imported here, Windows' own for one, a run tries again when it must.
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
    assert not [name for name in sys.modules if name.startswith(COMMAND_LINE)]
    assert threading.active_count() == 1
    gc.freeze()  # or each child goes through all of it once more when it ends


def modules_of(folder: Path, package: str) -> Iterator[str]:
    """Name the modules below a folder, without the command line and what is run by itself."""
    for found in pkgutil.iter_modules([str(folder)]):
        name = f"{package}.{found.name}"
        if name == COMMAND_LINE or name in PROGRAMS:
            continue
        yield name
        if found.ispkg:
            yield from modules_of(folder / found.name, name)


def fork_for_each(link: socket.socket) -> dict[str, Any] | None:
    """Fork for every request and tell its process id and wait status; return only in a child."""
    with link.makefile("rw", encoding="utf-8") as lines:
        while True:
            _, streams, _, _ = socket.recv_fds(link, 1, 3)
            if not streams:
                return None
            request: dict[str, Any] = json.loads(lines.readline())
            child = os.fork()
            if not child:
                for number, stream in enumerate(streams):
                    os.dup2(stream, number)
                    os.close(stream)
                return request
            for stream in streams:
                os.close(stream)
            for number in (child, os.waitpid(child, 0)[1]):
                lines.write(f"{number}\n")
                lines.flush()


def become(request: dict[str, Any]) -> None:
    """Do what ``python -m posture_scan`` does, where and with what the request says."""
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    sys.path[0] = str(Path.cwd())
    sys.argv[1:] = request["arguments"]
    runpy.run_module("posture_scan", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
