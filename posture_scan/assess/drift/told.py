"""A report as the comparison reads it: its nouns, its own time, its rating under one profile."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any

from posture_scan.errors import UsageError
from posture_scan.model.codec import CodecError, decode
from posture_scan.model.evidence import VALID_FOR, Asset, Vantage
from posture_scan.model.finding import Finding, Status
from posture_scan.model.scope import Scope

Pair = tuple[str, str]
"""Check and asset."""

Key = tuple[str, str, int, str]
"""Check, asset, port and transport: what makes two findings one and the same."""

Place = tuple[str, str, int]
"""Asset, transport and port."""


@dataclass(frozen=True)
class Told:
    """One report, decoded."""

    report: Mapping[str, Any]
    id: str
    started_at: datetime
    finished_at: datetime
    at: datetime
    """Its own time: when its findings were worked out."""
    scope: Scope
    assets: Mapping[str, Asset]
    findings: tuple[Finding, ...]

    @cached_property
    def rated_at(self) -> datetime:
        """The moment to rate it at: its own time, or the day it was answered, if that was later.

        An answer from the future counts for nothing, so a report that was answered after the
        scan would look worse than its owner saw it. A day beyond the validity of what was
        observed is no such day.
        """
        answers = self.report.get("answers")
        day = answers.get("answered_on") if isinstance(answers, dict) else None
        try:
            answered = datetime.combine(date.fromisoformat(str(day)), time(12), UTC)
        except ValueError:
            return self.at
        return answered if self.at < answered <= self.at + VALID_FOR else self.at

    @property
    def line(self) -> str:
        """What whoever scanned calls the line it went out on; empty where nobody named it."""
        return str(self.report.get("line", ""))

    @cached_property
    def by_pair(self) -> Mapping[Pair, tuple[Finding, ...]]:
        """The findings of each check about each asset."""
        found: dict[Pair, list[Finding]] = {}
        for item in self.findings:
            found.setdefault((item.check, item.asset), []).append(item)
        return {pair: tuple(items) for pair, items in found.items()}

    @cached_property
    def by_key(self) -> Mapping[Key, tuple[Finding, ...]]:
        """The findings of each check about each place; port 0 is the asset as a whole."""
        found: dict[Key, list[Finding]] = {}
        for item in self.findings:
            found.setdefault(key(item), []).append(item)
        return {name: tuple(items) for name, items in found.items()}

    @cached_property
    def weak_at(self) -> Mapping[Place, tuple[str, ...]]:
        """The checks that found something weak at each port seen from outside."""
        found: dict[Place, set[str]] = {}
        for item in self.findings:
            if item.status is Status.FAIL and item.port and item.vantage is Vantage.EXTERNAL:
                place = (item.asset, item.transport or "tcp", item.port)
                found.setdefault(place, set()).add(item.check)
        return {place: tuple(sorted(checks)) for place, checks in found.items()}

    @cached_property
    def weak(self) -> Mapping[str, tuple[Finding, ...]]:
        """What was found weak on each asset."""
        found: dict[str, list[Finding]] = {}
        for item in self.findings:
            if item.status is Status.FAIL:
                found.setdefault(item.asset, []).append(item)
        return {name: tuple(items) for name, items in found.items()}

    @cached_property
    def checks(self) -> frozenset[str]:
        """The checks that gave any finding."""
        return frozenset(item.check for item in self.findings)

    def records(self, kind: str) -> list[Mapping[str, Any]]:
        """Return the evidence records of one kind that succeeded, as they were handed over."""
        return [
            item for item in self.report["evidence"]
            if item.get("kind") == kind and isinstance(item.get("facts"), dict)
        ]  # fmt: skip


def key(item: Finding) -> Key:
    """Return what makes two findings one and the same."""
    return item.check, item.asset, item.port, item.transport if item.port else ""


def told(report: Mapping[str, Any]) -> Told:
    """Decode a report that was opened.

    Raises:
        UsageError: ``report.unreadable_member``.
    """
    try:
        finished = decode(datetime, report["finished_at"])
        assets = [decode(Asset, item) for item in report["assets"]]
        return Told(
            report, str(report["report_id"]), decode(datetime, report["started_at"]), finished,
            decode(datetime, report["judged_at"]) if "judged_at" in report else finished,
            decode(Scope, report["scope"]), {asset.id: asset for asset in assets},
            tuple(decode(Finding, item) for item in report["findings"]),
        )  # fmt: skip
    except (CodecError, KeyError) as error:
        raise UsageError("report.unreadable_member", detail=str(error)[:200]) from error


def other_line(one: Told, other: Told) -> bool:
    """Tell whether two scans went out on lines that are known to differ."""
    return bool(one.line and other.line) and _plain(one.line) != _plain(other.line)


def in_order(reports: Iterable[Mapping[str, Any]], *, anyway: bool = False) -> tuple[Told, ...]:
    """Return the reports oldest first by their own times; those of one moment as they came.

    Raises:
        UsageError: ``diff.organisations`` where they are not about one organisation, unless
            ``anyway``, and what ``told`` refuses.
    """
    found = sorted(map(told, reports), key=lambda item: item.at)
    names = dict.fromkeys(item.scope.organisation for item in found)
    if len({_plain(name) for name in names}) > 1 and not anyway:
        raise UsageError("diff.organisations", names=" / ".join(names))
    return tuple(found)


def _plain(name: str) -> str:
    """Return a name as it is compared: full-width letters and spaces are no other firm."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
