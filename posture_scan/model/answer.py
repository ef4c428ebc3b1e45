"""What a named person declares about what no machine can see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Document:
    """A named document behind an answer: the digest and the date, never the content."""

    name: str
    sha256: str
    dated: date
    looked_at_by: str = ""


@dataclass(frozen=True)
class Answer:
    """One declared answer to one criterion's question.

    ``paths`` maps each path of the question (``vpn``, ``vendor`` …) to ``all``, ``some``,
    ``none`` or ``not_used``; a question without paths has the single path ``""`` with
    ``yes``, ``partly`` or ``no``. A path left out is an unanswered question.
    """

    criterion: str
    paths: dict[str, str] = field(default_factory=dict)
    note: str = ""
    document: Document | None = None


@dataclass(frozen=True)
class Answers:
    """A filled-in questionnaire: who answered, in what role, when, and what."""

    profile: str
    answered_by: str
    role: str
    answered_on: date
    answers: tuple[Answer, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)
    """Declared figures the premium estimate needs (``annual_sales``, ``industry`` …)."""

    def get(self, criterion: str) -> Answer | None:
        """Return the answer to one criterion's question, or None if it was left open."""
        return next((a for a in self.answers if a.criterion == criterion), None)
