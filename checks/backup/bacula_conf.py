"""The configuration files of Bacula and Bareos, read for a few names; passwords are passed over.

Both write ``Type { Name = value; Inner { ... } }``. Names know neither case nor spaces, a value
ends with its line, a semicolon or a brace, and quoted text may hold any of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

KEPT: Final = frozenset({
    "name", "type", "level", "client", "fileset", "schedule", "storage", "jobdefs", "enabled",
    "run", "file", "pool", "nextpool", "address", "device", "mediatype", "archivedevice", "dbname",
    "dbaddress", "dbuser", "workingdirectory", "verifyjob",
})  # fmt: skip
"""Everything else, passwords above all, is dropped while reading."""

_TOKEN: Final = re.compile(r"#[^\n]*+|\"(?:[^\"\\]|\\.)*+\"|[{}=;\n]|[^\s{}=;\"#]++|[ \t\r]++")
_DEEPEST: Final = 8
_MOST: Final = 20_000


@dataclass
class Resource:
    """One block: its kind, the kept values in order, and the blocks inside."""

    kind: str
    values: dict[str, list[str]] = field(default_factory=dict)
    inside: list[Resource] = field(default_factory=list)

    def get(self, name: str) -> str:
        """Return the first value of that name, or an empty string."""
        return next(iter(self.values.get(name, ())), "")

    def all(self, name: str) -> list[str]:
        """Return the values of that name, also of the blocks inside."""
        found = list(self.values.get(name, ()))
        for inner in self.inside:
            found += inner.all(name)
        return found


def parse(text: str) -> list[Resource]:
    """Return the blocks of one file; what cannot be read ends the reading."""
    top = Resource("")
    open_blocks = [top]
    for name, value, mark in _statements(text):
        block = open_blocks[-1]
        if mark == "{":
            if len(open_blocks) > _DEEPEST:
                break
            inner = Resource(name)
            block.inside.append(inner)
            open_blocks.append(inner)
            continue
        if name in KEPT and value:
            block.values.setdefault(name, []).append(value)
        if mark == "}" and len(open_blocks) > 1:
            open_blocks.pop()
    return top.inside


def _statements(text: str) -> Iterator[tuple[str, str, str]]:
    """Cut the text at line ends, semicolons and braces: name, value and what ended it."""
    words: list[str] = []
    name: str | None = None
    for count, found in enumerate(_TOKEN.finditer(text)):
        token = found.group(0)
        if count > _MOST * 10:
            return
        if token in ("{", "}", ";", "\n"):
            value = "".join(words).strip()
            yield (name, value, token) if name is not None else (_plain(value), "", token)
            words, name = [], None
        elif token == "=" and name is None:
            name, words = _plain("".join(words)), []
        elif not token.startswith("#"):
            words.append(token[1:-1] if token.startswith('"') else token)


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).lower()


def files_named(resource: Resource) -> list[str]:
    """Return what a FileSet includes; exclusions are left aside."""
    found: list[str] = []
    for inner in resource.inside:
        if inner.kind == "include":
            found += inner.all("file")
    return found
