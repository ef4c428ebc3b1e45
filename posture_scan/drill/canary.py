"""The canary: one small file of random content that explains itself in its first line."""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from posture_scan.collect.local_file import open_file

PREFIX: Final = "posture-scan-drill-"
SIZE: Final = 4096
"""Bytes: more than any engine would keep in its metadata, and nothing to a disk."""
LARGEST: Final = 1_048_576
"""Bytes of a restored file that are looked at; a larger one is not what was sealed."""

FIRST_LINE: Final = (
    "posture-scan: バックアップの復元訓練用のファイルです。訓練の後は消してかまいません。 / "
    "A file for a restore drill of the backup. It may be deleted after the drill.\n"
)
_LINE: Final = 76
_READABLE: Final = 0o644
"""The backup may run as another user and must be able to read the file; it holds no secret."""


@dataclass(frozen=True)
class Canary:
    """One sealed file as the seal record knows it."""

    folder: str
    """Absolute, without links on the way."""
    name: str
    size: int
    sha256: str
    nonce: str

    @property
    def path(self) -> Path:
        """Where it was put."""
        return Path(self.folder, self.name)


def make(folder: Path, random: bytes) -> tuple[Canary, bytes]:
    """Return a canary for a folder, and its content, made from ``SIZE`` random bytes."""
    nonce = random[:32].hex()
    head = FIRST_LINE + f"nonce: {nonce}\n"
    letters = base64.b64encode(random[32:]).decode("ascii")
    lines = "\n".join(letters[at : at + _LINE] for at in range(0, len(letters), _LINE))
    content = (head + lines).encode()[: SIZE - 1] + b"\n"
    name = f"{PREFIX}{random[:4].hex()}.txt"
    digest = hashlib.sha256(content).hexdigest()
    return Canary(str(folder), name, len(content), digest, nonce), content


def write(canary: Canary, content: bytes) -> None:
    """Write a canary into its folder; nothing that is there is touched, no link is followed.

    Raises:
        OSError: as the system gives it; then nothing was left behind.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(canary.path, flags | getattr(os, "O_BINARY", 0), _READABLE)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        canary.path.unlink(missing_ok=True)
        raise


def digest_of(path: Path) -> tuple[str, int]:
    """Return SHA-256 and size of a plain file that is no link.

    Raises:
        OSError: also for a link and for whatever is no plain file; ``EFBIG`` when too large.
    """
    if stat.S_ISLNK(path.lstat().st_mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    with open_file(path) as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return hashlib.sha256(data).hexdigest(), len(data)


def remove(canary: Canary) -> str:
    """Take a canary away; returns ``removed``, ``gone``, or ``kept`` where it is not as sealed."""
    try:
        if digest_of(canary.path) != (canary.sha256, canary.size):
            return "kept"
        canary.path.unlink()
    except FileNotFoundError:
        return "gone"
    except OSError:
        return "kept"
    return "removed"
