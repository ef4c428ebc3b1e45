"""One report under several profiles, a line each in columns that line up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from posture_scan.report.clean import clean, clean_tree
from posture_scan.report.figures import money, percent
from posture_scan.report.sheet import Sheet

COLUMNS = ("profile", "status", "score", "coverage", "discount", "premium", "gates")


def side_by_side(
    ratings: Sequence[Mapping[str, Any]], say: Callable[..., str], language: str, *, width: int = 80
) -> str:
    """Return a table of ratings (the ``rating`` of a report each), under one heading.

    ``say`` gives the sentences ``cli.rate.*`` and ``report.surcharge_note``. What a profile does
    not have, such as a premium, is a hyphen.
    """
    sheet = Sheet(width)
    sheet.columns(
        [
            tuple(say(f"cli.rate.column.{name}") for name in COLUMNS),
            *(_row(clean_tree(dict(rating)), say, language) for rating in ratings),
        ],
        indent=0, aligned=(2, 3, 4, 5),
    )  # fmt: skip
    sheet.line(say("cli.rate.trial"))
    examples = [str(item["profile"]["id"]) for item in ratings if _example(item)]
    if 0 < len(examples) < len(ratings):
        named = clean(", ".join(examples), 200)
        sheet.line(say("cli.rate.example", profiles=named))
    if any(Decimal(item.get("discount") or 0) < 0 for item in ratings):
        sheet.line(say("report.surcharge_note"))
    return sheet.text()


def _example(rating: Mapping[str, Any]) -> bool:
    return rating.get("base_source") == "example"


def _row(rating: Mapping[str, Any], say: Callable[..., str], language: str) -> tuple[str, ...]:
    shares = (_share(rating.get(name)) for name in ("coverage", "discount"))
    premium = rating.get("premium")
    shown = "-" if premium is None else money(Decimal(premium), rating["currency"], language)
    return (
        str(rating["profile"]["id"]), _status(str(rating["status"]), say),
        str(rating.get("score") or "-"), *shares, shown,
        _held(rating, say),
    )  # fmt: skip


def _held(rating: Mapping[str, Any], say: Callable[..., str]) -> str:
    """Name what holds the discount: open gates, else how much is not known enough."""
    if rating.get("gates"):
        return ", ".join(rating["gates"])
    if rating["status"] != "insufficient":
        return "-"
    if not rating.get("missing"):
        return say("cli.rate.held.coverage")
    return say("cli.rate.held.missing", count=len(rating["missing"]))


def _status(status: str, say: Callable[..., str]) -> str:
    """Return a short word for a status; one that has none is shown by its id."""
    key = f"cli.rate.short.{status}"
    said = say(key)
    return status if said == key else said


def _share(value: str | None) -> str:
    return "-" if value is None else percent(Decimal(value))
