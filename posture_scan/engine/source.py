"""A pack's files before anything of it is run: its digest and what it must not import.

The import rule keeps honest packs honest (every socket and file goes through ``net`` and
``host``, so scope and limits hold); it is no sandbox against a hostile one. Who installs a
pack trusts its author as with any program.
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Final

FORBIDDEN: Final = frozenset(
    {
        "asyncio", "ctypes", "ftplib", "http", "httpx", "imaplib", "multiprocessing", "nmap",
        "os", "poplib", "requests", "selectors", "shutil", "smtplib", "socket", "socketserver",
        "ssl", "subprocess", "telnetlib", "urllib", "urllib3",
    }
)  # fmt: skip
"""Modules that reach the network or the computer past ``net`` and ``host``."""


_MAY_IMPORT: Final = re.compile(
    rb"\b(?:import|from)\b[^\n]*\b(?:%s)\b|\\\r?\n|coding[:=]"
    % "|".join(sorted(FORBIDDEN)).encode()
)
"""What a file that imports one of them must hold, read as Python reads names: its name behind
``import`` or ``from`` in one line, a line that goes on in the next, or another encoding. Only such
files are parsed: that is much of the work of loading."""


def pack_files(folder: Path) -> tuple[Path, ...]:
    """List a pack's own files in a fixed order, without caches and hidden files."""
    found = []
    for base, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _ignored(name)]
        found += [Path(base, name) for name in names if not _ignored(name)]
    return tuple(path for path in sorted(found) if path.is_file())


def _ignored(name: str) -> bool:
    return name.startswith(".") or name == "__pycache__" or name.endswith(".pyc")


def contents(folder: Path) -> dict[PurePath, bytes]:
    """Read a pack's own files, by their names within it; what is judged is read only once."""
    return {path.relative_to(folder): path.read_bytes() for path in pack_files(folder)}


def digest(files: Mapping[PurePath, bytes]) -> str:
    """Return the SHA-256 over every file's relative name and content digest, as hex."""
    total = hashlib.sha256()
    for path, content in files.items():
        total.update(f"{path.as_posix()}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return total.hexdigest()


def forbidden_import(files: Mapping[PurePath, bytes]) -> str:
    """Return ``file:line module`` of the first forbidden import, or an empty string.

    Raises:
        SyntaxError: when a file of the pack is not Python.
    """
    for path, source in files.items():
        if path.suffix != ".py" or not _may_import(source):
            continue
        for node in ast.walk(ast.parse(source, filename=path.name)):
            for module in _imported(node):
                if module.split(".")[0] in FORBIDDEN:
                    return f"{path.name}:{getattr(node, 'lineno', 0)} {module}"
    return ""


def _may_import(source: bytes) -> bool:
    if not source.isascii():
        try:
            source = unicodedata.normalize("NFKC", source.decode("utf-8")).encode()
        except UnicodeDecodeError:
            return True
    return _MAY_IMPORT.search(source) is not None


def _imported(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.Import):
        return tuple(alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return (node.module or "",)
    return ()
