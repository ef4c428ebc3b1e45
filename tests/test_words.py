"""Everything said has its sentence in both languages, and every sentence is said somewhere."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from functools import cache

import pytest

from posture_scan.engine.packs import load_packs
from posture_scan.sdk import unseen
from posture_scan.text.catalog import Catalog
from tests.sources import CHECKS, PROGRAM, ROOT, Folder, Said, called, trees

UNSEEN, NOT_SEEN = unseen.__name__, inspect.signature(unseen).parameters["reason"].default
"""The verdict that the SDK gives for a place that stayed closed, and its reason."""

VERDICTS = {"ok", "fail", "unknown", "not_applicable"}
RAISED = {
    "AnswerIsNoError", "IncompleteError", "InternalError", "NotPermittedError",
    "NotTrustedError", "PostureError", "UsageError", "FlawError", "refusal",
}  # fmt: skip
CHOICES = ("report.contradiction.value",)
"""Tables that ``report.summary`` looks a value up in, whichever of them has it."""


@cache
def program() -> Said:
    """All that the program can say, with the names in packs, profiles and the page's template."""
    said = Said(tree for folder in (PROGRAM, CHECKS) for _, tree in trees(folder))
    said.literals |= {f"{table}.{value}" for table in CHOICES for value in said.literals}
    said.literals |= {path.name for path in CHECKS.iterdir()}
    for path in PROGRAM.rglob("*.j2"):
        page = path.read_text("utf-8")
        said.literals |= set(re.findall(r"""["']([\w.]+)["']""", page))
        for start in re.findall(r"""["']([\w.]+\.)["'] *~""", page):
            said.add_pattern(re.escape(start) + "(.+)")
    frameworks = PROGRAM / "rating" / "frameworks"
    for path in (*(ROOT / "profiles").glob("*.toml"), *frameworks.glob("*.toml")):
        said.literals |= set(_strings(tomllib.loads(path.read_text("utf-8"))))
    return said


def _strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in (str(key), *_strings(item))]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []


def test_every_code_that_is_raised_has_its_sentence() -> None:
    missing = {
        f"{path.name}: {code}"
        for path, tree in trees(PROGRAM)
        for code in {*_first_words(tree, RAISED), *_first_words(tree, {"mistakes.add"})}
        for language in ("ja", "en")
        if f"error.{code}" not in Catalog(language)
    }
    assert missing == set()


def _first_words(tree: ast.AST, names: set[str]) -> set[str]:
    """The literal first arguments of all calls of these names."""
    return {
        node.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and called(call) & names and call.args
        for node in _either(call.args[0])
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _either(value: ast.expr) -> tuple[ast.expr, ...]:
    return (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,)


def test_no_sentence_of_the_program_is_unused() -> None:
    said = program()
    assert [key for key in sorted(Catalog("en").ids()) if key not in said] == []


PACKS = sorted(path.name for path in CHECKS.iterdir() if any(path.glob("*.py")))


@pytest.mark.parametrize("pack", PACKS)
def test_the_reasons_a_check_can_give_are_the_reasons_it_has_words_for(pack: str) -> None:
    folder, wrong = Folder(CHECKS / pack), []
    for item in load_packs().checks:
        if item.pack != pack:
            continue
        function = inspect.unwrap(item.check.function).__code__.co_name
        nodes = folder.reached(item.id.partition(".")[0], function)
        assert nodes, item.id
        said = Said(nodes)
        given = set[str]().union(*(_first_words(node, VERDICTS) for node in nodes))
        names = {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}
        if UNSEEN in names:
            given |= {NOT_SEEN}
            said.literals |= {NOT_SEEN}
        for language in ("ja", "en"):
            words = set(item.meta.words[language].reasons)
            wrong += [f"{item.id} {language} has no sentence {name}" for name in given - words]
            wrong += [
                f"{item.id} {language} never says {name}" for name in words if name not in said
            ]
    assert sorted(wrong) == []
