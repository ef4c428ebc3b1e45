"""Headers by which a page restricts browsers, read the way browsers read them."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

SIX_MONTHS: Final = 15_552_000
"""Seconds that HSTS should hold at least: 180 days (SSL Labs' guide 2009r; Mozilla asks for two
years, 63,072,000)."""
LONGEST: Final = 10**12
"""What a browser is told beyond this many seconds makes no difference."""
KEPT_DIRECTIVES: Final = frozenset(
    {"default-src", "script-src", "script-src-elem", "script-src-attr", "frame-ancestors"}
)
_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_DIRECTIVE: Final = re.compile(
    rf"""[ \t]*(?:({_TOKEN})(?:[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|({_TOKEN})))?)?[ \t]*(?:;|\Z)"""
)
_ANYBODY: Final = frozenset({"*", "http:", "https:"})
_NONCE_OR_HASH: Final = re.compile(r"'(?:nonce-|sha(?:256|384|512)-).+'\Z", re.IGNORECASE)


class Scripts(StrEnum):
    """What a policy makes of scripts that stand in the page itself."""

    FREE = "free"
    """It says nothing about scripts."""
    INLINE = "inline"
    """It has a rule that lets any script in the page run."""
    BOUND = "bound"


def max_age(header: str) -> int | None:
    """Return the seconds that HSTS shall hold; None for a header that browsers throw away.

    Each directive at most once, values bare or quoted (RFC 6797 6.1), max-age required.
    """
    seen: dict[str, str] = {}
    at = 0
    while at < len(header):
        found = _DIRECTIVE.match(header, at)
        if found is None:
            return None
        at = found.end()
        name = (found[1] or "").lower()
        if name in seen:
            return None
        if name:
            seen[name] = found[2] if found[2] is not None else found[3] or ""
    age = seen.get("max-age", "")
    if not re.fullmatch(r"[0-9]{1,400}", age):
        return None
    return min(int(age), LONGEST)


def policies(headers: tuple[str, ...]) -> tuple[str, ...]:
    """Split headers into policies, and leave of each what this pack judges.

    Of a directive that comes twice the first counts (CSP 3, 2.2.1).
    """
    return tuple(_short(policy) for header in headers for policy in header.split(","))


def _short(policy: str) -> str:
    kept: dict[str, str] = {}
    for directive in policy.split(";"):
        name, *sources = directive.split() or [""]
        if name.lower() in KEPT_DIRECTIVES:
            kept.setdefault(name.lower(), " ".join(sources))
    return "; ".join(f"{name} {sources}".rstrip() for name, sources in kept.items())


def _directives(policy: str) -> dict[str, tuple[str, ...]]:
    pairs = (part.split() for part in policy.split(";"))
    return {name.lower(): tuple(sources) for name, *sources in filter(None, pairs)}


def scripts(policy: str) -> Scripts:
    """Say what one policy makes of scripts in the page (CSP 3, 6.7.3.2).

    Tags and handlers in attributes each have a rule that falls back to the wider ones.
    """
    rules = _directives(policy)
    found = [
        next((rules[name] for name in (first, "script-src", "default-src") if name in rules), None)
        for first in ("script-src-elem", "script-src-attr")
    ]
    if None in found:
        return Scripts.FREE
    return Scripts.INLINE if any(_inline(rule or ()) for rule in found) else Scripts.BOUND


def _inline(sources: tuple[str, ...]) -> bool:
    """``unsafe-inline`` is void beside a nonce, a hash or ``strict-dynamic``."""
    if "'strict-dynamic'" in map(str.lower, sources):
        return False
    if any(_NONCE_OR_HASH.match(source) for source in sources):
        return False
    return "'unsafe-inline'" in map(str.lower, sources)


def framed_by_anybody(csp: tuple[str, ...], frame_options: tuple[str, ...]) -> bool | None:
    """Tell whether any site may show the page in a frame; None where nothing is said about it.

    ``frame-ancestors`` replaces X-Frame-Options (CSP 3, 6.4.2.2). Of several different values of
    the latter, one known word closes the page; a single one has to be DENY or SAMEORIGIN (HTML
    Standard, 7.6).
    """
    rules = [_directives(policy) for policy in csp]
    ancestors = [rule["frame-ancestors"] for rule in rules if "frame-ancestors" in rule]
    if ancestors:
        return all(_ANYBODY & set(map(str.lower, sources)) for sources in ancestors)
    words = {word.strip().lower() for value in frame_options for word in value.split(",")} - {""}
    if not words:
        return None
    closing = {"deny", "sameorigin"} | ({"allowall"} if len(words) > 1 else set())
    return not words & closing


def no_sniffing(header: str) -> bool:
    """Tell whether the first value is ``nosniff`` (Fetch Standard, "determine nosniff")."""
    return header.partition(",")[0].strip().lower() == "nosniff"
