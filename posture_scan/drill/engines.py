"""The engines that a drill knows."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from posture_scan.drill import borg, duplicity, restic, rsnapshot
from posture_scan.drill.engine import Engine, Runner
from posture_scan.errors import UsageError

ENGINES: Final[Mapping[str, tuple[Callable[[Runner, str], Engine], tuple[str, ...]]]] = {
    "restic": (restic.Restic, restic.VARIABLES),
    "borg": (borg.Borg, borg.VARIABLES),
    "duplicity": (duplicity.Duplicity, duplicity.VARIABLES),
    "rsnapshot": (rsnapshot.Rsnapshot, rsnapshot.VARIABLES),
}
"""How each is made, and the beginnings of its own variables."""

_NAMED_BY: Final = {
    "restic": ("RESTIC_REPOSITORY", "RESTIC_REPOSITORY_FILE"), "borg": ("BORG_REPO",),
}  # fmt: skip
"""Variables by which an engine knows its repository without being told."""

_PASSWORD: Final = re.compile(
    r"://[^/@\s:]*:[^/@\s]+@|[?&;][a-z_-]*(?:key|secret|token|password)=", re.IGNORECASE
)
"""A password in an address; every user of the computer can see command lines."""


def engine(
    name: str, repository: str, *, environment: Mapping[str, str], scratch: Path, seconds: float,
    folders: tuple[str, ...] | None = None,
) -> Engine:  # fmt: skip
    """Prepare an engine with its repository; nothing is run yet.

    Raises:
        UsageError: ``drill.no_address``, ``drill.password_in_address``, ``drill.by_hand_only``.
    """
    if os.name != "posix":
        raise UsageError("drill.by_hand_only")
    if _PASSWORD.search(repository):
        raise UsageError("drill.password_in_address")
    if not repository and not any(environment.get(var) for var in _NAMED_BY.get(name, ())):
        raise UsageError("drill.no_address", engine=name)
    make, variables = ENGINES[name]
    runner = Runner(
        name, variables, environment=environment, scratch=scratch, seconds=seconds, folders=folders
    )
    return make(runner, absolute(repository))


def absolute(repository: str) -> str:
    """Return a folder's full path, because engines are not run in the caller's folder."""
    if not repository:
        return ""
    is_address = ":" in repository.partition("/")[0] and not repository.startswith("-")
    return repository if is_address else str(Path(repository).expanduser().absolute())
