"""A folder in which a test runs the program, and a scope in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.program import Ran, from_nothing, program, surroundings

Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run ``posture-scan ARGUMENTS`` in ``tmp_path``; ``lang="ja"`` sets a Japanese locale."""

    def start(*arguments: str | Path, lang: str = "en") -> Ran:
        return program(arguments, cwd=tmp_path, environment=surroundings(tmp_path, lang))

    return start


@pytest.fixture
def run_from_nothing(tmp_path: Path) -> Run:
    """Run it like ``run``, in a Python that is started for it."""

    def start(*arguments: str | Path, lang: str = "en") -> Ran:
        return from_nothing(arguments, cwd=tmp_path, environment=surroundings(tmp_path, lang))

    return start


@pytest.fixture
def scope_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a scope over the given targets, valid today."""

    def write(*targets: str, first: int = -1, last: int = 7, more: str = "") -> Path:
        today = date.today()
        listed = ", ".join(f'"{target}"' for target in targets)
        path = tmp_path / "scope.toml"
        path.write_text(
            f"""
organisation = "株式会社例"
authorised_by = "例 太郎(代表取締役)"
valid_from = {today + timedelta(days=first)}
valid_until = {today + timedelta(days=last)}
targets = [{listed}]
computers = 2
{more}
""",
            "utf-8",
        )
        return path

    return write
