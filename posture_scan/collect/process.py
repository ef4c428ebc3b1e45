"""One program run to its end: no shell, no standard input, a deadline and a cap on its output."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Mapping
from typing import IO, Final

from posture_scan.sdk import Attempt, AttemptError, CommandResult

OUTPUT_LIMIT: Final = 4_194_304
"""Bytes kept of each output; a long journal fits, a flood does not."""

_CHUNK: Final = 65_536
_GRACE: Final = 2.0
"""Seconds the readers may take to notice that the program was ended."""


def run_program(
    program: str,
    arguments: tuple[str, ...],
    *,
    environment: Mapping[str, str],
    timeout: float,
    limit: int = OUTPUT_LIMIT,
    folder: str = os.sep,
) -> CommandResult:
    """Run an absolute path in a folder and return what it printed; a flood is cut off and marked.

    Raises:
        AttemptError: timeout, tool_missing or permission_denied.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 -- absolute path, judged by programs.py
            [program, *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=dict(environment), cwd=folder, start_new_session=True,
        )  # fmt: skip
    except PermissionError as error:
        raise AttemptError(Attempt.PERMISSION_DENIED, program) from error
    except OSError as error:
        raise AttemptError(Attempt.TOOL_MISSING, program) from error
    with process:
        return _collect(process, program, timeout, limit)


def _collect(
    process: subprocess.Popen[bytes], program: str, timeout: float, limit: int
) -> CommandResult:
    outputs = [_Drain(process, stream, limit) for stream in (process.stdout, process.stderr)]
    try:
        code = process.wait(timeout)
    except subprocess.TimeoutExpired as error:
        _end(process)
        raise AttemptError(Attempt.TIMEOUT, program) from error
    finally:
        for output in outputs:
            output.finish()
    stdout, stderr = outputs
    flooded = stdout.flooded or stderr.flooded
    return CommandResult(code, bytes(stdout.data), bytes(stderr.data), truncated=flooded)


class _Drain:
    """Reads one output in its own thread, which works with pipes on every platform."""

    def __init__(
        self, process: subprocess.Popen[bytes], stream: IO[bytes] | None, limit: int
    ) -> None:
        self.data = bytearray()
        self.flooded = False
        self._process = process
        self._stream = stream
        self._limit = limit
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Wait for the rest; a grandchild that keeps the pipe open is ended with its group."""
        self._thread.join(_GRACE)
        if self._thread.is_alive():
            _end(self._process)
            self._thread.join(_GRACE)

    def _read(self) -> None:
        if self._stream is None:
            return
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(self._stream.fileno(), _CHUNK):
                self.data += chunk[: max(0, self._limit - len(self.data))]
                if len(self.data) >= self._limit:
                    self.flooded = True
                    _end(self._process)
                    return


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it started: its own process group, nothing else."""
    with contextlib.suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
