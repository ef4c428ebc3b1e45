"""The house rules that a machine can check: sizes, mirrors, languages, imports of packs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from posture_scan.engine.packs import load_packs
from posture_scan.text.catalog import Catalog

ROOT = Path(__file__).parent.parent
SOURCES = sorted([*(ROOT / "posture_scan").rglob("*.py"), *(ROOT / "checks").rglob("*.py")])
FILE_LIMIT = 300
FUNCTION_LIMIT = 40


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_and_functions_can_be_read_at_a_glance(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= FILE_LIMIT
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.end_lineno:
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = node.end_lineno - body[0].lineno + 1 if body else 0
            assert length <= FUNCTION_LIMIT, f"{node.name} has {length} lines"


def test_both_languages_say_the_same_things() -> None:
    japanese, english = Catalog("ja"), Catalog("en")
    assert japanese.ids() == english.ids()
    for key in english.ids():
        assert _placeholders(japanese, key) == _placeholders(english, key), key


CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("datetime", "today"),
          ("time", "time"), ("time", "time_ns")}  # fmt: skip
"""What tells the time of day; ``time.monotonic`` measures how long something takes."""


BUNDLED = ROOT / "posture_scan" / "bundle" / "start.py"
"""A program of its own, which has no command line above it."""


def test_only_the_command_line_looks_at_the_clock() -> None:
    looks = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        if path.parent != ROOT / "posture_scan" / "cli" and path != BUNDLED
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and (ast.unparse(node.value).rpartition(".")[2], node.attr) in CLOCKS
    ]
    assert looks == []


def _placeholders(catalog: Catalog, key: str) -> set[str]:
    import string

    template = catalog.template(key) or ""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_built_in_pack_loads_with_its_words() -> None:
    loaded = load_packs()
    assert loaded.problems == ()
    folders = {p.name for p in (ROOT / "checks").iterdir() if any(p.glob("*.py"))}
    assert {pack.name for pack in loaded.packs} == folders


def test_every_subject_of_a_pack_has_tests() -> None:
    for item in load_packs().checks:
        subject = item.id.split(".")[0]
        folder = ROOT / "tests" / "checks" / item.pack
        texts = "".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
        assert subject in texts, f"no test mentions {item.id}"


def test_reason_sentences_use_only_values_that_exist() -> None:
    for item in load_packs().checks:
        for language in ("ja", "en"):
            for reason, text in item.meta.words[language].reasons.items():
                assert text.strip(), f"{item.id} {language} {reason}"
