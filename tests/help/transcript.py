"""A page of the manual as a person follows it: commands typed, blocks saved and put in place."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.program import program, surroundings

LEFT_OUT = "..."
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
APPEND = re.compile(r"(?:Add at the end of `([^`]+)`|`([^`]+)` の最後に書き足します):\s*$")
REPLACE = re.compile(
    r"(?:In `([^`]+)`, replace the line `([^`]+)` by"
    r"|`([^`]+)` の行 `([^`]+)` を次に置き換えます):\s*$"
)
SAVE = re.compile(r"(?:Save as `([^`]+)`|`([^`]+)` の名前で保存します):\s*$")


@dataclass(frozen=True)
class Step:
    """One block of the page, and the words before it that say what to do with it."""

    kind: str
    before: str
    text: str


@dataclass(frozen=True)
class Command:
    """A command of the page, what the page says it prints, and its exit code if told."""

    line: str
    printed: str
    code: int


def steps(page: str) -> Iterator[Step]:
    """Yield the blocks of a page in order."""
    end = 0
    for block in BLOCK.finditer(page):
        yield Step(block[1], page[end : block.start()], block[2])
        end = block.end()


def commands(text: str) -> Iterator[Command]:
    """Cut a console block into commands; ``echo $?`` tells the exit code of the one before."""
    parts = re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
    typed = [part.partition("\n")[::2] for part in parts]
    for number, (line, printed) in enumerate(typed):
        if line == "echo $?":
            continue
        after = typed[number + 1] if number + 1 < len(typed) else ("", "")
        yield Command(line, printed, int(after[1]) if after[0] == "echo $?" else 0)


def put_in_place(step: Step, folder: Path) -> None:
    """Do with a block what the sentence before it says; a sentence not understood fails."""
    if found := APPEND.search(step.before):
        file = folder / (found[1] or found[2])
        file.write_text(file.read_text("utf-8") + step.text, "utf-8")
    elif found := REPLACE.search(step.before):
        file, line = folder / (found[1] or found[3]), found[2] or found[4]
        lines = file.read_text("utf-8").split("\n")
        assert lines.count(line) == 1, line
        lines[lines.index(line)] = step.text.rstrip("\n")
        file.write_text("\n".join(lines), "utf-8")
    else:
        found = SAVE.search(step.before)
        assert found, step.before[-200:]
        file = folder / (found[1] or found[2])
        assert not file.exists()
        file.write_text(step.text, "utf-8")


def typed(command: str, folder: Path, language: str) -> tuple[str, int]:
    """Type a command in the folder; return what it printed and its exit code."""
    name, *arguments = shlex.split(command)
    assert name == "posture-scan"
    goal = None
    if len(arguments) > 1 and arguments[-2] == ">":
        *arguments, _, goal = arguments
    ran = program(arguments, cwd=folder, environment=surroundings(folder, language))
    if goal is not None:
        (folder / goal).write_text(ran.stdout, "utf-8")
        return ran.stderr, ran.returncode
    return ran.stdout + ran.stderr, ran.returncode


def matches(shown: str, printed: str) -> bool:
    """Whether the page shows what was printed; ``...`` on a line stands for any lines."""
    pattern = "".join(
        r"(?:.*\n)*" if line == f"{LEFT_OUT}\n" else re.escape(line)
        for line in shown.splitlines(keepends=True)
    )
    return re.fullmatch(pattern, printed) is not None
