"""Takes CISA's list of exploited flaws (KEV) into our data: new flaws, and ransomware flags.

The list names vendors, products and flaws but no versions. So a new flaw of a product we know
becomes an entry without versions, which makes that product's verdict ``unknown`` until somebody
adds them; it never passes in silence.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from posture_scan.errors import UsageError
from posture_scan.products.members import CVE, Members, Table

SERVICE: Final = "CISA KEV"
FEWEST: Final = 1000
"""Entries below which it is not the whole list: it had 1,662 in August 2026."""
_VERSION: Final = re.compile(r"(\d{4})\.(\d\d)\.(\d\d)(?:\.\d{1,4})?")
_FIRST: Final = date(2021, 11, 3)
"""The day the list began."""
_FLAGS: Final = {"Known": True, "Unknown": False}
_ALL: Final = "multiple products"


@dataclass(frozen=True)
class Listed:
    """One entry of the list, as far as it is used."""

    cve: str
    vendor: str
    product: str
    added: date
    ransomware: bool


def merge(table: Table, feed: Members, today: date) -> Table:
    """Return our data with the list taken in.

    Raises:
        UsageError: ``products.bad_file`` for a list of another shape, ``products.feed_future``,
            ``products.feed_older`` and ``products.feed_shrunk`` for one not to be believed.
    """
    version, day = _version(feed, today)
    if version < table["catalog"]:
        raise UsageError("products.feed_older", service=SERVICE, got=version, have=table["catalog"])
    entries = _entries(feed, today)
    if feed.value.get("count") != len(entries) or len(entries) < max(FEWEST, _known(table)):
        raise UsageError("products.feed_shrunk", service=SERVICE, got=len(entries))
    merged = copy.deepcopy(table)
    reviewed = date.fromisoformat(table["reviewed_as_of"])
    for product in merged["products"].values():
        _take_in(product, entries, reviewed)
    merged |= {"catalog": version, "exploited_as_of": day.isoformat()}
    merged["exploited_total"] = len(entries)
    return merged


def _version(feed: Members, today: date) -> tuple[str, date]:
    version = feed.text("catalogVersion")
    match = _VERSION.fullmatch(version)
    try:
        day = date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        day = None
    if day is None:
        feed.refuse("catalogVersion")
    if day > today + timedelta(days=1):
        raise UsageError("products.feed_future", service=SERVICE, got=day.isoformat())
    return version, day


def _known(table: Table) -> int:
    """Return how many entries the list must still have: it only grows, give or take a few."""
    total = table.get("exploited_total", 0)
    return total * 95 // 100 if isinstance(total, int) else 0


def _entries(feed: Members, today: date) -> list[Listed]:
    return [_entry(item, today) for item in feed.objects("vulnerabilities")]


def _entry(item: Members, today: date) -> Listed:
    added = item.day("dateAdded")
    if not _FIRST <= added <= today + timedelta(days=1):
        item.refuse("dateAdded")
    flag = item.choice("knownRansomwareCampaignUse", _FLAGS)
    cve = item.text("cveID", None, CVE)
    return Listed(cve, item.text("vendorProject"), item.text("product"), added, _FLAGS[flag])


def _take_in(product: Table, entries: list[Listed], reviewed: date) -> None:
    """Renew what is known of a product's flaws, and add those listed since it was reviewed."""
    known = {flaw["cve"]: flaw for flaw in product.get("exploited", ())}
    for entry in entries:
        if entry.cve in known:
            known[entry.cve] |= _marks(entry)
        elif entry.added > reviewed and _concerns(entry, product):
            flaw = {"cve": entry.cve, "confidence": "medium", **_marks(entry)}
            product.setdefault("exploited", []).append(flaw)
            known[entry.cve] = flaw


def _marks(entry: Listed) -> Table:
    """The flag is only ever raised by the list: its "Unknown" takes nothing back."""
    flag: Table = {"ransomware": True} if entry.ransomware else {}
    return {"listed": entry.added.isoformat(), **flag}


def _concerns(entry: Listed, product: Table) -> bool:
    vendor, text = entry.vendor.strip().lower(), entry.product.lower()
    return any(
        vendor == name["vendor"].lower() and (name["product"].lower() in text or _ALL in text)
        for name in product.get("kev", ())
    )
