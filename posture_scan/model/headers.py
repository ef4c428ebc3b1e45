"""Headers of an HTTP answer as they may be kept: without anybody's cookie or password."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_SET_COOKIE: Final = "set-cookie"
_PLAIN: Final = frozenset({"secure", "httponly", "partitioned"})
_WITH_VALUE: Final = frozenset({"samesite", "path", "domain", "max-age"})
_DATE: Final = re.compile(r"[A-Za-z]{3,9}, ?\d\d[ -][A-Za-z]{3}[ -](\d{2,4}) [\d:]{8}(?: GMT)?")
_LONG_GONE: Final = 2010
"""A cookie that ends before this year is set to be removed: servers write 1970 and the like."""
_SAME_SITE: Final = frozenset({"strict", "lax", "none"})


@dataclass(frozen=True)
class Cookie:
    """A cookie that an answer sets: its name and its flags, never its value (RFC 6265bis 5.6)."""

    name: str
    secure: bool = False
    """Sent back over an encrypted connection only."""
    http_only: bool = False
    """Out of reach of scripts on the page."""
    same_site: str = ""
    """``strict``, ``lax`` or ``none``; empty where it says none of them."""
    path: str = ""
    domain: str = ""
    removed: bool = False
    """It is set only for the browser to forget it."""


def without_secrets(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the headers, names in lower case, as they may be kept.

    Of a cookie the name and the flags are left, of where it leads all but a user name and
    password, which in an address are somebody's secret.
    """
    kept = []
    for key, value in headers:
        name, shown = key.strip().lower(), value.strip()
        if name == _SET_COOKIE:
            shown = _without_value(shown)
        elif name == "location":
            shown = without_credentials(shown)
        kept.append((name, shown))
    return tuple(kept)


def said_without_cookies(said: bytes) -> bytes:
    """Return the first bytes of an HTTP answer with the values of its cookies cut out."""
    head, gap, body = said.partition(b"\r\n\r\n")
    lines = [
        b"Set-Cookie: " + _without_value(line[11:].decode("latin-1")).encode("latin-1")
        if line[:11].lower() == b"set-cookie:"
        else line
        for line in head.split(b"\r\n")
    ]
    return b"\r\n".join(lines) + gap + body


def cookies_in(headers: Iterable[tuple[str, str]]) -> tuple[Cookie, ...]:
    """Read the cookies out of headers that went through ``without_secrets``."""
    return tuple(_cookie(value) for name, value in headers if name == _SET_COOKIE)


def _without_value(header: str) -> str:
    """Cut the value out; a cookie without ``=`` is all value and no name (RFC 6265bis 5.6)."""
    pair, _, attributes = header.partition(";")
    name, named, _ = pair.partition("=")
    return "; ".join([f"{name.strip() if named else ''}=", *_flags(attributes)])


def _flags(attributes: str) -> list[str]:
    """Return the flags as written; a comma ends a value: what follows may be another cookie."""
    kept = []
    for attribute in attributes.split(";") if attributes else ():
        key, equals, value = (part.strip() for part in attribute.partition("="))
        if key.lower() in _PLAIN:
            kept.append(key)
        elif key.lower() == "expires" and _DATE.fullmatch(value):
            kept.append(f"{key}={value}")
        elif key.lower() in _WITH_VALUE:
            kept.append(f"{key}{equals}{value.partition(',')[0]}")
    return kept


def without_credentials(location: str) -> str:
    """Cut out what stands before an ``@`` in the authority, which ends at the first slash."""
    head, mark, rest = location.partition("//")
    size = min((at for sign in "/\\?#" if (at := rest.find(sign)) >= 0), default=len(rest))
    return head + mark + rest[:size].rpartition("@")[2] + rest[size:]


def _cookie(header: str) -> Cookie:
    """Of an attribute that comes twice the last one counts (RFC 6265bis 5.7)."""
    pair, *attributes = header.split("; ")
    flags = {}
    for attribute in attributes:
        key, _, value = attribute.partition("=")
        flags[key.lower()] = value
    same_site = flags.get("samesite", "").lower()
    return Cookie(
        pair.removesuffix("="),
        "secure" in flags,
        "httponly" in flags,
        same_site if same_site in _SAME_SITE else "",
        flags.get("path", ""),
        flags.get("domain", ""),
        _removed(flags),
    )


def _removed(flags: dict[str, str]) -> bool:
    """Max-Age counts before Expires (RFC 6265bis 5.7); either in the past removes a cookie."""
    if "max-age" in flags:
        return re.fullmatch(r"-\d{1,20}|0{1,20}", flags["max-age"]) is not None
    date = _DATE.fullmatch(flags.get("expires", ""))
    year = int(date[1]) if date else _LONG_GONE
    return 69 < year < 100 or 100 < year < _LONG_GONE  # noqa: PLR2004 -- two digits: 1970-1999
