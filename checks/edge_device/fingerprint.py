"""Devices by what they say: the marks in ``makers/*.toml``, and when they suffice.

A product is named on one strong mark (a header, cookie, certificate or structured answer that
nothing else gives) or on two weak ones of different places. Words on a page alone never do:
pages that write about a product are commoner than the product.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Final

from posture_scan.checks.edge_device.favicon import favicon_hashes

from posture_scan.sdk import HttpResponse

STRONG: Final = "strong"
WEAK: Final = "weak"
HINT: Final = "hint"
"""A hint never counts towards a product; it only makes us ask on."""

VPN: Final = "vpn"
"""Role of a maker whose front page lets people into the network from outside."""

FAVICON: Final = "/favicon.ico"

_BODY_LIMIT: Final = 65_536
_TEXT_LIMIT: Final = 2048
_WEAK_NEEDED: Final = 2
_NAME_PART: Final = re.compile(rb"\x06\x03\x55\x04([\x03\x0a\x0b])[\x0c\x13\x14\x16]([\x01-\x7f])")
_NAME_KIND: Final = {b"\x03": "CN", b"\x0a": "O", b"\x0b": "OU"}


@dataclass(frozen=True)
class Mark:
    """One thing to look for in one place."""

    id: str
    where: str
    """``header:<name>``, ``cookie``, ``title``, ``body``, ``url``, ``realm``, ``favicon``,
    ``certificate`` or ``banner:<protocol>``."""
    pattern: re.Pattern[str]
    strength: str = HINT
    vpn: bool = False
    """Whether it shows the VPN's front page, not just the device."""
    admin: bool = False
    """Whether it shows a page or login that the device is managed through."""
    path: str = ""
    """Only on the answer to this path; empty for any."""
    port: int = 0
    """Only on this port; 0 for any."""


@dataclass(frozen=True)
class Ask:
    """One request of a maker's; those for the version wait until the product is named."""

    path: str
    method: str = "GET"
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    version: bool = False
    well_known: bool = False
    """Also asked where the front page says nothing at all."""
    limit: int = _BODY_LIMIT


@dataclass(frozen=True)
class VersionRule:
    """Where a version stands, and how far it may be trusted."""

    where: str
    pattern: re.Pattern[str]
    state: str
    """``read``, ``branch`` or ``date_hint``."""
    path: str = ""
    builds: str = ""
    """File of build times where the place is ``gzip_time``."""


@dataclass(frozen=True)
class Maker:
    """One fingerprint file."""

    id: str
    title: str
    product: str
    """The product's id in the product data; empty where only the kind of device is claimed."""
    role: str
    """``vpn`` or ``device``."""
    kind: str
    """``firewall``, ``router``, ``storage``, ``hypervisor``, ``mail``, ``camera`` …"""
    settle: str
    """The device's own command or page that shows its version."""
    tried: str
    """``real``, ``recorded`` or ``constructed``: what the marks were tried with."""
    sources: tuple[str, ...]
    """Where the marks come from, with the day or state that was read."""
    asks: tuple[Ask, ...]
    marks: tuple[Mark, ...]
    vetoes: tuple[Mark, ...]
    """A match here means an imitation or a sibling: the product is not named."""
    versions: tuple[VersionRule, ...]
    behind: bool = False
    """Whether it may well stand behind another maker's gateway without contradicting it."""
    weak_needed: int = _WEAK_NEEDED
    """Weak marks of different places that suffice; 1 only where no product is claimed."""


@dataclass(frozen=True)
class Page:
    """One answer and the path that was asked."""

    path: str
    answer: HttpResponse
    location: str = ""
    """Path a redirect points to, only where it stays on this very service."""


@dataclass(frozen=True)
class Sight:
    """All that one service has shown: pages, names in its certificate, its greeting."""

    pages: tuple[Page, ...] = ()
    certificate: tuple[str, ...] = ()
    banner: str = ""
    protocol: str = ""
    """The protocol that the greeting belongs to."""
    port: int = 0


