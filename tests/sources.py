"""What the program's own source says: its literals, its patterns, what a function can reach."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROGRAM = ROOT / "posture_scan"
CHECKS = ROOT / "checks"


def trees(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    """Every module below a folder, parsed."""
    for path in sorted(folder.rglob("*.py")):
        yield path, ast.parse(path.read_text("utf-8"))


def called(call: ast.Call) -> set[str]:
    """What a call calls, by its last name and by its last two."""
    *_, owner, name = ("", *ast.unparse(call.func).split("."))
    return {name, f"{owner}.{name}"}


def docstrings(tree: ast.AST) -> set[int]:
    """The ids of all strings that stand alone: docstrings, which say nothing to a machine."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


class Said:
    """The strings in some source: those that stand there and those an f-string can make."""

    def __init__(self, nodes: Iterable[ast.AST]) -> None:
        self.literals: set[str] = set()
        self._patterns: list[re.Pattern[str]] = []
        for tree in nodes:
            quiet = docstrings(tree)
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    self.literals |= {node.value} if id(node) not in quiet else set()
                elif isinstance(node, ast.JoinedStr):
                    self.add_pattern(
                        "".join(
                            re.escape(str(part.value)) if isinstance(part, ast.Constant) else "(.+)"
                            for part in node.values
                        )
                    )

    def add_pattern(self, pattern: str) -> None:
        """Take a pattern whose groups must be said too; one without fixed text says nothing."""
        if re.sub(r"\(\.\+\)|\W", "", pattern):
            self._patterns.append(re.compile(pattern))

    def __contains__(self, text: str) -> bool:
        return text in self.literals or any(
            all(group in self for group in match.groups() if len(group) < len(text))
            for match in (pattern.fullmatch(text) for pattern in self._patterns)
            if match
        )


class Folder:
    """The definitions at the top of a folder's modules, and which of them a function uses."""

    def __init__(self, folder: Path) -> None:
        self._defined: dict[tuple[str, str], ast.stmt] = {}
        self._imported: dict[tuple[str, str], tuple[str, str]] = {}
        for path, tree in trees(folder):
            module = path.stem
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom):
                    source = (node.module or "").rpartition(".")[2]
                    for item in node.names:
                        here = (module, item.asname or item.name)
                        self._imported[here] = (source, item.name)
            for node in tree.body:
                for name in _names(node):
                    self._defined[module, name] = node

    def reached(self, module: str, name: str) -> list[ast.stmt]:
        """A definition and everything of this folder that it uses, directly or not."""
        seen: dict[tuple[str, str], ast.stmt] = {}
        waiting = [(module, name)]
        while waiting:
            place = waiting.pop()
            place = self._imported.get(place, place)
            if place in seen or place not in self._defined:
                continue
            seen[place] = self._defined[place]
            for node in ast.walk(seen[place]):
                if isinstance(node, ast.Name):
                    waiting.append((place[0], node.id))
                elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    waiting.append((node.value.id, node.attr))
        return list(seen.values())


def _names(node: ast.stmt) -> tuple[str, ...]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return (node.name,)
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return (node.target.id,)
    if isinstance(node, ast.Assign):
        return tuple(target.id for target in node.targets if isinstance(target, ast.Name))
    return ()
