"""A document behind an answer: its digest, and its line in the answers file, nothing else moved.

The person's file is edited, not written anew: comments and order are theirs. Where the line
cannot be put in without touching anything else, it is handed back to be written by hand.
"""

from __future__ import annotations

import copy
import hashlib
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Final

from posture_scan.collect.answers import document_line
from posture_scan.collect.local_file import open_file, read_bytes, write_atomically
from posture_scan.collect.toml_file import LIMIT
from posture_scan.errors import UsageError
from posture_scan.model.answer import Document

LARGEST: Final = 67_108_864
"""Bytes a document may have: a scanned contract has some, a disk image is no document."""

_CHUNK: Final = 1_048_576
_HEADER: Final = re.compile(r"^\s*\[")
_INLINE: Final = re.compile(r"^\s*document\s*=\s*\{.*\}\s*$")
_HINT: Final = re.compile(r"^#\s*document\s*=\s*\{")
"""The example that the questionnaire leaves under a question: the line takes its place."""


def document_of(path: Path, dated: date, looked_at_by: str) -> Document:
    """Return what is kept of a document: its name without folders, digest, date and reader.

    Raises:
        UsageError: ``file.missing``, ``attach.unreadable``, ``attach.empty``,
            ``attach.too_large``.
    """
    digest, size = hashlib.sha256(), 0
    try:
        with open_file(path) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                digest.update(chunk)
                if size > LARGEST:
                    raise UsageError("attach.too_large", path=path, limit=LARGEST // _CHUNK)
    except FileNotFoundError as error:
        raise UsageError("file.missing", path=path) from error
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or type(error).__name__
        raise UsageError("attach.unreadable", path=path, detail=cause) from error
    if not size:
        raise UsageError("attach.empty", path=path)
    name = path.name.encode("utf-8", "replace").decode("utf-8")
    return Document(name, digest.hexdigest(), dated, looked_at_by.strip())


def write_document(path: Path, criterion: str, document: Document) -> None:
    """Put the document's line under ``[answers.CRITERION]``, in place of an earlier one.

    Raises:
        UsageError: ``attach.by_hand`` where the file's form does not allow it.
        IncompleteError: ``file.unreadable``, ``file.unwritable``.
    """
    text = read_bytes(path, LIMIT).decode("utf-8-sig")
    line = document_line(document)
    edited = _edited(text, criterion, line)
    if _table(edited) != _wanted(text, criterion, line):
        raise UsageError("attach.by_hand", path=path, criterion=criterion, line=line)
    write_atomically(path, edited.encode())


def _edited(text: str, criterion: str, line: str) -> str:
    lines = text.split("\n")
    ending = "\r" if lines[0].endswith("\r") else ""
    head = re.compile(rf"""^\s*\[\s*answers\s*\.\s*["']?{re.escape(criterion)}["']?\s*\]""")
    start = next((n for n, one in enumerate(lines) if head.match(one)), None)
    if start is None:
        added = ["", f"[answers.{criterion}]", line, ""]
        return "\n".join([*lines, *(one + ending for one in added)])
    after = range(start + 1, len(lines))
    end = next((n for n in after if _HEADER.match(lines[n])), len(lines))
    own = range(start + 1, end)
    place = next((n for n in own if _INLINE.match(lines[n])), None)
    if place is None:
        place = next((n for n in own if _HINT.match(lines[n])), None)
    if place is not None:
        lines[place] = line + ending
        return "\n".join(lines)
    last = max((n for n in own if lines[n].strip()), default=start)
    return "\n".join([*lines[: last + 1], line + ending, *lines[last + 1 :]])


def _table(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return None


def _wanted(text: str, criterion: str, line: str) -> dict[str, Any]:
    """Return the file's content with the document in it, by which the edit is judged."""
    table = copy.deepcopy(tomllib.loads(text))
    own = table.setdefault("answers", {}).setdefault(criterion, {})
    own["document"] = tomllib.loads(line)["document"]
    return table
