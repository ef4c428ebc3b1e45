"""A portfolio under two profiles: every firm, all together, and what could not be counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any, Final

from posture_scan.errors import PostureError
from posture_scan.rating.exact import CONTEXT, ONE, ZERO, plain, to_decimals
from posture_scan.rating.profile import Profile

MOST: Final = 5
"""How many of the biggest rises and falls are named."""
DECIMALS: Final = 4
"""Of a mean factor."""
STATUSES: Final = ("gate", "insufficient", "ok")


@dataclass(frozen=True)
class Side:
    """One firm under one profile; None where the profile gives no such figure."""

    status: str
    base: Decimal | None
    factor: Decimal | None
    discount: Decimal | None
    premium: Decimal | None
    currency: str
    ignored: tuple[str, ...] = ()
    """Certificates of the firm that the profile does not know; they count for nothing."""

    def to_json(self) -> dict[str, Any]:
        """Return the figures as text."""
        return {
            "status": self.status, "base_premium": _text(self.base), "factor": _text(self.factor),
            "discount": _text(self.discount), "premium": _text(self.premium),
            "ignored_certificates": list(self.ignored),
        }  # fmt: skip


@dataclass(frozen=True)
class Firm:
    """One report or worksheet under both profiles."""

    path: str
    name: str
    """The organisation of the scope; a worksheet has the name of its file."""
    old: Side
    new: Side

    @property
    def change(self) -> Decimal | None:
        """New premium minus old, where both are in one currency."""
        if self.old.premium is None or self.new.premium is None:
            return None
        return self.new.premium - self.old.premium if self._one_currency else None

    @property
    def _one_currency(self) -> bool:
        return self.old.currency == self.new.currency

    def to_json(self) -> dict[str, Any]:
        """Return the firm as JSON values."""
        return {
            "path": self.path, "name": self.name, "old": self.old.to_json(),
            "new": self.new.to_json(), "change": _text(self.change),
        }  # fmt: skip


@dataclass(frozen=True)
class Unreadable:
    """A file that could not be rated under both profiles, and why."""

    path: str
    error: PostureError


@dataclass(frozen=True)
class Totals:
    """All firms together under one profile; None where there is nothing to add up."""

    premium: Decimal | None
    mean_factor: Decimal | None
    """Weighted by the premium before discount: what the controls do to the whole income. If it is
    not what the tariff was built for, the discounts are a change of rate."""
    mean_discount: Decimal | None
    statuses: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        """Return the figures as text and counts."""
        return {
            "premium": _text(self.premium), "mean_factor": _text(self.mean_factor),
            "mean_discount": _text(self.mean_discount), "statuses": dict(self.statuses),
        }  # fmt: skip


@dataclass(frozen=True)
class Portfolio:
    """Every firm under both profiles, and the files that could not be counted."""

    old: Profile
    new: Profile
    firms: tuple[Firm, ...]
    unreadable: tuple[Unreadable, ...]
    repeated: tuple[tuple[str, str], ...]
    """Files with a report that was counted already, and the file it was counted from."""

    @property
    def old_totals(self) -> Totals:
        """All firms under the old profile."""
        return _totals([firm.old for firm in self.firms])

    @property
    def new_totals(self) -> Totals:
        """All firms under the new profile."""
        return _totals([firm.new for firm in self.firms])

    @property
    def moves(self) -> dict[str, int]:
        """How many firms come to each status that they did not have before."""
        return {
            status: sum(firm.new.status == status != firm.old.status for firm in self.firms)
            for status in STATUSES
        }

    def biggest(self, *, rises: bool) -> tuple[Firm, ...]:
        """Return the firms whose premium rises or falls most, the biggest first."""
        found = [
            (firm.change, firm)
            for firm in self.firms
            if firm.change is not None and (firm.change > 0 if rises else firm.change < 0)
        ]
        found.sort(key=lambda item: (-abs(item[0]), item[1].path))
        return tuple(firm for _, firm in found[:MOST])

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values; figures are text."""
        return {
            "old": _named(self.old), "new": _named(self.new),
            "firms": [firm.to_json() for firm in self.firms],
            "count": len(self.firms),
            "totals": {"old": self.old_totals.to_json(), "new": self.new_totals.to_json()},
            "moves": self.moves,
            "rises": [firm.path for firm in self.biggest(rises=True)],
            "falls": [firm.path for firm in self.biggest(rises=False)],
            "unreadable": [
                {"path": item.path, "code": item.error.code,
                 "values": {key: str(value) for key, value in item.error.values.items()}}
                for item in self.unreadable
            ],
            "repeated": [{"path": path, "same_as": first} for path, first in self.repeated],
        }  # fmt: skip


def _totals(sides: Sequence[Side]) -> Totals:
    premiums = [side.premium for side in sides if side.premium is not None]
    return Totals(
        sum(premiums, ZERO) if premiums else None,
        _mean((side.base, side.factor) for side in sides),
        _mean((side.base, side.discount) for side in sides),
        {status: sum(side.status == status for side in sides) for status in STATUSES},
    )


def _mean(pairs: Iterable[tuple[Decimal | None, Decimal | None]]) -> Decimal | None:
    known = [(weight, value) for weight, value in pairs if weight is not None and value is not None]
    with localcontext(CONTEXT):
        total = sum((weight for weight, _ in known), ZERO)
        if not total:
            return None
        return to_decimals(sum((w * v for w, v in known), ZERO) / total, DECIMALS)


def _named(profile: Profile) -> dict[str, str]:
    return {"id": profile.id, "version": profile.version, "digest": profile.digest}


def _text(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


def share_of_change(old: Decimal | None, new: Decimal | None) -> Decimal | None:
    """Return by which share a total changes; None where there is none to compare with."""
    if not old or new is None:
        return None
    with localcontext(CONTEXT):
        return to_decimals(new / old - ONE, DECIMALS)
