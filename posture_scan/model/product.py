"""What is known of products: how long they are maintained, and which flaws are exploited.

One body of data for every check, read from a dated file by ``posture_scan.products``. It errs on
the side of "cannot be told": what is unsure, disputed or too old decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from posture_scan.model.flaw import Exploit, Standing, State
from posture_scan.model.version import (
    begins_with,
    compare,
    compare_dpkg,
    compare_rpm,
    numbers,
)

SUPPORT_FRESH_FOR: Final = timedelta(days=180)
"""How long "still supported" may be believed after the day of the dates; decision 0006."""
EXPLOITED_FRESH_FOR: Final = timedelta(days=120)
"""How long the silence of the list of exploited flaws may count; decision 0006."""
_CLOCK_SLACK: Final = timedelta(days=1)
"""How far ahead data may be dated: clocks and zones differ."""

_RPM: Final = frozenset(
    {"almalinux", "centos", "centos-stream", "oracle-linux", "rhel", "rocky-linux", "sles"}
)
_FAMILY: Final = dict.fromkeys(("almalinux", "centos", "oracle-linux", "rocky-linux"), "rhel")
"""Rebuilds that ship the versions of Red Hat Enterprise Linux."""

K = TypeVar("K")
V = TypeVar("V")


def _nothing() -> Mapping[K, V]:
    return MappingProxyType({})


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
    """No end is known, or it is too unsure to decide anything."""


@dataclass(frozen=True)
class Span:
    """How long a branch or a release is supported. Dates are ISO text; three words besides.

    ``open``: no end announced; ``past``: ended, the day is not known; ``unknown``.
    """

    ends: str
    free_until: str = ""
    """End of free, public long-term support."""
    paid_until: str = ""
    disputed: bool = False
    unsure: bool = False
    """Of low confidence: decides nothing."""

    def support(self, today: date, as_of: date) -> Support:
        """Judge the span on a day; the last day still counts as supported."""
        if self.unsure or self.ends == "unknown":
            return Support.UNDATED
        if self.ends == "open" or _not_over(self.last_day, today):
            return Support.SUPPORTED if _young(as_of, today, SUPPORT_FRESH_FOR) else Support.STALE
        if self.disputed:
            return Support.DISPUTED
        if self.paid_until == "open" or _not_over(self.paid_until, today):
            return Support.PAID
        return Support.ENDED

    @property
    def last_day(self) -> str:
        """The last day of public support: free long-term support included."""
        return max(self.ends, self.free_until) if self.free_until else self.ends


def _young(day: date, today: date, limit: timedelta) -> bool:
    """Tell whether dates may be believed: a day that has not come yet proves no freshness."""
    return -_CLOCK_SLACK <= today - day <= limit


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
    confidence: str = "high"


@dataclass(frozen=True)
class Home:
    """A distribution's release from which a build may come."""

    distribution: str
    release: str
    span: Span

    @property
    def place(self) -> str:
        """The name under which the data keeps facts of this release: ``debian 12``."""
        return f"{self.distribution} {self.release}"


@dataclass(frozen=True)
class Product:
    """Everything known about one product."""

    id: str
    title: str
    source: str
    confidence: str
    branches: tuple[Branch, ...] = ()
    exploits: tuple[Exploit, ...] = ()
    reviewed: bool = False
    """The exploited flaws above are complete up to the day of the list."""
    numbers: int = 0
    """How many numbers make a version complete; 0 where it varies."""
    shipped: Mapping[str, tuple[str, ...]] = field(default_factory=_nothing)
    """``debian 12`` to the lines of versions it ships."""
    fixes: Mapping[str, Mapping[str, str]] = field(default_factory=_nothing)
    """``debian 12`` to the package revision that first repaired a flaw."""
    packages: Mapping[str, str] = field(default_factory=_nothing)
    """Distribution to the name of its package, for the command that settles a doubt."""

    def branch(self, version: str) -> Branch | None:
        """Return the most precise branch the version belongs to, or None."""
        fitting = [
            branch for branch in self.branches
            if begins_with(version, branch.cycle) and _started(branch, version)
        ]  # fmt: skip
        order = [(len(numbers(b.cycle)), bool(b.starts)) for b in fitting]
        return fitting[order.index(max(order))] if fitting else None

    def beyond(self, version: str) -> bool:
        """Tell whether a version lies beyond the newest branch that the data knows."""
        newest = max((numbers(b.cycle) for b in self.branches), default=())
        return bool(newest) and numbers(version)[: len(newest)] > newest

    def standing(self, version: str, system: str = "") -> Standing:
        """Compare a version with every exploited flaw; ``system`` is what it runs on, if known."""
        states = [
            (exploit, exploit.state(version, self.numbers)) for exploit in self.exploits
            if not (exploit.only_on and system not in {"", exploit.only_on})
        ]  # fmt: skip
        return Standing(*(
            tuple(exploit for exploit, state in states if state is wanted)
            for wanted in (State.AFFECTED, State.CONDITIONAL, State.UNSETTLED)
        ))  # fmt: skip