@dataclass(frozen=True)
class Verdict:
    """What the marks of one maker come to."""

    maker: Maker
    strength: str
    """``strong``, ``weak``, or empty where the product is not named."""
    marks: tuple[str, ...]
    vpn: bool
    admin: bool
    weight: int = 0
    """How many marks there are that count; hints do not."""
    vetoed: bool = False
    """Whether it is not named only because an imitation or a sibling shows itself."""


@cache
def makers() -> tuple[Maker, ...]:
    """Read every fingerprint file, in order of its name."""
    folder = resources.files(__package__).joinpath("makers")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(_maker(f.name[:-5], tomllib.loads(f.read_text("utf-8"))) for f in files)


def _maker(name: str, table: dict[str, Any]) -> Maker:
    return Maker(
        name, table["title"], table["product"], table["role"], table["kind"], table["settle"],
        table["tried"], tuple(table["sources"]),
        tuple(Ask(**item) for item in table.get("request", ())),
        tuple(Mark(**_compiled(item)) for item in table["mark"]),
        tuple(Mark(**_compiled(item)) for item in table.get("veto", ())),
        tuple(VersionRule(**_compiled(item)) for item in table.get("version", ())),
        behind=table.get("behind", False), weak_needed=table.get("weak_needed", _WEAK_NEEDED),
    )  # fmt: skip


def _compiled(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "pattern": re.compile(item["pattern"])}


def weigh(maker: Maker, sight: Sight) -> Verdict:
    """Judge which of a maker's marks are there and whether they suffice."""
    seen = [mark for mark in maker.marks if _seen(mark, sight)]
    marks = tuple(mark.id for mark in seen)
    weak_places = {mark.where for mark in seen if mark.strength == WEAK}
    strength = ""
    if any(mark.strength == STRONG for mark in seen):
        strength = STRONG
    elif len(weak_places) >= maker.weak_needed:
        strength = WEAK
    vpn, admin = any(mark.vpn for mark in seen), any(mark.admin for mark in seen)
    weight = sum(mark.strength != HINT for mark in seen)
    if any(_seen(veto, sight) for veto in maker.vetoes):
        return Verdict(maker, "", marks, vpn and bool(strength), admin=False, vetoed=True)
    return Verdict(maker, strength, marks, vpn, admin, weight)


def _seen(mark: Mark, sight: Sight) -> bool:
    if mark.port and mark.port != sight.port:
        return False
    return any(mark.pattern.search(text) for text in texts(sight, mark.where, mark.path))


def texts(sight: Sight, where: str, path: str = "") -> tuple[str, ...]:
    """Return what a service showed in one place, on one path or on any."""
    if where == "certificate":
        return sight.certificate
    kind, _, name = where.partition(":")
    if kind == "banner":
        return (sight.banner[:_TEXT_LIMIT],) if name == sight.protocol else ()
    return tuple(
        text for page in sight.pages if not path or page.path == path
        for text in place(page, where)
    )  # fmt: skip


def place(page: Page, where: str) -> tuple[str, ...]:
    """Return the texts that stand in one place of an answer."""
    if where == "favicon":
        return favicon_hashes(page.answer.body) if page.path == FAVICON else ()
    if where == "url":
        # Where it points to by itself; what we asked for proves nothing.
        echo = page.path != "/" and page.location.startswith(page.path)
        return () if echo else (page.location,)
    return page.answer.texts(where)


def certificate_names(der: bytes) -> tuple[str, ...]:
    """Return CN, O and OU of a certificate's subject and issuer as ``OU=FortiGate``.

    A look for the encoded name parts (X.520), not a full parse: what is not found is not
    claimed, and bytes that fit by accident are as good as impossible.
    """
    names = []
    for found in _NAME_PART.finditer(der[:_BODY_LIMIT]):
        text = der[found.end() : found.end() + found[2][0]].decode("utf-8", "replace")
        names.append(f"{_NAME_KIND[found[1]]}={text}")
    return tuple(names)
