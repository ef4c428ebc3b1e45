"""What a profile asks a person about one criterion that no machine can see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

PLAIN: Final = ("yes", "partly", "no")
"""What a question without paths may be answered with."""


@dataclass(frozen=True)
class QuestionPath:
    """One way in that a question asks about by itself (``vpn``, ``vendor`` ...)."""

    id: str
    label: dict[str, str] = field(default_factory=dict)
    """The path's name by language."""


@dataclass(frozen=True)
class Question:
    """One criterion's question: the words by language, the paths, the allowed answers.

    A path left out of an answer is unanswered; there is no choice that means "unknown".
    """

    criterion: str
    title: dict[str, str]
    text: dict[str, str]
    paths: tuple[QuestionPath, ...] = ()
    """Empty for a question that is answered as a whole, under the path ``""``."""
    choices: tuple[str, ...] = PLAIN

    def path_ids(self) -> tuple[str, ...]:
        """Return the keys an answer's ``paths`` may have."""
        return tuple(path.id for path in self.paths) or ("",)
