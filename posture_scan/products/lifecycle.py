"""Takes the end-of-life dates of endoflife.date (API v1, ``/products/full``) into our data.

Only dates are taken. What is kept by hand stays: exploited versions, the releases of
distributions, and how a maker's branch names map to the versions its software shows.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from posture_scan.errors import UsageError
from posture_scan.products.members import Members, Table

SERVICE: Final = "endoflife.date"
_LATE_FIX: Final = timedelta(days=45)
"""A fix this long after the declared end means that the end is disputed …"""
_LATELY: Final = timedelta(days=366)
"""… as long as that fix is not older than a year."""
_YEARS: Final = range(1990, 2071)
_LEAST_SHARE: Final = 90
"""Percent of our products that the answer must have; below that it is not the whole table."""
_MOST_REVIVED: Final = 10
"""Percent of our ended branches that may come back to life in one update."""


@dataclass(frozen=True)
class Release:
    """One branch of a product, as far as it is used."""

    name: str
    ends: str
    paid_until: str
    latest: str
    latest_date: date | None
    released: date | None


def merge(table: Table, feed: Members, today: date) -> tuple[Table, tuple[str, ...]]:
    """Return our data with the dates taken in, and the products that were kept as they were.

    Raises:
        UsageError: ``products.bad_file`` for a table of another shape, ``products.feed_older``,
            ``products.feed_shrunk``, ``products.feed_future`` and ``products.feed_implausible``
            for one not to be believed.
    """
    answers = {item.text("name"): item for item in feed.objects("result")}
    releases = {name: _releases(item) for name, item in answers.items() if _wanted(name, table)}
    day = _day(releases, table, today)
    merged = copy.deepcopy(table)
    kept, fed = [], 0
    for name, product in merged["products"].items():
        source = product.get("feed", {}).get("id")
        if source is None:
            continue
        fed += 1
        branches = _branches(product, releases.get(source, []), today)
        if len(branches) * 100 < len(product.get("branches", ())) * 80:
            kept.append(name)
            continue
        product["branches"] = branches
    if len(kept) * 100 > fed * (100 - _LEAST_SHARE):
        raise UsageError("products.feed_shrunk", service=SERVICE, got=fed - len(kept))
    _refuse_revival(table, merged, today)
    for name, known in merged["distributions"].items():
        for release in releases.get(name, ()):
            known.setdefault(release.name, {"ends": release.ends})
    return {**merged, "as_of": day.isoformat()}, tuple(kept)


def _wanted(name: str, table: Table) -> bool:
    fed = {product.get("feed", {}).get("id") for product in table["products"].values()}
    return name in fed or name in table["distributions"]


def _day(releases: dict[str, list[Release]], table: Table, today: date) -> date:
    """Return the day of the answer: of the newest release it names, which needs no clock."""
    days = [day for items in releases.values() for item in items
            for day in (item.latest_date, item.released) if day]  # fmt: skip
    past = [day for day in days if day <= today + timedelta(days=1)]
    if not past:
        raise UsageError("products.feed_shrunk", service=SERVICE, got=0)
    day = min(max(past), today)
    if day.isoformat() < table["as_of"]:
        got = day.isoformat()
        raise UsageError("products.feed_older", service=SERVICE, got=got, have=table["as_of"])
    return day


def _releases(item: Members) -> list[Release]:
    return [_release(entry) for entry in item.objects("releases")]


def _release(entry: Members) -> Release:
    ended, eol = _flag(entry, "isEol"), _day_of(entry, "eolFrom")
    paid, eoes = _flag(entry, "isEoes"), _day_of(entry, "eoesFrom")
    latest = entry.inner("latest") if isinstance(entry.value.get("latest"), dict) else None
    return Release(
        name=entry.text("name"),
        ends=eol.isoformat() if eol else "past" if ended else "open",
        # A support contract without an end shows as "not over" and no date.
        paid_until=eoes.isoformat() if eoes else "open" if ended and paid is False else "",
        latest=latest.text("name", "") if latest else "",
        latest_date=_day_of(latest, "date") if latest else None,
        released=_day_of(entry, "releaseDate"),
    )


def _flag(entry: Members, name: str) -> bool | None:
    value = entry.value.get(name)
    if value is not None and not isinstance(value, bool):
        entry.refuse(name)
    return value


def _day_of(entry: Members, name: str) -> date | None:
    if entry.value.get(name) is None:
        return None
    day = entry.day(name)
    if day.year not in _YEARS:
        entry.refuse(name)
    return day


def _branches(product: Table, releases: list[Release], today: date) -> list[Table]:
    feed = product["feed"]
    known = {branch["cycle"]: branch for branch in product.get("branches", ())}
    found = []
    for release in releases:
        name = _name(release.name, feed)
        if name:
            found.append({**_kept(known, release, name), **_dates(release, today), **name})
    return found


def _kept(known: dict[str, Table], release: Release, name: Table) -> Table:
    """What is kept by hand beside the dates, where the answer has nothing to say about it."""
    old = known.get(name["cycle"], {})
    names = ["confidence"] if release.paid_until else ["confidence", "paid_until"]
    return {key: old[key] for key in names if key in old}


def _name(cycle: str, feed: Table) -> Table:
    """Return how the branch shows in versions; nothing where a version does not prove it."""
    if cycle in feed.get("skip", ()):
        return {}
    if feed.get("renamed"):
        renamed = feed["renamed"].get(cycle)
        return {**renamed, "name": cycle} if renamed else {}
    first = feed.get("first")
    return {"cycle": cycle, **({"from": f"{cycle}{first}"} if first else {})}


def _dates(release: Release, today: date) -> Table:
    dates = {"ends": release.ends, "paid_until": release.paid_until}
    if _disputed(release, today):
        dates["disputed"] = release.latest or "?"
    return {key: value for key, value in dates.items() if value}


def _disputed(release: Release, today: date) -> bool:
    if not release.ends[:1].isdigit() or release.latest_date is None:
        return False
    end = date.fromisoformat(release.ends)
    return end < today and release.latest_date > max(end + _LATE_FIX, today - _LATELY)


def _refuse_revival(before: Table, after: Table, today: date) -> None:
    """Refuse a table by which much of what had ended is suddenly supported again."""
    ended = _ended(before, today)
    revived = ended & _supported(after, today)
    if len(revived) * 100 > len(ended) * _MOST_REVIVED:
        raise UsageError("products.feed_implausible", service=SERVICE, got=len(revived))


def _ended(table: Table, today: date) -> set[tuple[str, str, str]]:
    return {key for key, ends in _ends(table) if ends == "past" or _over(ends, today)}


def _supported(table: Table, today: date) -> set[tuple[str, str, str]]:
    return {key for key, ends in _ends(table) if ends != "past" and not _over(ends, today)}


def _over(ends: str, today: date) -> bool:
    return ends[:1].isdigit() and ends < today.isoformat()


def _ends(table: Table) -> list[tuple[tuple[str, str, str], str]]:
    return [
        ((name, branch["cycle"], branch.get("from", "")), branch["ends"])
        for name, product in table["products"].items() for branch in product.get("branches", ())
        if branch["ends"] != "unknown"
    ]  # fmt: skip
