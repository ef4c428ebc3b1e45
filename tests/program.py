"""The program as a person runs it: a process of its own, in a folder of its own.

``from_nothing`` starts Python anew, as a shell does. Most of what that takes is importing the same
modules every time, so ``program`` has the process forked from one that has imported them: its
folder, environment, streams, signals and exit code are its own all the same. What starting itself
is about (the terminal, the order of imports, order by hashes) is tested from nothing.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO

Ran = subprocess.CompletedProcess[str]

ROOT = Path(__file__).parent.parent
AT_START = ("LANG", "LC_", "OPENSSL_", "PYTHON")
"""Beginnings of the variables that count when a process starts, and not later."""


def surroundings(folder: Path, lang: str) -> dict[str, str]:
    """Return the environment of a person whose home is this folder."""
    return {
        **os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config"),
        "LANG": "ja_JP.UTF-8" if lang == "ja" else "C.UTF-8", "PYTHONIOENCODING": "utf-8",
    }  # fmt: skip


def from_nothing(
    arguments: Sequence[str | Path], *, cwd: Path, environment: Mapping[str, str],
    timeout: float = 120,
) -> Ran:  # fmt: skip
    """Run ``posture-scan ARGUMENTS`` in a Python that was started for it."""
    return subprocess.run(
        [sys.executable, "-m", "posture_scan", *map(str, arguments)], cwd=cwd, env=environment,
        capture_output=True, text=True, timeout=timeout, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def program(
    arguments: Sequence[str | Path], *, cwd: Path, environment: Mapping[str, str],
    timeout: float = 120,
) -> Ran:  # fmt: skip
    """Run ``posture-scan ARGUMENTS`` in a process that was forked for it.

    Raises:
        TimeoutError: when it takes longer than that many seconds; it is then ended.
    """
    words = [*map(str, arguments)]
    started = {name: environment[name] for name in environment if name.startswith(AT_START)}
    server = _server(frozenset(started.items()))
    request = {"arguments": words, "cwd": str(cwd), "environment": dict(environment)}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        code = server.run(json.dumps(request), (out.fileno(), err.fileno()), timeout)
        told = [_text(file) for file in (out, err)]
    return subprocess.CompletedProcess(["posture-scan", *words], code, *told)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


class _Server:
    """A process that forks the program, started with the variables that count at a start."""

    def __init__(self, started: Mapping[str, str]) -> None:
        self._link, theirs = socket.socketpair()
        kept = {n: v for n, v in os.environ.items() if not n.startswith(AT_START)}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.program_server", str(theirs.fileno())], cwd=ROOT,
                env={**kept, **started}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )  # fmt: skip
        self._lines = self._link.makefile("rw", encoding="utf-8")
        atexit.register(self._end)

    def run(self, request: str, streams: tuple[int, int], timeout: float) -> int:
        """Have the request run with nothing to read and these streams; return its exit code."""
        self._link.settimeout(None)
        with Path(os.devnull).open("rb") as nothing:
            socket.send_fds(self._link, [b"\n"], [nothing.fileno(), *streams])
        self._lines.write(f"{request}\n")
        self._lines.flush()
        child = int(self._lines.readline())
        self._link.settimeout(timeout)
        try:
            status = self._lines.readline()
        except TimeoutError:
            os.kill(child, signal.SIGKILL)
            raise
        return os.waitstatus_to_exitcode(int(status))

    def _end(self) -> None:
        self._lines.close()
        self._link.close()
        self._process.wait(10)


@cache
def _server(started: frozenset[tuple[str, str]]) -> _Server:
    return _Server(dict(started))
