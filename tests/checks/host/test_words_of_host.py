"""No sentence about the computer stands in the words that no check could ever say."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from posture_scan.engine.packs import LoadedCheck, load_packs

PACK = Path(__file__).parents[3] / "checks" / "host"
CHECKS = [item for item in load_packs().checks if item.pack == "host"]
WRITTEN = {
    node.value
    for path in PACK.glob("*.py")
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.Constant) and isinstance(node.value, str)
} | {"not_seen", "on_default", "on_local", "on_policy"}
"""Every text in the pack's code, and the reasons that are put together or come from the SDK."""


@pytest.mark.parametrize("item", CHECKS, ids=lambda item: item.id)
def test_every_reason_with_a_sentence_stands_in_the_code(item: LoadedCheck) -> None:
    assert set(item.meta.words["ja"].reasons) <= WRITTEN