def _started(branch: Branch, version: str) -> bool:
    return not branch.starts or compare(version, branch.starts) >= 0


@dataclass(frozen=True)
class ProductData:
    """The whole body of data, with the days that say how far it may be believed."""

    as_of: date
    """The day of the oldest source of end-of-life dates."""
    exploited_as_of: date
    """The day on which the list of exploited flaws ends."""
    products: Mapping[str, Product] = field(default_factory=_nothing)
    releases: Mapping[str, Mapping[str, Span]] = field(default_factory=_nothing)
    """Distribution to release to how long it is supported."""
    sources: Mapping[str, str] = field(default_factory=_nothing)
    catalog: str = ""
    """Version of the list of exploited flaws."""
    sha256: str = ""
    """Of the file it was read from, lower-case hexadecimal."""
    origin: str = ""
    """``builtin``, ``updated``, ``imported`` or ``file``."""

    def product(self, product: str) -> Product | None:
        """Return a product by its id, or None where the data has none."""
        return self.products.get(product)

    def silence_counts(self, today: date) -> bool:
        """Tell whether the list of exploited flaws is young enough for its silence to count."""
        return _young(self.exploited_as_of, today, EXPLOITED_FRESH_FOR)

    def fresh(self, today: date) -> bool:
        """Tell whether both the dates and the list are young enough to be relied on."""
        return self.silence_counts(today) and _young(self.as_of, today, SUPPORT_FRESH_FOR)

    def support(self, span: Span, today: date) -> Support:
        """Return the support of a branch or release on a day."""
        return span.support(today, self.as_of)

    def release(self, distribution: str, release: str) -> Home | None:
        """Return a release the data knows; ``debian`` ``12``."""
        span = self.releases.get(distribution, {}).get(release)
        return Home(distribution, release, span) if span else None

    def homes(self, product: str, version: str, distribution: str = "") -> tuple[Home, ...]:
        """Return the releases that ship this branch, of one distribution or of all."""
        known = self.products.get(product)
        family = _FAMILY.get(distribution, distribution)
        found = []
        for place, lines in known.shipped.items() if known else ():
            name, _, release = place.partition(" ")
            if family in {"", name} and any(begins_with(version, line) for line in lines):
                home = self.release(distribution or name, release)
                found += [home] if home else []
        return tuple(found)

    def fixes(self, product: str, home: Home) -> Mapping[str, str]:
        """Return flaw to first repaired package revision for one release."""
        known = self.products.get(product)
        return known.fixes.get(home.place, {}) if known else {}


NO_DATA: Final = ProductData(date(2000, 1, 1), date(2000, 1, 1))
"""Nothing at all: every product is unknown by it, and its silence counts for nothing."""


def compare_revision(distribution: str, left: str, right: str) -> int:
    """Compare two package revisions in the distribution's own order."""
    return (compare_rpm if distribution in _RPM else compare_dpkg)(left, right)


def is_rpm(distribution: str) -> bool:
    """Tell whether a distribution's packages are rpm's; else they are dpkg's."""
    return distribution in _RPM


def newest(revisions: Iterable[str], distribution: str) -> str:
    """Return the newest of some package revisions in the distribution's own order."""
    best = ""
    for revision in revisions:
        if not best or compare_revision(distribution, revision, best) > 0:
            best = revision
    return best
