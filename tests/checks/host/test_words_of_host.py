"""Every reason that a check of the computer can give has its sentence in both languages."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterable
from pathlib import Path

import pytest

from posture_scan.engine.packs import LoadedCheck
from tests.checks.host.verdicts import CHECKS

ROOT = Path(__file__).parents[3] / "checks" / "host"


def nodes_of(item: LoadedCheck) -> list[ast.AST]:
    """All that stands in a check's function and in those of its module that it leads to."""
    subject, name = item.id.split(".")
    tree = ast.parse((ROOT / f"{subject}.py").read_text("utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    reached, ahead = set[str](), {name}
    while ahead:
        reached |= ahead
        used = {n.id for f in ahead for n in ast.walk(functions[f]) if isinstance(n, ast.Name)}
        ahead = (used & functions.keys()) - reached
    return [node for function in reached for node in ast.walk(functions[function])]


def texts(nodes: Iterable[ast.AST]) -> set[str]:
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def calls(item: LoadedCheck, *names: str) -> list[ast.Call]:
    return [
        node for node in nodes_of(item)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        and node.func.id in names
    ]  # fmt: skip


def given(item: LoadedCheck) -> set[str]:
    """Reasons that are written out where a verdict is made."""
    made = calls(item, "ok", "fail", "unknown", "not_applicable")
    return {text for call in made if call.args for text in texts(ast.walk(call.args[0]))}


@pytest.mark.parametrize("item", CHECKS.values(), ids=lambda item: item.id)
def test_reasons_and_sentences_belong_together(item: LoadedCheck) -> None:
    reasons = set(item.meta.words["ja"].reasons)
    assert reasons == set(item.meta.words["en"].reasons)
    not_seen = {"not_seen"} if calls(item, "unseen") else set()
    assert reasons <= texts(nodes_of(item)) | not_seen
    assert given(item) | not_seen <= reasons


@pytest.mark.parametrize("item", CHECKS.values(), ids=lambda item: item.id)
def test_both_languages_say_the_same(item: LoadedCheck) -> None:
    japanese, english = item.meta.words["ja"], item.meta.words["en"]
    for words in (japanese, english):
        assert words.title
        assert words.why
        assert words.fix
        assert words.verify
    for reason, text in japanese.reasons.items():
        assert placeholders(text) == placeholders(english.reasons[reason]), reason
    assert item.meta.references


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
