"""A profile to start from: a copy of another under a new name, with comments that explain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from importlib import resources
from typing import Final

from posture_scan.errors import UsageError
from posture_scan.rating.load import list_profiles, load_profile, parse_profile, profile_source

ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
VERSION: Final = "0.1.0"
VALID_DAYS: Final = 365
EXPLAINED: Final = (
    "minimum_set", "evidence", "limits", "rounding", "premium", "premium.estimate", "schedule",
    "validity", "grades", "renewal", "referral.critical", "sources", "groups", "certificates",
    "facts", "criteria", "criteria.machine", "criteria.question", "examples",
)  # fmt: skip
"""Keys and tables that have a comment of their own."""

_SCHEMA: Final = "#:schema ./schema.json"
_HEADER: Final = re.compile(r"\s*\[\[?\s*([\w.-]+)\s*\]")
_KEY: Final = re.compile(r"([\w-]+)\s*=")


def starter() -> str:
    """Return the text of a small profile of three criteria."""
    file = resources.files("posture_scan.rating") / "starter.toml"
    return file.read_text("utf-8")


def source_of_kind(kind: str) -> str:
    """Return the text of the first built-in profile of a kind.

    Raises:
        UsageError: no built-in profile is of this kind.
    """
    kinds = {name: load_profile(name).kind for name in list_profiles()}
    for name, known in kinds.items():
        if known == kind:
            return profile_source(name)
    raise UsageError("profiles.kind", kind=kind, known=", ".join(sorted(set(kinds.values()))))


def draft(source: str, name: str, today: date, comments: Mapping[str, tuple[str, ...]]) -> str:
    """Return a profile's text under a new id: version 0.1.0, illustrative, valid for a year.

    ``comments`` holds lines by key or table of ``EXPLAINED``, and those of the head under ``""``.

    Raises:
        UsageError: the id has the wrong form or is taken, or the text cannot be rewritten.
        MistakesError: the source has mistakes.
    """
    if not ID.fullmatch(name):
        raise UsageError("profiles.bad_id", id=name)
    if name in list_profiles():
        raise UsageError("profiles.id_taken", id=name)
    values = {
        "id": f'"{name}"',
        "version": f'"{VERSION}"',
        "status": '"illustrative"',
        "valid_from": today.isoformat(),
        "valid_until": (today + timedelta(days=VALID_DAYS)).isoformat(),
    }
    lines = [_SCHEMA, *_comment(comments.get("", ())), ""]
    lines += _explained(_renamed(_without_head(source), values), comments)
    text = "\n".join(lines).rstrip("\n") + "\n"
    if parse_profile(text, f"{name}.toml").id != name:
        raise UsageError("profiles.cannot_copy", id=name)
    return text


def _without_head(source: str) -> list[str]:
    """Leave out the comments a file begins with: they speak of the original."""
    lines = source.splitlines()
    start = next((n for n, line in enumerate(lines) if line and not line.startswith("#")), 0)
    return lines[start:]


def _renamed(lines: list[str], values: Mapping[str, str]) -> Iterator[str]:
    top = True
    for line in lines:
        top = top and not line.startswith("[")
        key = _KEY.match(line)
        yield f"{key[1]} = {values[key[1]]}" if top and key and key[1] in values else line


def _explained(lines: Iterator[str], comments: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Put each comment before the first line it speaks of."""
    due = {name: _comment(comments.get(name, ())) for name in EXPLAINED}
    top = True
    for line in lines:
        header = _HEADER.match(line)
        top = top and header is None
        key = _KEY.match(line) if top else None
        name = header[1] if header else key[1] if key else ""
        yield from due.pop(name, ())
        yield line


def _comment(lines: tuple[str, ...]) -> list[str]:
    return [f"# {line}".rstrip() for line in lines]
