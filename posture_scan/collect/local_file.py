"""Files of the person who runs the program: read within bounds, replaced in one step."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path
from typing import BinaryIO

from posture_scan.errors import IncompleteError, UsageError


def open_file(path: Path) -> BinaryIO:
    """Open a file for reading; a pipe or device might never end, or never begin.

    Raises:
        OSError: as ``open`` does, and ``EINVAL`` for whatever is no plain file.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags | getattr(os, "O_CLOEXEC", 0))
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(handle, "rb")
    os.close(handle)
    wrong = errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL
    raise OSError(wrong, os.strerror(wrong), str(path))


def read_bytes(path: Path, limit: int) -> bytes:
    """Return a file's bytes, refusing more than ``limit`` of them.

    Raises:
        IncompleteError: ``file.unreadable``.
        UsageError: ``file.missing``, ``file.too_large``.
    """
    try:
        with open_file(path) as stream:
            data = stream.read(limit + 1)
    except FileNotFoundError as error:
        raise UsageError("file.missing", path=str(path)) from error
    except (OSError, ValueError) as error:
        raise IncompleteError("file.unreadable", path=str(path), detail=str(error)) from error
    if len(data) > limit:
        raise UsageError("file.too_large", path=str(path), limit=limit)
    return data


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file in one step: a reader sees the old bytes or the new, never half of them.

    Raises:
        IncompleteError: ``file.unwritable``.
    """
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise IncompleteError("file.unwritable", path=str(path), detail=str(error)) from error
