"""Look-up of sentences by id in the reader's language.

Sentences stand in ``<room>.<language>.toml`` beside this module, as nested tables; the id is
the path through them joined by dots. Values are filled in by ``str.format_map``.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any, Final

LANGUAGES: Final = ("ja", "en")


class Catalog:
    """The sentences of one language: ``Catalog("ja")("report.title", name="…")``."""

    def __init__(self, language: str) -> None:
        """Load the words of ``ja`` or ``en``; any other language reads as English."""
        self.language = language if language in LANGUAGES else "en"
        self._words = _load(self.language)

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the sentence with its values filled in; a missing one shows its id."""
        template = self._words.get(key)
        if template is None:
            details = " ".join(f"{name}={value}" for name, value in values.items())
            return f"{key} {details}".strip()
        return fill(template, values)

    def __contains__(self, key: str) -> bool:
        """Tell whether the sentence exists."""
        return key in self._words

    def keys(self) -> frozenset[str]:
        """All ids of this language, for the test that compares the two."""
        return frozenset(self._words)


class _Values(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def fill(template: str, values: dict[str, object]) -> str:
    """Put values into a sentence; a value that is not there stays visible as ``{name}``."""
    return template.format_map(_Values(values))


@cache
def _load(language: str) -> dict[str, str]:
    words: dict[str, str] = {}
    for file in sorted(resources.files(__package__).iterdir(), key=lambda item: item.name):
        if file.name.endswith(f".{language}.toml"):
            _flatten(tomllib.loads(file.read_text("utf-8")), "", words)
    return words


def _flatten(table: dict[str, Any], prefix: str, into: dict[str, str]) -> None:
    for key, value in table.items():
        path = f"{prefix}.{key}" if prefix else key
        if isinstance(value, dict):
            _flatten(value, path, into)
        else:
            into[path] = str(value)
