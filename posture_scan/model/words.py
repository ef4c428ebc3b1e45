"""The words of a check or criterion in one language, as renderers receive them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class CheckWords:
    """What a check is called, why it matters, what to do, and a sentence per reason."""

    title: str
    why: str = ""
    fix: str = ""
    verify: str = ""
    """How to see that the fix worked."""
    reasons: dict[str, str] = field(default_factory=dict)
    terms: dict[str, str] = field(default_factory=dict)
    """Words for ids that the check gives as values, alone or in a list."""
    severity: str = ""
    """As the check's table says; ``info`` is told for information and is no weakness."""


@dataclass(frozen=True)
class CriterionWords:
    """What a profile calls one criterion and asks about it."""

    title: str
    question: str = ""
    paths: dict[str, str] = field(default_factory=dict)
    """Label of each path the question asks about."""
    prove: str = ""
    """What would settle the criterion while it is unknown."""
    action: str = ""
    """What one does to meet it."""
