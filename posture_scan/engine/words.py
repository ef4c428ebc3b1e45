"""The words and figures that stand beside a check in its subject's TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from posture_scan.model.finding import Severity
from posture_scan.model.words import CheckWords

LANGUAGES: Final = ("ja", "en")


class WordsError(ValueError):
    """A check's table is missing or lacks something; the message names what and where."""


@dataclass(frozen=True)
class CheckMeta:
    """Severity, effort and words of one check."""

    severity: Severity
    effort_hours: str
    """Hours of an IT contractor for one asset, as decimal text."""
    words: dict[str, CheckWords]
    references: tuple[str, ...] = field(default=())


def read_subject(path: Path) -> dict[str, CheckMeta]:
    """Read ``<subject>.toml``: one table per check, both languages in each.

    Raises:
        WordsError: naming file, table and what is missing.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WordsError(f"{path.name}: {error}") from error
    return {
        name: _meta(f"{path.name} [{name}]", table)
        for name, table in tables.items()
        if isinstance(table, dict) and "severity" in table
    }


def _meta(where: str, table: dict[str, Any]) -> CheckMeta:
    effort = str(table.get("effort_hours", "0"))
    try:
        severity = Severity(table["severity"])
        Decimal(effort)
    except (ValueError, InvalidOperation) as error:
        raise WordsError(f"{where}: {error}") from error
    words = {language: _words(where, language, table) for language in LANGUAGES}
    for part in ("reasons", "terms"):
        if set(getattr(words["ja"], part)) != set(getattr(words["en"], part)):
            raise WordsError(f"{where}: the {part} of ja and en differ")
    return CheckMeta(severity, effort, words, tuple(table.get("references", ())))


def _words(where: str, language: str, table: dict[str, Any]) -> CheckWords:
    part = table.get(language)
    if not isinstance(part, dict) or not part.get("title"):
        raise WordsError(f"{where}: no title in {language}")
    reasons, terms = (
        {str(key): str(text) for key, text in dict(part.get(name, {})).items()}
        for name in ("reasons", "terms")
    )
    title, why, fix, verify = (str(part.get(n, "")) for n in ("title", "why", "fix", "verify"))
    return CheckWords(title, why, fix, verify, reasons, terms, str(table["severity"]))
