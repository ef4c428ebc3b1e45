"""Renews the product data: what two public services say, taken into the data at hand.

Pure: bytes in, bytes out. Good data is never replaced by broken, shrunken or older data; where
one of the two services fails, what the other says is taken, and that is told.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from posture_scan.collect import strict_json
from posture_scan.errors import PostureError, UsageError
from posture_scan.model.product import ProductData
from posture_scan.products import kev, lifecycle
from posture_scan.products.fetch import LIMIT as FEED_LIMIT
from posture_scan.products.members import Members, Table
from posture_scan.products.read import read, table

_LEAST_SHARE: Final = 90
"""Percent of our products that a file must still know."""


@dataclass(frozen=True)
class Part:
    """How it went with one of the two services."""

    service: str
    result: str
    """``new``, ``same`` or ``failed``."""
    error: PostureError | None = None
    kept: tuple[str, ...] = ()
    """Products the answer had too little on, so that ours was kept."""


@dataclass(frozen=True)
class Renewed:
    """The outcome: the new file's bytes, or None where there is nothing new to keep."""

    data: bytes | None
    parts: tuple[Part, ...]


def renew_newest(
    present: bytes,
    builtin: bytes,
    answers: Mapping[str, bytes | PostureError],
    today: date,
    name: str,
) -> Renewed:
    """Renew the data at hand; where the program's own file was reviewed later, start from that.

    A newer program knows which versions have flaws that an older file only names. Its file is
    the start unless some date would go back by it.
    """
    mine, ours = table(present, name), table(builtin, name)
    if ours["reviewed_as_of"] > mine["reviewed_as_of"]:
        outcome = renew(builtin, answers, today, name)
        after = table(outcome.data, name) if outcome.data else ours
        if all(after[day] >= mine[day] for day in ("as_of", "exploited_as_of")):
            return outcome
    return renew(present, answers, today, name)


def renew(
    present: bytes, answers: Mapping[str, bytes | PostureError], today: date, name: str
) -> Renewed:
    """Take what the services answered into a file of product data.

    Args:
        present: the file to start from; it has been read before.
        answers: service to the body it sent, or to why there is none.
        today: the day, against dates from the future.
        name: of the file, for error sentences.
    """
    current = table(present, name)
    parts = []
    for service, answer in answers.items():
        if isinstance(answer, PostureError):
            parts.append(Part(service, "failed", answer))
            continue
        try:
            after, kept = _take_in(current, service, answer, today)
            read(_bytes(after), service, "user")
        except PostureError as error:
            parts.append(Part(service, "failed", error))
        else:
            parts.append(Part(service, "same" if after == current else "new", kept=kept))
            current = after
    changed = any(part.result == "new" for part in parts)
    return Renewed(_bytes(current) if changed else None, tuple(parts))


def _take_in(
    current: Table, service: str, answer: bytes, today: date
) -> tuple[Table, tuple[str, ...]]:
    value = strict_json.bounded_json(answer, FEED_LIMIT, "products.bad_file", service)
    feed = Members(value, service)
    if service == kev.SERVICE:
        return kev.merge(current, feed, today), ()
    return lifecycle.merge(current, feed, today)


def service_of(data: bytes, name: str) -> str:
    """Tell which service's answer a file is; an empty string for a file of product data."""
    value = strict_json.bounded_json(data, FEED_LIMIT, "products.bad_file", name)
    members = value if isinstance(value, dict) else {}
    if "vulnerabilities" in members:
        return kev.SERVICE
    return lifecycle.SERVICE if "result" in members else ""


def accept(data: bytes, name: str, have: ProductData, today: date) -> ProductData:
    """Return what a file of product data holds if it may replace the data at hand.

    Raises:
        UsageError: ``products.bad_file``, ``products.file_older``, ``products.file_future``,
            ``products.file_shrunk``.
    """
    offered = read(data, name, "user")
    values: dict[str, Any] = {"path": name}
    newest = max(offered.as_of, offered.exploited_as_of)
    if newest > today + timedelta(days=1):
        raise UsageError("products.file_future", got=newest, **values)
    for mine, theirs in (
        (have.as_of, offered.as_of), (have.exploited_as_of, offered.exploited_as_of),
    ):  # fmt: skip
        if theirs < mine:
            raise UsageError("products.file_older", got=theirs, have=mine, **values)
    if len(offered.products) * 100 < len(have.products) * _LEAST_SHARE:
        got, before = len(offered.products), len(have.products)
        raise UsageError("products.file_shrunk", got=got, have=before, **values)
    return offered


def _bytes(value: Table) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
