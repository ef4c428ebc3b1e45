"""The pack's table of branches, distributions and exploited versions, typed.

``data/product_data.json`` is built by ``.github/scripts/build_product_data.py``; its sources and
their licences stand inside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, Final

from posture_scan.checks.software.versions import belongs, branch_of, compare

STALE_AFTER: Final = timedelta(days=180)
"""How long "still supported" may be believed: an end date never moves closer by much, but
a branch may be given up early, and only newer data would tell."""
_FAMILY: Final = dict.fromkeys(("almalinux", "centos", "oracle-linux", "rocky-linux"), "rhel")
"""Rebuilds that ship the versions of Red Hat Enterprise Linux."""


class Support(StrEnum):
    """Whether somebody still gives fixes, on one day, as far as the data knows."""

    SUPPORTED = "supported"
    PAID = "paid"
    """The public support is over; a contract may still bring fixes."""
    ENDED = "ended"
    DISPUTED = "disputed"
    """Declared ended, yet fixes kept coming."""
    STALE = "stale"
    """Supported when the data was made, too long ago to rely on."""
    UNDATED = "undated"


@dataclass(frozen=True)
class Span:
    """How long a branch or a release is supported. Dates are ISO text; three words besides.

    ``open``: no end announced; ``past``: ended, the day is not known; ``unknown``.
    """

    ends: str
    free_until: str = ""
    paid_until: str = ""
    disputed: bool = False
    unsure: bool = False

    def support(self, today: date, as_of: date) -> Support:
        """Judge the span on a day; the last day still counts as supported."""
        if self.unsure or self.ends == "unknown":
            return Support.UNDATED
        if self.ends == "open" or _not_over(self.last_day, today):
            return Support.STALE if today - as_of > STALE_AFTER else Support.SUPPORTED
        if self.disputed:
            return Support.DISPUTED
        if self.paid_until == "open" or _not_over(self.paid_until, today):
            return Support.PAID
        return Support.ENDED

    @property
    def last_day(self) -> str:
        """The last day of public support: free long-term support included."""
        return max(self.ends, self.free_until) if self.free_until else self.ends


def _not_over(day: str, today: date) -> bool:
    return day[:1].isdigit() and date.fromisoformat(day) >= today


@dataclass(frozen=True)
class Branch:
    """One line of versions of a product."""

    cycle: str
    span: Span
    starts: str = ""
    """The first version of the branch, where two branches share the leading numbers."""
    name: str = ""
    """What the branch is sold as, where the version says something else."""


@dataclass(frozen=True)
class Home:
    """A distribution's release from which a build may come."""

    distribution: str
    release: str
    span: Span


@dataclass(frozen=True)
class Exploited:
    """Versions with one flaw that is known to be exploited."""

    cve: str
    affected: tuple[tuple[str, str], ...]
    needs: str = ""
    """A condition that no banner shows (a module, CGI …)."""
    only_on: str = ""


@dataclass(frozen=True)
class ProductData:
    """The whole table."""

    as_of: date
    branches: dict[str, tuple[Branch, ...]]
    releases: dict[str, dict[str, Span]]
    shipped: dict[str, dict[str, tuple[str, ...]]]
    fixes: dict[str, dict[str, dict[str, str]]]
    exploited: dict[str, tuple[Exploited, ...]]
    reviewed: frozenset[str]

    def branch(self, product: str, version: str) -> Branch | None:
        """Return the most precise branch the version belongs to."""
        known = self.branches.get(product, ())
        cycle = branch_of(version, (branch.cycle for branch in known))
        fitting = [b for b in known if b.cycle == cycle and _started(b, version)]
        return max(fitting, key=lambda branch: bool(branch.starts), default=None)

    def release(self, distribution: str, release: str) -> Home | None:
        """Return a release the table knows; ``debian`` ``12``."""
        span = self.releases.get(distribution, {}).get(release)
        return Home(distribution, release, span) if span else None

    def homes(self, product: str, version: str, distribution: str = "") -> tuple[Home, ...]:
        """Return the releases that ship this branch, of one distribution or of all."""
        family = _FAMILY.get(distribution, distribution)
        found = []
        for place, prefixes in self.shipped.get(product, {}).items():
            name, _, release = place.partition(" ")
            if family in {"", name} and any(belongs(version, prefix) for prefix in prefixes):
                home = self.release(distribution or name, release)
                found += [home] if home else []
        return tuple(found)


def _started(branch: Branch, version: str) -> bool:
    return not branch.starts or compare(version, branch.starts) >= 0


@cache
def product_data() -> ProductData:
    """The table that ships with the pack."""
    place = resources.files(__package__) / "data" / "product_data.json"
    return read(json.loads(place.read_text("utf-8")))


def read(table: dict[str, Any]) -> ProductData:
    """Read a table in the format that ``build_product_data.py`` writes."""
    return ProductData(
        date.fromisoformat(table["as_of"]),
        {name: _branches(entry) for name, entry in table["products"].items()},
        {
            name: {release: _span(entry) for release, entry in releases.items()}
            for name, releases in table["distributions"].items()
        },
        {
            product: {place: tuple(prefixes) for place, prefixes in places.items()}
            for product, places in table["shipped"].items()
        },
        table["fixes"],
        {name: tuple(_exploited(entries)) for name, entries in table["exploited"].items()},
        frozenset(table["reviewed"]),
    )


def _branches(entry: dict[str, Any]) -> tuple[Branch, ...]:
    unsure = entry["confidence"] == "low"
    return tuple(
        Branch(b["cycle"], _span(b, unsure=unsure), b.get("from", ""), b.get("name", ""))
        for b in entry["branches"]
    )


def _span(entry: dict[str, Any], *, unsure: bool = False) -> Span:
    return Span(
        entry["ends"],
        entry.get("free_until", ""),
        entry.get("paid_until", ""),
        "disputed" in entry,
        unsure or entry.get("unsure", False),
    )


def _exploited(entries: Iterable[dict[str, Any]]) -> Iterable[Exploited]:
    for entry in entries:
        ranges = tuple((first, last) for first, last in entry["affected"])
        yield Exploited(entry["cve"], ranges, entry.get("needs", ""), entry.get("only_on", ""))
