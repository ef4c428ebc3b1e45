"""The table of what is observed, read from the packs themselves.

Every pack tells in ``observations.toml`` what it sends, which answer counts and what cannot be
known that way; fingerprint files (``makers/*.toml``) tell it of each product. The page of the
manual and ``posture-scan help observed`` are both made from these rows, so neither can drift.
"""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

TRIED: Final = ("real", "recorded", "constructed")
"""Against a server nobody here wrote; a third party's recording; built from the specification."""
TRANSPORTS: Final = ("tcp", "udp", "tcp_udp", "file", "local")
"""How it is looked at; ``local``: on the computer itself."""


@dataclass(frozen=True)
class Observation:
    """One protocol, document or local source that a pack looks at."""

    id: str
    pack: str
    name: str
    transport: str
    """One of ``TRANSPORTS``."""
    tried: str
    covers: tuple[str, ...]
    """The protocols this row speaks for; its own id where it names none."""
    words: dict[str, dict[str, str]]
    """By language: ``sends``, ``counts``, ``cannot``, ``with`` (what it was tried with), and
    ``name`` where the row's own is no proper name."""


@dataclass(frozen=True)
class Fingerprint:
    """One product that is told by its marks, as its fingerprint file has it."""

    id: str
    name: str
    asks: tuple[str, ...]
    """Requests, ``GET /path``; the front page every product shares is not listed."""
    strong: int
    weak: int
    version: str
    """The best a version rule can give: ``read``, ``branch``, ``date_hint`` or empty."""
    tried: str


def observations() -> tuple[Observation, ...]:
    """Read the rows of every built-in pack, in order of pack and row."""
    return tuple(row for folder in _packs() for row in _rows(folder))


def fingerprints() -> tuple[Fingerprint, ...]:
    """Read the fingerprint files of every built-in pack, in order of the product's name."""
    files = [file for folder in _packs() for file in folder.glob("makers/*.toml")]
    found = [_fingerprint(file.stem, _read(file)) for file in files]
    return tuple(sorted(found, key=lambda item: item.name.lower()))


def _packs() -> list[Path]:
    base = Path(next(iter(importlib.import_module("posture_scan.checks").__path__)))
    return sorted(path for path in base.iterdir() if (path / "__init__.py").is_file())


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def _rows(folder: Path) -> Iterator[Observation]:
    place = folder / "observations.toml"
    for name, row in _read(place).items() if place.is_file() else ():
        transport = row["transport"].replace("+", "_")
        yield Observation(
            name, folder.name, row["name"], transport, row["tried"],
            tuple(row.get("covers", (name,))), {"ja": row["ja"], "en": row["en"]},
        )  # fmt: skip


def _fingerprint(name: str, table: dict[str, Any]) -> Fingerprint:
    strengths = [mark.get("strength", "hint") for mark in table.get("mark", ())]
    states = {rule["state"] for rule in table.get("version", ())}
    best = next((state for state in ("read", "branch", "date_hint") if state in states), "")
    asks = (f"{ask.get('method', 'GET')} {ask['path']}" for ask in table.get("request", ()))
    return Fingerprint(
        name, table["title"], tuple(dict.fromkeys(asks)), strengths.count("strong"),
        strengths.count("weak"), best, table.get("tried", "constructed"),
    )  # fmt: skip
