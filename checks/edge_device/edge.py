"""Edge devices against the dated facts in ``edge_data.toml``: support and exploited flaws.

Only what is certain decides: a range or date of low confidence, a flaw that depends on the
settings and a version that could be several things all end in "not settled".
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any, Final

FRESH_FOR: Final = timedelta(days=90)
"""How long silence of the data about a version may be taken for safety."""

_DIGITS: Final = re.compile(r"\d+")

_BRANCH: Final = 2
"""How many numbers name a branch: 7.4, 13.1, 22.7."""

Numbers = tuple[int, ...]


@dataclass(frozen=True)
class Branch:
    """One branch of a product and what its maker says about it."""

    cycle: str
    status: str
    """``supported``, ``security_only``, ``eol``, ``disputed`` or ``unknown``."""
    confidence: str
    eol: date | None = None


@dataclass(frozen=True)
class Exploit:
    """One flaw on the list of those known to be exploited (CISA KEV)."""

    cve: str
    affected: tuple[tuple[Numbers, Numbers], ...]
    fixed: tuple[Numbers, ...]
    fixed_after: tuple[Numbers, ...]
    confidence: str
    condition: str = ""
    """What has to be switched on for it to be exploitable; empty when nothing has."""


@dataclass(frozen=True)
class Product:
    """Everything known about one product."""

    id: str
    title: str
    source: str
    branches: tuple[Branch, ...]
    exploits: tuple[Exploit, ...]
    as_of: date
    """Day of the dates of support."""
    exploited_as_of: date
    """Day on which the list of exploited flaws ends."""

    def branch(self, version: str) -> Branch | None:
        """Return the branch a version belongs to, or None where the data has none."""
        wanted = numbers(version)
        fitting = [
            (len(cycle), branch)
            for branch in self.branches
            if wanted[: len(cycle := numbers(branch.cycle))] == cycle
        ]
        return max(fitting, key=lambda pair: pair[0])[1] if fitting else None

    def is_fresh(self, today: date) -> bool:
        """Tell whether the list of flaws is young enough for its silence to mean something."""
        return today - self.exploited_as_of <= FRESH_FOR


@dataclass(frozen=True)
class Standing:
    """How a version stands to every exploited flaw of its product."""

    affected: tuple[str, ...]
    unsettled: tuple[str, ...]


@cache
def products() -> dict[str, Product]:
    """Read the edge data, by product id."""
    text = resources.files(__package__).joinpath("edge_data.toml").read_text("utf-8")
    table = tomllib.loads(text)
    days: tuple[date, date] = (table.pop("as_of"), table.pop("exploited_as_of"))
    return {name: _product(name, item, days) for name, item in table.items()}


def _product(name: str, item: dict[str, Any], days: tuple[date, date]) -> Product:
    branches = tuple(Branch(**branch) for branch in item["branches"])
    exploits = tuple(_exploit(exploit) for exploit in item.get("exploited", ()))
    return Product(name, item["title"], item["source"], branches, exploits, *days)


def _exploit(item: dict[str, Any]) -> Exploit:
    return Exploit(
        item["cve"],
        tuple((numbers(first), numbers(last)) for first, last in item["affected"]),
        tuple(numbers(text) for text in item["fixed"]),
        tuple(numbers(text) for text in item.get("fixed_after", ())),
        item["confidence"],
        item.get("condition", ""),
    )


def numbers(version: str) -> Numbers:
    """Return a version's numbers in order: ``22.7R2.4`` is ``(22, 7, 2, 4)``."""
    return tuple(int(part) for part in _DIGITS.findall(version)[:8] if len(part) <= 10)  # noqa: PLR2004


def stand(product: Product, version: str) -> Standing:
    """Compare a version with every exploited flaw of the product."""
    wanted = numbers(version)
    states = [(exploit.cve, _state(exploit, wanted)) for exploit in product.exploits]
    return Standing(
        tuple(cve for cve, state in states if state == "affected"),
        tuple(cve for cve, state in states if state == "unsettled"),
    )


def _state(exploit: Exploit, version: Numbers) -> str:
    if any(_covers(fixed, version) for fixed in exploit.fixed):
        return "fixed"
    if any(_covers(last, version) and version != last for last in exploit.fixed_after):
        return "fixed"
    bounds = [bound for pair in exploit.affected for bound in pair]
    bounds += [*exploit.fixed, *exploit.fixed_after]
    if _inside(exploit, version):
        return _certain(exploit)
    if any(len(version) < len(bound) and bound[: len(version)] == version for bound in bounds):
        return "unsettled"
    return "outside" if _safely_outside(exploit, version, bounds) else "unsettled"


def _safely_outside(exploit: Exploit, version: Numbers, bounds: list[Numbers]) -> bool:
    """Makers do not list what they no longer look at: silence about an old branch is no proof.

    Outside is safe for a version newer than everything listed, and for one before the first
    affected release of its own branch.
    """
    if not exploit.affected or exploit.confidence == "low":
        return False
    if all(version > bound for bound in bounds):
        return True
    firsts = [first for first, _ in exploit.affected if _same_branch(first, version)]
    if firsts and version < min(firsts):
        return True
    return any(_same_branch(bound, version) and version > bound for bound in exploit.fixed)


def _same_branch(one: Numbers, other: Numbers) -> bool:
    return one[:_BRANCH] == other[:_BRANCH]


def _certain(exploit: Exploit) -> str:
    certain = exploit.confidence != "low" and not exploit.condition
    return "affected" if certain else "unsettled"


def _inside(exploit: Exploit, version: Numbers) -> bool:
    return any(first <= version <= last for first, last in exploit.affected)


def _covers(fixed: Numbers, version: Numbers) -> bool:
    """A fixed release covers later ones of its own line, not those of a neighbouring one."""
    return version >= fixed and version[: len(fixed) - 1] == fixed[:-1]
