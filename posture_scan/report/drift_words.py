"""The rows of a comparison in words: criteria, findings, signals, figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from posture_scan.report.figures import moment, money, percent
from posture_scan.report.wording import Wording, asset_name, place

COURSE: Final = ("status", "score", "coverage", "discount", "premium")
"""The figures of each report where more than two are compared."""

_FEW: Final = 3
"""Titles in one sentence."""

_ATTEMPTS: Final = ("attempt", "lookup")
"""Reasons of which only the kind is told, not how the attempt ended."""

_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}Z")

Row = Mapping[str, Any]


class Phrases:
    """Speaks of one comparison in one language."""

    def __init__(self, words: Wording) -> None:
        """Use the words of the packs and the profile at hand."""
        self.words = words

    def say(self, key: str, **values: object) -> str:
        """Return a sentence of this room: ``diff.<key>``."""
        return self.words.text(f"diff.{key}", **values)

    def criterion(self, row: Row, more: str) -> str:
        """Say where a criterion stood and stands; ``more`` follows it."""
        before, after = (
            self._state(row[side], row[f"{side}_evidence"]) for side in ("before", "after")
        )
        title = self.words.criterion(row["id"]).title
        line = self.say("criterion", id=row["id"], title=title, before=before, after=after)
        return self.say("lapsed.row", line=line, more=more) if more else line

    def _state(self, state: str, evidence: str) -> str:
        said = self.words.choice("criterion", state)
        if state not in {"met", "partial"} or not evidence:
            return said
        return self.say("state", state=said, evidence=self.words.choice("evidence", evidence))

    def finding(self, row: Row) -> str:
        """Say which weakness, where, and why it is listed."""
        values = {
            "severity": self.words.choice("severity", row["severity"]), "place": place(row),
            "title": self.words.check(row["check"]).title, "why": self.why(row["why"]),
        }  # fmt: skip
        return self.say("finding.row", **values)

    def signal(self, item: Row) -> str:
        """Say what to ask; times are those of Japan, checks go by their titles."""
        values = {name: _local(value) for name, value in item["values"].items()}
        if "checks" in values:
            titles = [self.words.check(name).title for name in str(values["checks"]).split(", ")]
            values["checks"] = self.some(titles)
        return self.say(f"signal.{item['id']}", **values)

    def some(self, titles: Iterable[str]) -> str:
        """Join titles, each once; of many only the first few are shown."""
        names = list(dict.fromkeys(titles))
        shown = self.words("list_separator").join(names[:_FEW])
        return shown if len(names) <= _FEW else f"{shown} (+{len(names) - _FEW})"

    @staticmethod
    def gravity(row: Row) -> tuple[int, str, str]:
        """Return what findings are sorted by: the gravest first."""
        order = ("critical", "high", "medium", "low", "info")
        return order.index(row["severity"]), row["check"], row["asset"]

    def why(self, why: str) -> str:
        """Say why a finding came or went, as far as the id has words."""
        group = why.partition(".")[0]
        key = f"diff.why.{group if group in _ATTEMPTS else why}"
        return self.words.text(key) if key in self.words.text else self.say("why.other", why=why)

    def course(self, report: Row) -> tuple[str, ...]:
        """Return one report's time and figures, as cells of a table."""
        return (moment(report["at"]), *(self.figure(name, report) for name in COURSE))

    def figure(self, name: str, report: Row) -> str:
        """Write one figure of a report; ``-`` where the profile has none."""
        value = report[name]
        if value is None:
            return "-"
        if name in {"premium", "base_premium"}:
            return self.money(value, report)
        if name in {"coverage", "discount"}:
            return percent(Decimal(value))
        known = f"diff.status.{value}" if name == "status" else ""
        return self.words.text(known) if known in self.words.text else str(value)

    def money(self, amount: str, report: Row) -> str:
        """Write an amount in the report's currency."""
        return money(Decimal(amount), report["currency"], self.words.text.language)


def _local(value: object) -> object:
    return _TIME.sub(lambda found: moment(found[0]), value) if isinstance(value, str) else value


def shown_name(asset: str) -> str:
    """Return an asset's id as it is read: a computer by its name."""
    return asset_name(asset.removeprefix("host:"))
