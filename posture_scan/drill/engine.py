"""What a backup engine has to do for a drill, and the one way in which it is run.

The program is taken from the system's folders under its absolute path, gets no standard input, a
deadline, a cap on its output and an environment of a few plain variables and the engine's own.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, NoReturn, Protocol

from posture_scan.collect.process import OUTPUT_LIMIT, run_program
from posture_scan.collect.programs import FOLDERS
from posture_scan.collect.redact import redact
from posture_scan.drill.canary import Canary
from posture_scan.errors import IncompleteError
from posture_scan.model.said import printable
from posture_scan.sdk import Attempt, AttemptError, CommandResult

LOCAL_FOLDERS: Final = ("/usr/local/bin", "/opt/homebrew/bin", "/snap/bin")
"""Where a system's own administrator installs engines, after the system's own folders."""

_PLAIN: Final = frozenset({
    "HOME", "USER", "LOGNAME", "SSH_AUTH_SOCK", "GNUPGHOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
    "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
    "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
})  # fmt: skip
_SAID: Final = 200
"""Letters of an engine's own complaint that are passed on."""


@dataclass(frozen=True)
class Point:
    """One restore point: a snapshot, an archive, a backup set."""

    id: str
    at: datetime
    """When it began, aware."""


class DamagedError(Exception):
    """The engine itself says that what it holds of the file is not what was saved."""


class Engine(Protocol):
    """One engine with one repository; every method may raise IncompleteError or UsageError."""

    name: str
    repository: str
    """As given, or as the engine's own variable has it."""

    def version(self) -> str:
        """Return the engine's own version, empty where it tells none."""

    def points(self) -> list[Point]:
        """List the restore points, in any order."""

    def find(self, point: Point, canaries: Sequence[Canary]) -> dict[str, str]:
        """Return where a restore point holds which of the files, by their names.

        Raises:
            DamagedError: when files were not found and the engine says that it is damaged.
        """

    def restore(self, point: Point, inside: str, folder: Path) -> Path:
        """Bring the file back below an empty folder and return where it is now.

        Raises:
            DamagedError: when the engine says that its data are damaged.
        """


class Runner:
    """Runs one engine's program until a common deadline."""

    def __init__(
        self,
        name: str,
        variables: tuple[str, ...],
        *,
        environment: Mapping[str, str],
        scratch: Path,
        seconds: float,
        folders: tuple[str, ...] | None = None,
    ) -> None:
        """Prepare to run.

        Args:
            name: the program.
            variables: beginnings of the names of the engine's own variables.
            environment: the caller's; only what is named here goes on.
            scratch: folder for what the engine writes beside, ours and taken away in the end.
            seconds: for all runs together.
            folders: where programs lie, instead of the system's folders.
        """
        self.name = name
        self.seconds = seconds
        self.environment = environment
        self._folders = system_folders() if folders is None else folders
        self._passed = _passed_on(environment, variables) | {
            "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "TZ": "UTC", "TMPDIR": str(scratch),
            "PATH": os.pathsep.join(self._folders),
        }  # fmt: skip
        self._deadline = time.monotonic() + seconds

    def run(
        self, *arguments: str, folder: Path | None = None, limit: int = OUTPUT_LIMIT
    ) -> CommandResult:
        """Run the program once.

        Raises:
            IncompleteError: ``drill.no_engine``, ``drill.timeout``, ``drill.too_much_output``.
        """
        left = self._deadline - time.monotonic()
        try:
            result = run_program(
                self._program(), arguments, environment=self._passed, timeout=max(left, 0.001),
                limit=limit, folder=str(folder or os.sep),
            )  # fmt: skip
        except AttemptError as error:
            if error.attempt is Attempt.TIMEOUT:
                raise IncompleteError(
                    "drill.timeout", engine=self.name, seconds=int(self.seconds)
                ) from error
            raise IncompleteError("drill.no_engine", engine=self.name) from error
        if result.truncated:
            raise IncompleteError("drill.too_much_output", engine=self.name)
        return result

    def complain(self, result: CommandResult) -> NoReturn:
        """Give up with the engine's own last words, secrets taken out.

        Raises:
            IncompleteError: ``drill.engine_failed``.
        """
        said = last_words(result.stderr) or last_words(result.stdout)
        raise IncompleteError("drill.engine_failed", engine=self.name, code=result.code, said=said)

    def _program(self) -> str:
        for folder in self._folders:
            path = Path(folder, self.name)
            if path.is_file() and os.access(path, os.X_OK):
                return str(path)
        raise IncompleteError("drill.no_engine", engine=self.name)


def system_folders() -> tuple[str, ...]:
    """Return where engines may lie; the user's PATH and the current folder are never asked."""
    platform = "darwin" if sys.platform == "darwin" else "linux"
    return (*FOLDERS[platform], *LOCAL_FOLDERS)


def last_words(output: bytes) -> str:
    """Return the last line that says something, without what looks like a secret."""
    lines = [line for line in redact(output[-4096:])[0].splitlines() if line.strip(b" .=")]
    return printable(lines[-1].decode("utf-8", "replace"), _SAID) if lines else ""


def _passed_on(environment: Mapping[str, str], variables: tuple[str, ...]) -> dict[str, str]:
    return {
        name: value for name, value in environment.items()
        if name in _PLAIN or name.startswith(variables)
    }  # fmt: skip
