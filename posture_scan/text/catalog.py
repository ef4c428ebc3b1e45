"""Look-up of sentences by id in the reader's language.

Sentences stand in ``<room>.<language>.toml`` beside this module, as nested tables; the id is
the path through them joined by dots. Values are filled in by ``str.format_map``.
"""

from __future__ import annotations

import pkgutil
import tomllib
from functools import cache
from typing import Any, Final

LANGUAGES: Final = ("ja", "en")


class Catalog:
    """The sentences of one language: ``Catalog("ja")("report.title", name="…")``."""

    def __init__(self, language: str) -> None:
        """Speak ``ja`` or ``en``; any other language reads as English."""
        self.language = language if language in LANGUAGES else "en"

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the sentence with its values filled in; a missing one shows its id."""
        template = self.template(key)
        if template is None:
            details = " ".join(f"{name}={value}" for name, value in values.items())
            return f"{key} {details}".strip()
        return fill(template, values)

    def template(self, key: str) -> str | None:
        """Return the sentence before its values are filled in, or None.

        The room that a key begins with is read first: printing help must not read every file.
        """
        room = key.partition(".")[0]
        return _room(room, self.language).get(key) or _all(self.language).get(key)

    def __contains__(self, key: str) -> bool:
        """Tell whether the sentence exists."""
        return self.template(key) is not None

    def ids(self) -> frozenset[str]:
        """All ids of this language, for the test that compares the two."""
        return frozenset(_all(self.language))


class _Values(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def fill(template: str, values: dict[str, object]) -> str:
    """Put values into a sentence; a value that is not there stays visible as ``{name}``."""
    return template.format_map(_Values(values))


@cache
def _room(room: str, language: str) -> dict[str, str]:
    # pkgutil reads from a folder and from a zip alike, and costs less at start-up than
    # importing importlib.resources does.
    words: dict[str, str] = {}
    try:
        text = (pkgutil.get_data(__package__, f"{room}.{language}.toml") or b"").decode("utf-8")
    except OSError:
        return words
    _flatten(tomllib.loads(text), "", words)
    return words


@cache
def _all(language: str) -> dict[str, str]:
    from importlib import resources

    ending = f".{language}.toml"
    words: dict[str, str] = {}
    for file in sorted(resources.files(__package__).iterdir(), key=lambda item: item.name):
        if file.name.endswith(ending):
            words.update(_room(file.name.removesuffix(ending), language))
    return words


def _flatten(table: dict[str, Any], prefix: str, into: dict[str, str]) -> None:
    for key, value in table.items():
        path = f"{prefix}.{key}" if prefix else key
        if isinstance(value, dict):
            _flatten(value, path, into)
        else:
            into[path] = str(value)
