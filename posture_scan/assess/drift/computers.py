"""Whether the evidence of computers is new, whole and in time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from posture_scan.assess.drift.signal import Signal, Value
from posture_scan.assess.drift.told import Told
from posture_scan.model.codec import encode
from posture_scan.model.evidence import Vantage
from posture_scan.model.finding import Finding

SLACK: Final = timedelta(minutes=10)
"""How far two clocks may be apart."""


def of_computers(before: Told, after: Told) -> list[Signal]:
    """Return what is odd about the computers' own evidence."""
    return [*_fewer(before, after), *_handed_in_again(before, after)]


def of_clocks(before: Told, after: Told) -> list[Signal]:
    """Return times that cannot be as they stand, or stand in an order they cannot have."""
    return [*_overlap(before, after), *_ahead(after), *_newer_data(after), *_older(before, after)]


def _fewer(before: Told, after: Told) -> list[Signal]:
    old, new = set(_looks(before)), set(_looks(after))
    if len(new) >= len(old):
        return []
    missing = ", ".join(sorted(name.removeprefix("host:") for name in old - new))
    values: dict[str, Value] = {"before": len(old), "after": len(new), "missing": missing}
    return [Signal("fewer_computers", "", values, (before.id, after.id))]


def _looks(report: Told) -> dict[str, list[Finding]]:
    """The findings that rest on a look at each computer."""
    found: dict[str, list[Finding]] = {}
    for item in report.findings:
        asset = report.assets.get(item.asset)
        host = asset is not None and asset.kind == "host" and item.vantage is Vantage.HOST
        if host and item.evidence and item.observed_at is not None:
            found.setdefault(item.asset, []).append(item)
    return found


def _handed_in_again(before: Told, after: Told) -> list[Signal]:
    """The same records once more: still valid, but no new look."""
    if before.id == after.id:
        return []
    old = _looks(before)
    found = []
    for name, items in sorted(_looks(after).items()):
        earlier = _records(old.get(name, ()))
        if _records(items) <= earlier and _newest(items) < after.started_at:
            values = {
                "host": name.removeprefix("host:"), "date": encode(_newest(items)),
                "days": (after.at - _newest(items)).days,
            }  # fmt: skip
            found.append(Signal("same_evidence", name, values, tuple(sorted(_records(items)))))
    return found


def _older(before: Told, after: Told) -> list[Signal]:
    """A look at a computer that is older than the one the earlier report had."""
    old = _looks(before)
    return [
        Signal(
            "older_evidence", name,
            {"host": name.removeprefix("host:"), "date": encode(_newest(items)),
             "before": encode(_newest(old[name]))},
            (before.id, after.id, *sorted(_records(items))),
        )
        for name, items in sorted(_looks(after).items())
        if name in old and _newest(items) + SLACK < _newest(old[name])
    ]  # fmt: skip


def _records(items: Iterable[Finding]) -> set[str]:
    return {record for item in items for record in item.evidence}


def _newest(items: Iterable[Finding]) -> datetime:
    return max(item.observed_at for item in items if item.observed_at is not None)


def _overlap(before: Told, after: Told) -> list[Signal]:
    if before.id == after.id or after.started_at >= before.finished_at - SLACK:
        return []
    values = {"started": encode(after.started_at), "finished": encode(before.finished_at)}
    return [Signal("runs_overlap", "", values, (before.id, after.id))]


def _ahead(after: Told) -> list[Signal]:
    """Evidence from after the report was made: one of the two clocks is wrong."""
    late: dict[str, list[Finding]] = {}
    for item in after.findings:
        if item.observed_at is not None and item.observed_at > after.at + SLACK:
            late.setdefault(item.asset, []).append(item)
    return [
        Signal(
            "from_the_future", name,
            {"asset": name.removeprefix("host:"), "report": encode(after.at),
             "seen": encode(_newest(found))},
            (after.id, *sorted(_records(found))),
        )
        for name, found in sorted(late.items())
    ]  # fmt: skip


def _newer_data(after: Told) -> list[Signal]:
    """Product data from after the report was made: the clock had been set back."""
    data = after.report.get("product_data")
    told = str(data.get("as_of", "")) if isinstance(data, dict) else ""
    try:
        as_of = date.fromisoformat(told)
    except ValueError:
        return []
    # the date of the data is a day somewhere on Earth, up to 14 hours ahead of UTC
    if as_of <= (after.at + timedelta(hours=14)).date():
        return []
    values = {"as_of": told, "report": encode(after.at)}
    return [Signal("data_from_the_future", "", values, (after.id,))]
