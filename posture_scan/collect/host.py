"""The computer the program runs on, read and never changed: files and a few programs.

Nothing is opened for writing, and no program outside ``programs.PROGRAMS`` is started. A place
that may not be looked into is an AttemptError, never an empty answer.
"""

from __future__ import annotations

import fnmatch
import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePath
from typing import BinaryIO, Final

from posture_scan.collect.process import run_program
from posture_scan.collect.programs import FOLDERS, is_permitted
from posture_scan.sdk import (
    Attempt,
    AttemptError,
    CommandResult,
    FileInfo,
    RegistryData,
    SystemRow,
)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_USER: Final = 1000
"""Accounts of people begin here (UID_MIN of Debian, Red Hat and SUSE); 65534 is ``nobody``."""
_NOBODY: Final = 65_534
_PASSWD_FIELDS: Final = 7
_WILD: Final = re.compile(r"[*?\[]")
_HOMES: Final[Mapping[str, str]] = {"darwin": "/Users/*", "windows": "C:\\Users\\*"}


class LocalHost:
    """The computer the program runs on, or a folder that stands for its ``/`` in a test."""

    def __init__(
        self,
        now: datetime,
        *,
        root: str = "",
        homes: tuple[str, ...] | None = None,
        elevated: bool | None = None,
        folders: tuple[str, ...] | None = None,
    ) -> None:
        """Prepare to read.

        Args:
            now: the moment of this collection, aware.
            root: folder put before every path; programs still see the real computer.
            homes: home directories to report instead of those of this user or system.
            elevated: instead of asking the system whether it runs as administrator.
            folders: where programs lie, instead of the system's own folders.
        """
        self.platform = {"win32": "windows", "darwin": "darwin"}.get(sys.platform, "linux")
        self.now = now.astimezone(UTC)
        self.elevated = _is_elevated() if elevated is None else elevated
        self._root = root.rstrip("/")
        self._homes = homes
        self._said: dict[tuple[str, ...], CommandResult | AttemptError] = {}
        self._folders = FOLDERS[self.platform] if folders is None else folders

    def run(self, argv: tuple[str, ...], *, timeout: float = 5.0) -> CommandResult:
        """Run one of the permitted programs, once, under its absolute path and in plain English."""
        if not is_permitted(argv):
            raise AttemptError(Attempt.OUT_OF_SCOPE, f"not a permitted command: {argv[:2]}")
        if argv not in self._said:
            try:
                self._said[argv] = self._started(argv, timeout)
            except AttemptError as error:
                self._said[argv] = error
        said = self._said[argv]
        if isinstance(said, AttemptError):
            raise AttemptError(said.attempt, said.detail)
        return said

    def _started(self, argv: tuple[str, ...], timeout: float) -> CommandResult:
        program = self._find(argv[0])
        return run_program(program, argv[1:], environment=self._environment(), timeout=timeout)

    def read(self, path: str, *, limit: int = 1_048_576) -> bytes:
        """Return a regular file's whole content; one longer than the limit is an error."""
        with _told(path), self._opened(path) as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise AttemptError(Attempt.LIMIT_REACHED, path)
        return data

    def head(self, path: str, *, lines: int, limit: int = 4096) -> bytes:
        """Return a regular file's first lines."""
        with _told(path), self._opened(path) as file:
            data = file.read(limit)
        found = data.splitlines(keepends=True)[:lines]
        whole = len(found) == lines and found[-1].endswith(b"\n")
        if len(data) == limit and not whole:
            raise AttemptError(Attempt.LIMIT_REACHED, path)
        return b"".join(found)

    def select(self, path: str, statement: str, *, limit: int = 10_000) -> tuple[SystemRow, ...]:
        """Return what one ``SELECT`` finds in a SQLite file."""
        from posture_scan.collect import sqlite_file

        with _told(path), self._opened(path):
            return sqlite_file.select(self._real(path), statement, limit=limit)

    def stat(self, path: str) -> FileInfo:
        """Return size, mode and time of a path, following links."""
        with _told(path):
            return _info(path, Path(self._real(path)).stat())

    def glob(self, pattern: str, *, limit: int = 1000) -> tuple[FileInfo, ...]:
        """List what matches; ``**`` is not known. A folder that is not there holds nothing.

        Raises:
            AttemptError: permission_denied when any folder on the way may not be listed,
                limit_reached when more matches than the limit.
        """
        found: list[FileInfo] = []
        for path in self._matches(pattern):
            if len(found) >= limit:
                raise AttemptError(Attempt.LIMIT_REACHED, pattern)
            with _told(path):
                try:
                    found.append(_info(path, Path(self._real(path)).stat()))
                except (FileNotFoundError, NotADirectoryError):  # a dangling link
                    continue
        return tuple(sorted(found, key=lambda info: info.path))

    def homes(self) -> tuple[str, ...]:
        """Return this user's home, or as administrator everyone's."""
        if self._homes is not None:
            return self._homes
        if not self.elevated:
            return (_own_home(),)
        if self.platform in _HOMES:
            return tuple(info.path for info in self.glob(_HOMES[self.platform]) if info.is_dir)
        return self._passwd_homes()

    def registry(self, key: str, name: str) -> RegistryData:
        """Return one value of Windows' registry."""
        if sys.platform != "win32":
            raise AttemptError(Attempt.TOOL_MISSING, key)
        from posture_scan.collect import windows_registry

        return windows_registry.value(key, name)

    def registry_keys(self, key: str) -> tuple[str, ...]:
        """Return the names of a key's sub-keys."""
        if sys.platform != "win32":
            raise AttemptError(Attempt.TOOL_MISSING, key)
        from posture_scan.collect import windows_registry

        return windows_registry.sub_keys(key)

    def system(self, question: str, subject: str = "") -> tuple[SystemRow, ...]:
        """Ask Windows through its own programming interface."""
        if sys.platform != "win32":
            raise AttemptError(Attempt.TOOL_MISSING, question)
        from posture_scan.collect import windows_system

        return windows_system.answer(question, subject)

    def _passwd_homes(self) -> tuple[str, ...]:
        lines = self.read("/etc/passwd").decode("utf-8", "replace").splitlines()
        homes: dict[str, None] = {}
        for line in lines:
            parts = line.split(":")
            if len(parts) != _PASSWD_FIELDS or not parts[2].isdigit():
                continue
            number = int(parts[2])
            if (number == 0 or _FIRST_USER <= number != _NOBODY) and parts[5].startswith("/"):
                homes[parts[5].rstrip("/")] = None
        return tuple(home for home in homes if home and Path(self._real(home)).is_dir())

    @contextmanager
    def _opened(self, path: str) -> Iterator[BinaryIO]:
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
        handle = os.open(self._real(path), flags | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise AttemptError(Attempt.TOOL_MISSING, f"not a regular file: {path}")
            yield file

    def _real(self, path: str) -> str:
        if "\0" in path:
            raise AttemptError(Attempt.TOOL_MISSING, "a path with a zero byte")
        return self._root + path

    def _find(self, name: str) -> str:
        file = f"{name}.exe" if self.platform == "windows" else name
        for folder in self._folders:
            path = Path(folder, file)
            if path.is_file() and os.access(path, os.X_OK):
                return str(path)
        raise AttemptError(Attempt.TOOL_MISSING, name)

    def _environment(self) -> dict[str, str]:
        """Nothing of the caller's environment: plain English, UTC, no colours, no pager."""
        fixed = {
            "LC_ALL": "C", "LANG": "C", "TZ": "UTC", "PATH": os.pathsep.join(self._folders),
            "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": "", "PAGER": "cat",
        }  # fmt: skip
        if self.platform == "windows":
            fixed |= {"SystemRoot": "C:\\Windows", "SystemDrive": "C:"}
        return fixed

    def _matches(self, pattern: str) -> Iterator[str]:
        pure = PurePath(pattern)
        return self._walk(pure.anchor, pure.parts[1:])

    def _walk(self, folder: str, parts: tuple[str, ...]) -> Iterator[str]:
        if not parts:
            yield folder
            return
        first, rest = parts[0], parts[1:]
        if not _WILD.search(first):
            yield from self._walk(str(Path(folder, first)), rest)
            return
        for name in self._names(folder):
            if fnmatch.fnmatchcase(name, first) and (first[0] == "." or name[0] != "."):
                yield from self._walk(str(Path(folder, name)), rest)

    def _names(self, folder: str) -> list[str]:
        with _told(folder):
            try:
                return sorted(item.name for item in Path(self._real(folder)).iterdir())
            except (FileNotFoundError, NotADirectoryError):
                return []
            except OSError:  # Wine has another number for what is no folder
                if Path(self._real(folder)).is_file():
                    return []
                raise


class _told:  # noqa: N801 -- reads as a word in a with statement
    """Turns the system's errors into the attempts a collector knows."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, PermissionError):
            raise AttemptError(Attempt.PERMISSION_DENIED, self._path) from error
        if isinstance(error, FileNotFoundError | NotADirectoryError | IsADirectoryError):
            raise AttemptError(Attempt.TOOL_MISSING, self._path) from error
        if isinstance(error, OSError):  # a disk or a share that fails is no missing file
            raise AttemptError(Attempt.PROTOCOL_MISMATCH, self._path) from error


def _info(path: str, result: os.stat_result) -> FileInfo:
    return FileInfo(
        path=path,
        size=result.st_size,
        mode=stat.S_IMODE(result.st_mode),
        modified=_EPOCH + timedelta(microseconds=result.st_mtime_ns // 1000),
        is_dir=stat.S_ISDIR(result.st_mode),
        device=result.st_dev,
    )


def _own_home() -> str:
    """Return this user's home from the accounts, not from a variable that sudo may have kept."""
    if sys.platform == "win32":
        return str(Path.home())
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_dir
    except KeyError:
        return str(Path.home())


def _is_elevated() -> bool:
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.shell32.IsUserAnAdmin())
    return os.geteuid() == 0
