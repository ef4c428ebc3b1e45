"""Flaws that are known to be exploited, and how one version stands to them.

Only what is certain decides: a range of low confidence, a flaw that depends on settings and a
version that could be several things all stay unsettled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from posture_scan.model.version import compare, compare_as_written, numbers

_BRANCH_NUMBERS: Final = 2
"""How many numbers name a line of versions: 7.4, 13.1, 22.7."""

Order = Callable[[str, str], int]


class State(StrEnum):
    """How one version stands to one flaw."""

    AFFECTED = "affected"
    FIXED = "fixed"
    """The fix, or a release in which the flaw never was."""
    CONDITIONAL = "conditional"
    """Affected only where something is switched on that no version shows."""
    UNSETTLED = "unsettled"


@dataclass(frozen=True)
class Exploit:
    """One flaw that is known to be exploited, and which versions have it."""

    cve: str
    affected: tuple[tuple[str, str], ...] = ()
    """Ranges of versions, both ends included; none at all where no version data is at hand."""
    fixed: tuple[str, ...] = ()
    fixed_after: tuple[str, ...] = ()
    """Last bad releases: whatever is newer in the same line has the fix."""
    needs: str = ""
    """What has to be switched on for it to be exploitable; empty when nothing has."""
    only_on: str = ""
    """The operating system it is bound to (``windows``)."""
    listed: date | None = None
    """When CISA put it on its list; None where it stands on no such list."""
    ransomware: bool = False
    """True: known from ransomware campaigns. False means "not known", never "no"."""
    exhaustive: bool = False
    """The ranges name every affected version, so that silence outside them is proof."""
    confidence: str = "high"

    def state(self, version: str, whole: int) -> State:
        """Return how a version stands to this flaw.

        ``whole`` is how many numbers make a version of this product complete; 0: not known, so
        that a version which merely begins like a bound is left unsettled.
        """
        wanted = numbers(version)
        if not wanted or not (self.affected or self.fixed or self.fixed_after):
            return State.UNSETTLED
        order = compare if 0 < whole <= len(wanted) else compare_as_written
        bounds = [*(bound for pair in self.affected for bound in pair), *self.fixed]
        bounds += self.fixed_after
        if self._repaired(version, order):
            return State.FIXED
        if any(order(version, a) >= 0 >= order(version, b) for a, b in self.affected):
            return self._certain()
        short = order is compare_as_written
        if short and any(_is_start(wanted, numbers(bound)) for bound in bounds):
            return State.UNSETTLED
        return State.FIXED if self._outside(version, bounds, order) else State.UNSETTLED

    def _repaired(self, version: str, order: Order) -> bool:
        if self.confidence == "low":
            return False
        return any(_covers(fixed, version, order) for fixed in self.fixed) or any(
            _covers(last, version, order) and order(version, last) > 0 for last in self.fixed_after
        )

    def _certain(self) -> State:
        if self.confidence == "low":
            return State.UNSETTLED
        return State.CONDITIONAL if self.needs else State.AFFECTED

    def _outside(self, version: str, bounds: list[str], order: Order) -> bool:
        """Makers do not list what they no longer look at: silence about an old branch is no proof.

        Outside is safe where the ranges are exhaustive, for a version newer than everything
        listed, and for one before the first affected release of its own branch.
        """
        if not self.affected or self.confidence == "low":
            return False
        if self.exhaustive or all(order(version, bound) > 0 for bound in bounds):
            return True
        firsts = [first for first, _ in self.affected if _same_line(first, version)]
        if firsts and all(order(version, first) < 0 for first in firsts):
            return True
        return any(_same_line(b, version) and order(version, b) > 0 for b in self.fixed)


def _is_start(version: tuple[int, ...], bound: tuple[int, ...]) -> bool:
    return len(version) < len(bound) and bound[: len(version)] == version


def _same_line(one: str, other: str) -> bool:
    return numbers(one)[:_BRANCH_NUMBERS] == numbers(other)[:_BRANCH_NUMBERS]


def _covers(fixed: str, version: str, order: Order) -> bool:
    """A fixed release covers later ones of its own line, not those of a neighbouring one."""
    line = numbers(fixed)[:-1]
    return order(version, fixed) >= 0 and numbers(version)[: len(line)] == line


@dataclass(frozen=True)
class Standing:
    """How a version stands to every exploited flaw of its product."""

    affected: tuple[Exploit, ...] = ()
    conditional: tuple[Exploit, ...] = ()
    unsettled: tuple[Exploit, ...] = ()
