"""A portfolio under two profiles: what a change of the rules would do, before it is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any, Final

from posture_scan.assess.document import rate_again
from posture_scan.assess.opening import open_report
from posture_scan.assess.worksheet import is_worksheet
from posture_scan.collect.local_file import read_bytes
from posture_scan.errors import PostureError, UsageError
from posture_scan.rating.exact import CONTEXT, ONE, ZERO, plain, to_decimals
from posture_scan.rating.load import load_profile
from posture_scan.rating.profile import Profile
from posture_scan.rating.worksheet import rate_worksheet, read_worksheet
from posture_scan.report.document import LIMIT

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

    def to_json(self) -> dict[str, str | None]:
        """Return the figures as text."""
        return {
            "status": self.status, "base_premium": _text(self.base), "factor": _text(self.factor),
            "discount": _text(self.discount), "premium": _text(self.premium),
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


def compare(old: str, new: str, places: Iterable[Path], *, store: Path, now: datetime) -> Portfolio:
    """Rate every report and worksheet under two profiles as of ``now``.

    ``places`` are files, or folders of which every ``.json`` file counts. A file that cannot be
    rated under both is named in the result, whatever is wrong with it.

    Raises:
        UsageError, MistakesError: a profile that cannot be used.
    """
    rules = load_profile(old), load_profile(new)
    firms: list[Firm] = []
    unreadable: list[Unreadable] = []
    repeated: list[tuple[str, str]] = []
    seen: dict[str, str] = {}
    for path in _files(places):
        try:
            known, firm = _firm(path, rules, store, now)
        except PostureError as error:
            unreadable.append(Unreadable(str(path), error))
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            wrong = UsageError("profiles.report_unusable", detail=type(error).__name__)
            unreadable.append(Unreadable(str(path), wrong))
        else:
            first = seen.setdefault(known, firm.path)
            if first == firm.path:
                firms.append(firm)
            else:
                repeated.append((firm.path, first))
    return Portfolio(*rules, tuple(firms), tuple(unreadable), tuple(repeated))


def _files(places: Iterable[Path]) -> Iterator[Path]:
    """Return the files in order, each once; evidence beside a report belongs to that report."""
    seen: set[Path] = set()
    for place in places:
        inside = sorted(place.rglob("*.json")) if place.is_dir() else [place]
        names = set(inside)
        for path in inside:
            if path.resolve() in seen or (place.is_dir() and _beside(path, names)):
                continue
            seen.add(path.resolve())
            yield path


def _beside(path: Path, names: set[Path]) -> bool:
    stem = path.name.removesuffix(".evidence.json")
    return stem != path.name and path.with_name(f"{stem}.signed.json") in names


def _firm(
    path: Path, rules: tuple[Profile, Profile], store: Path, now: datetime
) -> tuple[str, Firm]:
    """Return what tells this report from others, and the firm under both profiles."""
    data = read_bytes(path, LIMIT)
    if is_worksheet(data):
        sheet = read_worksheet(data)
        sides = [_side(rate_worksheet(profile, sheet).to_json()) for profile in rules]
        return str(path), Firm(str(path), path.stem, *sides)
    beside = path.with_name(path.name.removesuffix(".signed.json") + ".evidence.json")
    evidence = beside if beside != path and beside.is_file() else None
    report = open_report(path, store=store, now=now, evidence=evidence)
    sides = [
        _side(rate_again(report, profile.id, now=now, rules=profile)["rating"]) for profile in rules
    ]
    return report["report_id"], Firm(str(path), report["scope"]["organisation"], *sides)


def _side(rating: Mapping[str, Any]) -> Side:
    base, factor, discount, premium = (
        None if rating.get(key) is None else Decimal(rating[key])
        for key in ("base_premium", "factor", "discount", "premium")
    )
    currency = str(rating.get("currency") or "")
    return Side(str(rating["status"]), base, factor, discount, premium, currency)


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
