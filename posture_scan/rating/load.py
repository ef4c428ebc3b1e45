"""From a profile's name or file to a ``Profile``, or to every mistake in it."""

from __future__ import annotations

import dataclasses
import hashlib
import tomllib
from datetime import date
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any, Final

from posture_scan.collect.local_file import open_file
from posture_scan.errors import UsageError
from posture_scan.mistakes import Mistake, MistakesError
from posture_scan.model import codec
from posture_scan.rating.form.mistakes import form_mistakes, syntax_mistake
from posture_scan.rating.lint.relations import doubts, relations, surroundings
from posture_scan.rating.profile import Profile
from posture_scan.toml_lines import Outline

SIZE_LIMIT: Final = 1_048_576
"""Bytes; the largest profile that is read (``jp-sme`` has some 40,000)."""


def list_profiles() -> tuple[str, ...]:
    """Return the names of the profiles that ship with the program, sorted."""
    folder = resources.files("posture_scan.profiles")
    names = (item.name for item in folder.iterdir() if item.name.endswith(".toml"))
    return tuple(sorted(name.removesuffix(".toml") for name in names))


def load_profile(name_or_path: str) -> Profile:
    """Read a built-in profile by its name, or an insurer's own by the path of its file.

    Raises:
        UsageError: there is no such profile, or the file cannot be read.
        MistakesError: the file has mistakes; each is named with its line.
    """
    file, data = _read(name_or_path)
    profile, mistakes, _ = _judge(file, data)
    if profile is None or mistakes:
        raise MistakesError(sorted(mistakes))
    return profile


def lint_profile(
    name_or_path: str, *, known_checks: frozenset[str] | None = None, today: date | None = None
) -> tuple[Mistake, ...]:
    """Return every mistake of a profile, also those that do not keep it from loading.

    With ``known_checks`` a check that no pack has is a mistake; with ``today`` so is a profile
    that is not valid on that day.

    Raises:
        UsageError: there is no such profile, or the file cannot be read.
    """
    return review_profile(name_or_path, known_checks=known_checks, today=today).mistakes


@dataclasses.dataclass(frozen=True)
class Review:
    """What is wrong with a profile, and what is worth a second look; in the order of lines."""

    file: str
    mistakes: tuple[Mistake, ...]
    warnings: tuple[Mistake, ...]


def review_profile(
    name_or_path: str, *, known_checks: frozenset[str] | None = None, today: date | None = None
) -> Review:
    """Return the mistakes of ``lint_profile``, and figures whose origin is not shown.

    Raises:
        UsageError: there is no such profile, or the file cannot be read.
    """
    file, data = _read(name_or_path)
    profile, mistakes, outline = _judge(file, data)
    if profile is None or outline is None:
        return Review(file, tuple(sorted(mistakes)), ())
    mistakes += surroundings(file, outline, profile, known_checks, today)
    return Review(file, tuple(sorted(mistakes)), tuple(sorted(doubts(file, outline, profile))))


def profile_source(name_or_path: str) -> str:
    """Return the text of a profile that can be used.

    Raises:
        UsageError: there is no such profile, or the file cannot be read.
        MistakesError: the file has mistakes; each is named with its line.
    """
    load_profile(name_or_path)
    return _read(name_or_path)[1].decode("utf-8")


def parse_profile(text: str, file: str = "profile.toml") -> Profile:
    """Read a profile from text; ``file`` is the name its mistakes are reported under.

    Raises:
        MistakesError: the text has mistakes; each is named with its line.
    """
    profile, mistakes, _ = _judge(file, text.encode("utf-8"))
    if profile is None or mistakes:
        raise MistakesError(sorted(mistakes))
    return profile


def _read(name_or_path: str) -> tuple[str, bytes]:
    if name_or_path in list_profiles():
        file = resources.files("posture_scan.profiles") / f"{name_or_path}.toml"
        return f"{name_or_path}.toml", file.read_bytes()
    known = ", ".join(list_profiles())
    try:
        with open_file(Path(name_or_path)) as stream:
            data = stream.read(SIZE_LIMIT + 1)
    except FileNotFoundError as error:
        if name_or_path.endswith(".toml") or len(Path(name_or_path).parts) > 1:
            raise UsageError("file.missing", path=name_or_path) from error
        raise UsageError("profile.not_found", profile=name_or_path, known=known) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError("profile.unreadable", profile=name_or_path, reason=reason) from error
    if len(data) > SIZE_LIMIT:
        raise UsageError("profile.too_large", profile=name_or_path, limit=SIZE_LIMIT)
    return name_or_path, data


def _judge(file: str, data: bytes) -> tuple[Profile | None, tuple[Mistake, ...], Outline | None]:
    try:
        text = data.decode("utf-8")
        table = tomllib.loads(text, parse_float=Decimal)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return None, (Mistake(file, line, "profile.not_utf8"),), None
    except (ValueError, ArithmeticError, RecursionError) as error:
        return None, (syntax_mistake(file, error),), None
    outline = Outline(text)
    frozen, mistakes = _freeze(file, outline, table)
    if frozen is None:
        return None, mistakes, outline
    profile = dataclasses.replace(frozen, digest=hashlib.sha256(data).hexdigest())
    return profile, relations(file, outline, profile), outline


def _freeze(
    file: str, outline: Outline, table: dict[str, Any]
) -> tuple[Profile | None, tuple[Mistake, ...]]:
    from pydantic import ValidationError

    from posture_scan.rating.form.kinds import KINDS, completed

    kind = table.get("kind")
    if kind is None:
        kinds = {"expected": ", ".join(KINDS)}
        return None, (Mistake(file, 1, "profile.no_kind", kinds),)
    if not isinstance(kind, str) or kind not in KINDS:
        given = str(kind)[:40] or '""'
        values = {"where": "kind", "given": given, "expected": ", ".join(KINDS)}
        return None, (Mistake(file, outline.line(("kind",)), "profile.not_one_of", values),)
    form = KINDS[kind]
    try:
        model = form.model_validate(table)
    except ValidationError as error:
        return None, form_mistakes(file, outline, form, error.errors())
    profile: Profile = codec.decode(Profile, completed(model.model_dump(mode="json")))
    return profile, ()
