"""Real servers for tests: started on a loopback address, ended by their own process id."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.lab.installed import lacking

START_LIMIT = 60.0
"""Seconds a daemon may take until its port answers."""
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/sbin"])
"""Where programs are looked for: servers stand in the system folders."""


def need(*programs: str) -> None:
    """Skip the test, naming what is missing, unless every program is installed.

    In continuous integration the test fails instead: see ``lacking``.
    """
    missing = [name for name in programs if shutil.which(name, path=PATH) is None]
    if missing:
        lacking(*missing)


def program(name: str) -> str:
    """Return a program's full path, looking in the system folders too."""
    found = shutil.which(name, path=PATH)
    if found is None:
        lacking(name)
    return found


def free_udp_port(address: str) -> int:
    """Return a UDP port that nothing on this loopback address listens on."""
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def free_port(address: str = "127.0.0.1") -> int:
    """Return a TCP port that nothing on this loopback address listens on."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def self_signed(folder: Path) -> tuple[Path, Path]:
    """Make ``cert.pem`` and ``key.pem`` in this folder; returns both."""
    need("openssl")
    chain, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=lab", "-keyout", str(key), "-out", str(chain)],
        check=True, capture_output=True,
    )  # fmt: skip
    return chain, key


@contextlib.contextmanager
def daemon(
    argv: Sequence[str],
    address: str,
    port: int,
    *,
    log: Path,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server in the foreground until the block ends; fail with its log if it won't start."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((address, port))  # another server there would be taken for this one

    def ready() -> bool:
        with contextlib.suppress(OSError), socket.create_connection((address, port), 0.5):
            return True
        return False

    with running(argv, ready, log=log, env=env, cwd=cwd) as process:
        yield process


@contextlib.contextmanager
def running(
    argv: Sequence[str],
    ready: Callable[[], bool],
    *,
    log: Path,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in the foreground, from when it is ready until the block ends."""
    with log.open("wb") as sink:
        process = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            start_new_session=True,
        )
    try:
        limit = time.monotonic() + START_LIMIT
        while not ready():
            if process.poll() is not None or time.monotonic() > limit:
                pytest.fail(f"{argv!r} did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.03)
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End the server and the processes of its own group, and nothing else."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
            return
