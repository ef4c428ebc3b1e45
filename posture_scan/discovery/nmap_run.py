"""Running the ``nmap`` program so that it cannot hang, flood us or outlive the scan."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Final

OUTPUT_LIMIT: Final = 16_777_216
"""Bytes of XML that are read from one run."""
_TICK: Final = 0.02


@dataclass(frozen=True)
class NmapOutput:
    """What one run left behind, whether it ended well or not."""

    xml: str
    ended_well: bool


def find_nmap() -> str:
    """Return the full path of the ``nmap`` program, or an empty string."""
    return shutil.which("nmap") or ""


def run_nmap(
    argv: Sequence[str], *, seconds: float, deadline: float, stop: threading.Event
) -> NmapOutput:
    """Run nmap for at most ``seconds``, never past ``deadline`` (monotonic) nor a stop sign.

    A crash, a time-out or half an output is no error here: what was printed is returned.
    """
    until = min(time.monotonic() + seconds, deadline)
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(  # noqa: S603 -- our own arguments, no shell
                list(argv),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            return NmapOutput("", ended_well=False)
        try:
            code = _wait(process, until, stop, output)
        finally:
            _end(process)
        output.seek(0)
        text = output.read(OUTPUT_LIMIT).decode("utf-8", "replace")
    return NmapOutput(text, ended_well=code == 0)


def _wait(
    process: subprocess.Popen[bytes], until: float, stop: threading.Event, output: IO[bytes]
) -> int | None:
    while time.monotonic() < until and not stop.is_set():
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(_TICK)
        if os.fstat(output.fileno()).st_size > OUTPUT_LIMIT:
            return None
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process, and on Unix what it started, whatever state they are in."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
