"""A contractor's own prices: what an hour costs, and what single fixes take.

One TOML file; strict: every mistake in it is named with its line.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from posture_scan.collect.local_file import read_bytes
from posture_scan.mistakes import Mistake, MistakesError
from posture_scan.rating.exact import ZERO
from posture_scan.rating.form.mistakes import form_mistakes, syntax_mistake
from posture_scan.rating.profile import Profile
from posture_scan.toml_lines import Outline

if TYPE_CHECKING:
    from posture_scan.rating.plan.prices_schema import Entry

SIZE_LIMIT: Final = 262_144


@dataclass(frozen=True)
class Priced:
    """What one fix takes; ``hours`` None leaves the hours that are known without prices."""

    hours: Decimal | None = None
    cost: Decimal = ZERO
    """Outlay beside the hours."""
    per: str = "asset"
    """``asset``: at each asset where it fails; ``once``: for all of them together."""


@dataclass(frozen=True)
class Prices:
    """A contractor's price file as read."""

    currency: str
    hourly_rate: Decimal
    checks: Mapping[str, Priced]
    criteria: Mapping[str, Priced]
    """What all of a criterion takes, in place of its checks."""

    def cost(self, hours: Decimal, outlay: Decimal) -> Decimal:
        """Return hours at the rate, and the outlay."""
        return hours * self.hourly_rate + outlay


def read_prices(path: Path, profile: Profile) -> Prices:
    """Read a price file for use under a profile.

    Raises:
        UsageError, IncompleteError: the file cannot be read.
        MistakesError: the file has mistakes; each is named with its line.
    """
    data = read_bytes(path, SIZE_LIMIT)
    return parse_prices(data, profile, str(path))


def parse_prices(data: bytes, profile: Profile, file: str = "prices.toml") -> Prices:
    """Read prices from the bytes of a file; ``file`` is the name its mistakes are told under.

    Raises:
        MistakesError: the text has mistakes; each is named with its line.
    """
    try:
        text = data.decode("utf-8")
        table = tomllib.loads(text, parse_float=Decimal)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise MistakesError([Mistake(file, line, "profile.not_utf8")]) from error
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise MistakesError([syntax_mistake(file, error)]) from error
    outline = Outline(text)
    prices = _freeze(file, outline, table)
    found = tuple(
        Mistake(file, outline.line(place), f"prices.{code}", values)
        for place, code, values in _relations(prices, profile)
    )
    if found:
        raise MistakesError(found)
    return prices


def _freeze(file: str, outline: Outline, table: dict[str, Any]) -> Prices:
    from pydantic import ValidationError

    from posture_scan.rating.plan.prices_schema import PriceFile

    try:
        model = PriceFile.model_validate(table)
    except ValidationError as error:
        found = form_mistakes(file, outline, PriceFile, error.errors())
        raise MistakesError(found) from error
    return Prices(
        model.currency,
        model.hourly_rate,
        {name: _priced(entry) for name, entry in model.checks.items()},
        {name: _priced(entry) for name, entry in model.criteria.items()},
    )


def _priced(entry: Entry) -> Priced:
    return Priced(entry.hours, entry.cost, entry.per)


def _relations(
    prices: Prices, profile: Profile
) -> Iterator[tuple[tuple[str, ...], str, dict[str, object]]]:
    if prices.currency != profile.currency:
        values: dict[str, object] = {"given": prices.currency, "expected": profile.currency}
        yield ("currency",), "currency", values
    criteria = [item.id for item in profile.criteria]
    for table, names, known in (
        ("checks", prices.checks, sorted(profile.checks)),
        ("criteria", prices.criteria, criteria),
    ):
        for name in names:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1) or ["-"]
                values = {"id": name, "near": near[0], "profile": profile.id}
                yield (table, name), f"unknown_{table}", values
