"""The program as a person runs it: a process of its own, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

Ran = subprocess.CompletedProcess[str]
Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run ``posture-scan ARGUMENTS`` in ``tmp_path``; ``lang="ja"`` sets a Japanese locale."""

    def start(*arguments: str | Path, lang: str = "en") -> Ran:
        environment = {
            **os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config"),
            "LANG": "ja_JP.UTF-8" if lang == "ja" else "C.UTF-8", "PYTHONIOENCODING": "utf-8",
        }  # fmt: skip
        return subprocess.run(
            [sys.executable, "-m", "posture_scan", *map(str, arguments)], cwd=tmp_path,
            env=environment, capture_output=True, text=True, timeout=120, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

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
