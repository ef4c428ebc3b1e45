"""Which language this run speaks: ``--lang`` if given, else the locale of the terminal."""

from __future__ import annotations

import os
import sys
from functools import cache

from posture_scan.text.catalog import LANGUAGES, Catalog


@cache
def language() -> str:
    """Return ``ja`` or ``en``; read before click parses, so that help texts follow it too."""
    arguments = sys.argv[1:]
    for position, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return _known(argument.partition("=")[2])
        if argument == "--lang" and position + 1 < len(arguments):
            return _known(arguments[position + 1])
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(variable):
            return _known(os.environ[variable])
    return "en"


def _known(name: str) -> str:
    return next((item for item in LANGUAGES if name.lower().startswith(item)), "en")


@cache
def words(name: str = "") -> Catalog:
    """Return the catalog of a language, by default of this run's."""
    return Catalog(name or language())


def say(key: str, /, **values: object) -> str:
    """Return one of the program's own sentences in this run's language."""
    return words()(key, **values)
