"""What a pack must not import is found however it is written; what only sounds like it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from posture_scan.engine.source import contents, forbidden_import


@pytest.mark.parametrize(
    "text",
    [
        "import socket", "import json, socket", "import socket as s", "from socket import socket",
        "if 1:\n    import os.path", "x = 1; import ssl", "def f():\n\tfrom http import client",
        "import \\\n    socket", "from \\\n  urllib import request", "import ｓocket",
        "from http.client import (\n    HTTPConnection,\n)", "import json ,  os",
        "# 日本語\nimport socket", "名 = 1; import 𝘀𝗈𝚌𝓴𝖊𝔱", "import ºs", "# é\rimport ssl",
    ],
)  # fmt: skip
def test_a_forbidden_import_is_found(tmp_path: Path, text: str) -> None:
    (tmp_path / "collect.py").write_text(text, "utf-8")
    assert forbidden_import(contents(tmp_path)).startswith("collect.py:")


@pytest.mark.parametrize(
    "text",
    [
        '"""Reads what socket and ssl say; import nothing."""',
        "import json",
        "socket = 1",
        "from posture_scan.sdk import Net",
        "# from http import client",
        "from checks import os_like",
    ],
)
def test_what_only_names_it_is_not(tmp_path: Path, text: str) -> None:
    (tmp_path / "collect.py").write_text(text, "utf-8")
    assert forbidden_import(contents(tmp_path)) == ""


def test_a_file_in_a_folder_of_the_pack_counts_as_well(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "wire.py").write_text("import socket", "utf-8")
    assert forbidden_import(contents(tmp_path)) == "wire.py:1 socket"
