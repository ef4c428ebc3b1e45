"""SECURITY ACTION: what a report shows about what a firm declares of itself.

One star is a pledge to a handful of articles, two stars a finished 25-question check and a
published policy. Both are the firm's own declaration; nobody examines them, and no more is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from posture_scan.rating.frameworks.data import table
from posture_scan.rating.frameworks.ipa25 import UNKNOWN, Score
from posture_scan.rating.frameworks.view import FrameworkView
from posture_scan.rating.status import State

_STATE: Final = {
    "yes": State.MET,
    "partly": State.PARTIAL,
    "no": State.NOT_MET,
    "not_used": State.NOT_APPLICABLE,
    UNKNOWN: State.UNKNOWN,
}
_CURRENT: Final = re.compile(r"5[0-9]{10}\Z")
_OLD: Final = re.compile(r"4[0-9]{10}\Z")


@dataclass(frozen=True)
class Article:
    """One article of the pledge, and the question of the self-check on the same subject."""

    id: str
    question: str
    status: State | None
    """None without a report."""
    origin: str
    criteria: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the article as JSON values."""
        return {
            "id": self.id, "question": self.question,
            "status": self.status.value if self.status else None, "origin": self.origin,
            "criteria": list(self.criteria),
        }  # fmt: skip


@dataclass(frozen=True)
class Declaration:
    """Both stars as far as they can be seen from here."""

    articles: tuple[Article, ...]
    decided: int
    """How many of the 25 questions are decided."""
    questions: int
    policy: State | None
    declared_id: str
    rated: bool

    def to_json(self) -> dict[str, Any]:
        """Return the declaration as JSON values; that a policy is published is never seen here."""
        data = table("security-action")
        done = State.MET if self.decided == self.questions else State.UNKNOWN
        return {
            "edition": data["edition"],
            "source": data["source"],
            "year": data["year"],
            "articles": [item.to_json() for item in self.articles],
            "two_stars": {
                "check": {
                    "status": done.value if self.rated else None,
                    "decided": self.decided, "questions": self.questions,
                },
                "policy": {"status": self.policy.value if self.policy else None},
                "published": {"status": State.UNKNOWN.value if self.rated else None},
            },
            "declared_id": {"id": self.declared_id, "form": form(self.declared_id)}
            if self.declared_id else None,
        }  # fmt: skip


def form(declared_id: str) -> str:
    """Tell what an id looks like: ``current``, ``old`` (before April 2026), or ``wrong``.

    The form says nothing about whether the declaration exists or whose it is.
    """
    if _CURRENT.match(declared_id):
        return "current"
    return "old" if _OLD.match(declared_id) else "wrong"


def declaration(
    score: Score, scs: FrameworkView, *, declared_id: str = "", rated: bool = True
) -> Declaration:
    """Return what the score of the 25 questions and a view of SCS show about the two stars."""
    data = table("security-action")
    by_id = {item.id: item for item in score.questions}
    articles = []
    for article in data["articles"]:
        question = by_id[article["question"]]
        status = _STATE[question.said] if rated else None
        articles.append(
            Article(article["id"], question.id, status, question.origin, question.criteria)
        )
    policy = scs.item(data["policy"]["scs"])
    return Declaration(
        tuple(articles),
        decided=sum(1 for item in score.questions if item.said != UNKNOWN),
        questions=len(score.questions),
        policy=policy.status or State.UNKNOWN if policy and rated else None,
        declared_id=declared_id,
        rated=rated,
    )
