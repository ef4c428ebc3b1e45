"""The words of a plan in one language: its own sentences, criteria, checks, places, rights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from posture_scan.report.clean import clean
from posture_scan.report.wording import Wording, asset_name


class PlanWords:
    """Speaks of a plan in the words of a report."""

    def __init__(self, words: Wording, platform: str = "linux") -> None:
        """Take the words of checks and criteria; rights are named for one ``platform``."""
        self.words, self.platform = words, platform
        self.language = words.text.language

    def __call__(self, key: str, **values: object) -> str:
        """Return a sentence of this room: ``plan.<key>``."""
        return self.words.text(f"plan.{key}", **values)

    def title(self, criterion: str) -> str:
        """Return a criterion's title."""
        return self.words.criterion(criterion).title

    def action(self, criterion: str) -> str:
        """Return what one does to meet a criterion."""
        return self.words.criterion(criterion).action or self.title(criterion)

    def prove(self, criterion: str) -> str:
        """Return what would prove a criterion."""
        return self.words.criterion(criterion).prove

    def check(self, check: str) -> str:
        """Return a check's title."""
        return self.words.check(check).title

    def place(self, asset: str) -> str:
        """Return an asset by its name."""
        return clean(asset_name(asset), 60)

    def listed(self, names: Sequence[str], most: int) -> str:
        """Return names with the separator of the language, and how many more there are."""
        shown = self.words("list_separator").join(names[:most])
        more = len(names) - most
        return f"{shown} ({self.words('more', count=more)})" if more > 0 else shown

    def badge(self, fix: Mapping[str, Any]) -> str:
        """Return the mark of what holds the discount back; empty for anything else."""
        if fix["gate"]:
            name = "gate_high" if fix["gate"] == "high" else "gate_critical"
        elif fix["needed"]:
            name = "needed"
        else:
            return ""
        return f"[{self.words(f'fix.{name}')}] "

    def right(self, right: str) -> str:
        """Return how a right on a computer is given; an unknown one by its id."""
        for key in (f"host.right.{right}_{self.platform}", f"host.right.{right}"):
            if key in self.words.text:
                return self("right", how=self.words.text(key))
        return self("right", how=clean(right, 60))
