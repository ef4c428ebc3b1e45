"""Reads a file of product data strictly: every member of the right kind, every date a day."""

from __future__ import annotations

import hashlib
from typing import Final

from posture_scan.collect import strict_json
from posture_scan.model.flaw import Exploit
from posture_scan.model.product import Branch, Product, ProductData, Span
from posture_scan.products.members import CVE, DAY, ID, PAIR, TEXT, Members, Table

FORMAT: Final = "posture-scan/product-data/1"
LIMIT: Final = 8_388_608
"""Bytes of the largest file that is read: 8 MiB, a dozen times the one that ships."""
_CODE: Final = "products.bad_file"
_CONFIDENCE: Final = ("high", "medium", "low")
_WORDS: Final = ("open", "past", "unknown")


def read(data: bytes, name: str, origin: str) -> ProductData:
    """Return the product data that a file holds.

    ``origin`` says where it came from: ``builtin``, ``user`` (updated or imported) or ``file``.

    Raises:
        UsageError: ``products.bad_file`` with the member that is wrong.
    """
    top = Members(table(data, name), name)
    top.only(
        "format", "as_of", "exploited_as_of", "exploited_total", "reviewed_as_of", "catalog",
        "sources",
        "distributions", "products",
    )  # fmt: skip
    if top.text("format") != FORMAT:
        top.refuse("format")
    top.day("reviewed_as_of")
    if type(top.value.get("exploited_total", 0)) is not int:
        top.refuse("exploited_total")
    products = top.table("products")
    return ProductData(
        as_of=top.day("as_of"),
        exploited_as_of=top.day("exploited_as_of"),
        products={key: _product(key, products.inner(key)) for key in products.keys_like(ID)},
        releases=_releases(top.table("distributions")),
        sources=top.table("sources").texts(),
        catalog=top.text("catalog"),
        sha256=hashlib.sha256(data).hexdigest(),
        origin=origin,
    )


def table(data: bytes, name: str) -> Table:
    """Return a file's plain JSON object, bounded and strict.

    Raises:
        UsageError: ``products.bad_file``.
    """
    return strict_json.as_object(strict_json.bounded_json(data, LIMIT, _CODE, name), _CODE, name)


def _releases(distributions: Members) -> dict[str, dict[str, Span]]:
    return {
        name: {
            release: _span(releases.inner(release), unsure=False)
            for release in releases.keys_like(TEXT)
        }
        for name in distributions.keys_like(ID)
        for releases in (distributions.inner(name),)
    }


def _product(key: str, item: Members) -> Product:
    item.only(
        "title", "source", "confidence", "reviewed", "numbers", "branches", "exploited",
        "shipped", "fixes", "packages", "kev", "feed",
    )  # fmt: skip
    confidence = item.choice("confidence", _CONFIDENCE)
    _known_names(item)
    _feed(item.table("feed"))
    shipped, fixes = item.table("shipped"), item.table("fixes")
    return Product(
        id=key,
        title=item.text("title"),
        source=item.text("source"),
        confidence=confidence,
        branches=tuple(_branch(entry, confidence) for entry in item.objects("branches")),
        exploits=tuple(_exploit(entry) for entry in item.objects("exploited")),
        reviewed=item.flag("reviewed"),
        numbers=item.count("numbers"),
        shipped={place: shipped.texts_of(place) for place in shipped.keys_like(PAIR)},
        fixes={place: fixes.inner(place).texts() for place in fixes.keys_like(PAIR)},
        packages=item.table("packages").texts(),
    )


def _known_names(item: Members) -> None:
    """Check the names under which the list of exploited flaws knows a product."""
    for entry in item.objects("kev"):
        entry.only("vendor", "product")
        entry.text("vendor")
        entry.text("product")


def _feed(feed: Members) -> None:
    """Check how the public table of dates is to be read for a product."""
    feed.only("id", "skip", "renamed", "first")
    feed.text("id", "", ID)
    feed.texts_of("skip")
    feed.text("first", "")
    renamed = feed.table("renamed")
    for name in renamed.keys_like(TEXT):
        renamed.inner(name).only("cycle", "from")
        renamed.inner(name).text("cycle")


def _branch(entry: Members, confidence: str) -> Branch:
    entry.only(
        "cycle", "ends", "free_until", "paid_until", "disputed", "confidence", "from", "name"
    )
    own = entry.choice("confidence", _CONFIDENCE, confidence)
    span = _span(entry, unsure=own == "low")
    return Branch(entry.text("cycle"), span, entry.text("from", ""), entry.text("name", ""), own)


def _span(entry: Members, *, unsure: bool) -> Span:
    return Span(
        entry.day_or("ends", _WORDS),
        entry.day_or("free_until", ("",), ""),
        entry.day_or("paid_until", ("open", ""), ""),
        bool(entry.text("disputed", "")),
        unsure,
    )


def _exploit(entry: Members) -> Exploit:
    entry.only(
        "cve", "affected", "fixed", "fixed_after", "needs", "only_on", "listed", "ransomware",
        "exhaustive", "confidence", "note",
    )  # fmt: skip
    listed = entry.text("listed", "", DAY)
    return Exploit(
        cve=entry.text("cve", None, CVE),
        affected=entry.pairs("affected"),
        fixed=entry.texts_of("fixed"),
        fixed_after=entry.texts_of("fixed_after"),
        needs=entry.text("needs", ""),
        only_on=entry.text("only_on", ""),
        listed=entry.day("listed") if listed else None,
        ransomware=entry.flag("ransomware"),
        exhaustive=entry.flag("exhaustive"),
        confidence=entry.choice("confidence", _CONFIDENCE),
    )
