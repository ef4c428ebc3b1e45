"""Make a bundle: one zip for Windows with an interpreter inside, or one ``.pyz`` for the others.

The interpreter is the embeddable package that python.org publishes; whoever makes the bundle
brings it, and its SHA-256 is told so that it can be compared with the published one.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from posture_scan import __version__
from posture_scan.bundle import order as orders
from posture_scan.bundle.contents import files
from posture_scan.collect.local_file import write_atomically
from posture_scan.engine.pack_set import PackSet
from posture_scan.errors import UsageError
from posture_scan.model.scope import Scope

LARGEST: Final = 64 * 1_048_576
"""Bytes the interpreter's archive, and all that is in it, may have; the real one has 11 MiB."""

MOST_FILES: Final = 500
_STEADY: Final = (1980, 1, 1, 0, 0, 0)
"""Every file's time: the same content makes the same bundle."""

_DLL: Final = re.compile(r"python3(\d{1,2})\.dll")
_OLDEST: Final = 11
_NEEDED: Final = "python.exe"

_RUN: Final = '''"""Start the program that lies beside this file."""

import sys
from pathlib import Path

base = Path(__file__).resolve().parent
sys.path.insert(0, str(base))
sys.dont_write_bytecode = True
for stream in (sys.stdout, sys.stderr):
    if stream is not None:
        stream.reconfigure(errors="replace")

from posture_scan.bundle.start import main

sys.exit(main(sys.argv[1:], base=base, beside=base.parent))
'''

_MAIN: Final = '''"""Unpack into a folder of its own, run there, and take the folder away again."""

import os
import sys
import tempfile
import zipfile
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit("Python 3.11 or newer is needed. / Python 3.11 以上が必要です。")

archive = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
with tempfile.TemporaryDirectory(prefix="posture-scan-") as folder:
    with zipfile.ZipFile(archive) as inside:
        inside.extractall(folder)
    sys.path.insert(0, folder)
    from posture_scan.bundle.start import main

    code = main(sys.argv[1:], base=Path(folder), beside=archive.parent)
sys.exit(code)
'''

_CMD: Final = (
    "@echo off\r\n"
    "rem Reads this computer's settings and writes one file beside this one; changes nothing.\r\n"
    '"%~dp0python\\python.exe" -I -B "%~dp0app\\run.py" %*\r\n'
    "set posture_scan_code=%errorlevel%\r\n"
    'if not "%POSTURE_SCAN_NO_PAUSE%"=="1" pause\r\n'
    "exit /b %posture_scan_code%\r\n"
)


@dataclass(frozen=True)
class Built:
    """A bundle that was written."""

    path: Path
    sha256: str
    files: int
    python: str
    """SHA-256 of the interpreter's archive; empty for a ``.pyz``."""
    return_name: str


def order_for(scope: Scope, digest: str, language: str) -> orders.Order:
    """Return the order that a client's scope makes."""
    client = orders.plain_name(scope.organisation) or "client"
    return orders.Order(
        orders.SCHEMA, scope.organisation, scope.authorised_by, scope.valid_from,
        scope.valid_until, digest, f"{client}_{{computer}}.host.json", language, __version__,
    )  # fmt: skip


def build_windows(path: Path, order: orders.Order, packs: PackSet, python: Path) -> Built:
    """Write the zip for Windows: interpreter, program, and one file to start.

    Raises:
        UsageError: ``bundle.not_python``, ``bundle.unreadable_python``, ``bundle.exists``.
        IncompleteError: ``file.unwritable``.
    """
    interpreter, digest = read_interpreter(python)
    order = replace(order, python=digest)
    content = {f"python/{name}": data for name, data in interpreter.items()}
    content |= {f"app/{name}": data for name, data in _program(order, packs).items()}
    content["app/run.py"] = _RUN.encode()
    content["posture-scan.cmd"] = _CMD.encode()
    return _write(path, content, order)


def build_pyz(path: Path, order: orders.Order, packs: PackSet) -> Built:
    """Write the ``.pyz`` for a computer that has Python 3.11 or newer.

    Raises:
        UsageError: ``bundle.exists``.
        IncompleteError: ``file.unwritable``.
    """
    content = {**_program(order, packs), "__main__.py": _MAIN.encode()}
    return _write(path, content, order, start=b"#!/usr/bin/env python3\n")


def _program(order: orders.Order, packs: PackSet) -> dict[str, bytes]:
    return {**files(packs), orders.NAME: orders.to_bytes(order)}


def read_interpreter(path: Path) -> tuple[dict[str, bytes], str]:
    """Return the files of python.org's embeddable package, and its archive's SHA-256.

    Raises:
        UsageError: ``bundle.unreadable_python`` or ``bundle.not_python``.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(
            "bundle.unreadable_python", path=path, detail=error.strerror or ""
        ) from error
    if len(data) > LARGEST:
        raise UsageError("bundle.not_python", path=path)
    try:
        found = _unpacked(data)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError) as error:
        raise UsageError("bundle.not_python", path=path) from error
    versions = [int(match[1]) for name in found if (match := _DLL.fullmatch(name))]
    if _NEEDED not in found or not versions or max(versions) < _OLDEST:
        raise UsageError("bundle.not_python", path=path)
    return found, hashlib.sha256(data).hexdigest()


def _unpacked(data: bytes) -> dict[str, bytes]:
    """Read a flat archive; the embeddable package has no folders.

    Raises:
        ValueError: for one that is not flat, or larger than such a package can be.
    """
    found: dict[str, bytes] = {}
    room = LARGEST
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if len(members) > MOST_FILES:
            raise ValueError(len(members))
        for member in members:
            if "/" in member.filename or "\\" in member.filename or ".." in member.filename:
                raise ValueError(member.filename)
            with archive.open(member) as file:
                found[member.filename] = file.read(room + 1)
            room -= len(found[member.filename])
            if room < 0:
                raise ValueError(member.filename)
    return found


def _write(
    path: Path, content: Mapping[str, bytes], order: orders.Order, *, start: bytes = b""
) -> Built:
    if path.exists():
        raise UsageError("bundle.exists", path=path)
    packed = io.BytesIO()
    packed.write(start)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(content):
            entry = zipfile.ZipInfo(name, _STEADY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content[name])
    data = packed.getvalue()
    write_atomically(path, data)
    return Built(
        path, hashlib.sha256(data).hexdigest(), len(content), order.python, order.return_name
    )
