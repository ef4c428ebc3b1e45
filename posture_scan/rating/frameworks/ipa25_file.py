"""The small file in which a person answers those of the 25 questions that no criterion decides."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from posture_scan.collect.toml_file import Mistakes, read_toml
from posture_scan.rating.frameworks.data import framework
from posture_scan.rating.frameworks.ipa25 import CHOICES, may_be_unused
from posture_scan.text.catalog import Catalog

LONGEST: Final = 40
"""Characters of a wrong value that a complaint repeats."""


def read_answers(path: Path) -> dict[str, str]:
    """Read the answers by question: ``yes``, ``partly``, ``no``, ``not_used``.

    Raises:
        IncompleteError, UsageError: what reading a TOML file refuses.
        MistakesError: an unknown question or answer, each with its line.
    """
    file = read_toml(path)
    mistakes = Mistakes(file)
    questions = _questions()
    for name, said in file.table.items():
        if name not in questions:
            mistakes.add("ipa25.question", name, last=len(questions))
        elif said not in CHOICES:
            given = str(said)[:LONGEST]
            mistakes.add("ipa25.answer", name, given=given, known=", ".join(CHOICES))
        elif said == "not_used" and name not in may_be_unused():
            mistakes.add("ipa25.not_used", name, known=", ".join(may_be_unused()))
    mistakes.settle()
    return dict(file.table)


def template(language: str) -> str:
    """Return a file to fill in: every question by its number and topic, none of them answered."""
    words = Catalog(language)
    lines = [f"# {line}" for line in words("frameworks.ipa25.template").split("\n")]
    for name in _questions():
        lines += ["", f"# {words(f'frameworks.topic.{name}')}", f'# "{name}" = "yes"']
    return "\n".join(lines) + "\n"


def _questions() -> tuple[str, ...]:
    return tuple(name for part in framework("ipa25").parts for name in part.ids)
