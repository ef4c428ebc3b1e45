"""What a service says about itself: its greeting, and for web servers one ordinary page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Final

from posture_scan.checks.software.recognise import (
    TEXT_LIMIT,
    Software,
    recognise,
    share_distribution,
    shown,
)

from posture_scan.sdk import (
    BANNER,
    AttemptError,
    Facts,
    HttpResponse,
    Method,
    Net,
    Service,
    collector,
)

GREETING_LIMIT: Final = 2048
"""Bytes of the greeting that are kept: the recognition looks at no more."""
PAGE_LIMIT: Final = 65_536
"""Bytes of the page that are read: a generator tag stands in its head."""
_WEB: Final = frozenset({"http", "https"})
_TROUBLED: Final = 400
"""Errors pass (RFC 9110 section 15): such a page is asked for again."""
_HEADERS: Final = (
    "server", "x-powered-by", "x-generator", "x-owa-version", "x-jenkins", "x-aspnet-version",
    "x-varnish-version",
)  # fmt: skip
_META = re.compile(r"<meta [^>]{0,200}>", re.IGNORECASE)
_GENERATOR = re.compile(r"""name ?= ?["']?generator["' /]""", re.IGNORECASE)
_CONTENT = re.compile(r"""content ?= ?["']([^"'>]{1,120})["']""", re.IGNORECASE)


@dataclass(frozen=True)
class HeaderSeen:
    """One HTTP header, or the page's generator tag, that names software."""

    name: str
    value: str


@dataclass(frozen=True)
class Banner(Facts):
    """What a service said about its software, raw and as recognised."""

    method: ClassVar[Method] = Method.VERSION_WITHOUT_PATCH_LEVEL

    protocol: str
    greeting: bytes
    """The first bytes it said in discovery, at most 2,048."""
    headers: tuple[HeaderSeen, ...] = ()
    cookies: tuple[str, ...] = ()
    """Names of cookies only; their values are never kept."""
    software: tuple[Software, ...] = ()
    page: str = ""
    """``read``, or how the one request for a page ended; empty where none was made."""


@collector(on=Service(), intrusiveness=BANNER, max_connections=1)
def banner(service: Service, net: Net) -> Banner:
    """Read what a service says about itself: nothing is asked but one ordinary web page."""
    greeting = service.greeting[:GREETING_LIMIT]
    if service.protocol in _WEB:
        return _from_web(service, net, greeting)
    text = greeting.decode("latin-1")
    if greeting.startswith(b"HTTP/"):
        headers, body = _split(text)
        return Banner(service.protocol, greeting, headers, (), _recognise(headers, body))
    return Banner(service.protocol, greeting, (), (), recognise("greeting", text))


def _from_web(service: Service, net: Net, greeting: bytes) -> Banner:
    """Ask for the start page; where that fails, what discovery read still counts.

    Where discovery read all of it, under the same name, it is not asked for again.
    """
    name = service.names[0] if service.names else ""
    heard = HttpResponse.heard(greeting)
    try:
        if heard is not None and not heard.truncated and heard.status < _TROUBLED:
            answer = heard
        else:
            answer = net.http(service, "/", name=name, follow=0, limit=PAGE_LIMIT)
    except AttemptError as error:
        if not greeting.startswith(b"HTTP/"):
            raise
        headers, body = _split(greeting.decode("latin-1"))
        found = _recognise(headers, body)
        return Banner(service.protocol, greeting, headers, (), found, error.attempt.value)
    body = answer.body.decode("latin-1")
    headers = (*_named(answer), *_generators(body))
    found = _recognise(headers, body)
    return Banner(service.protocol, greeting, headers, answer.cookies[:50], found, "read")


def _named(answer: HttpResponse) -> tuple[HeaderSeen, ...]:
    pairs = ((name.lower(), value) for name, value in answer.headers)
    return tuple(_seen(name, value) for name, value in pairs if name in _HEADERS)


def _split(text: str) -> tuple[tuple[HeaderSeen, ...], str]:
    """Read the headers out of an HTTP answer that came as a greeting."""
    head, _, body = text.partition("\r\n\r\n")
    lines = (line.partition(":") for line in head.split("\r\n")[1:])
    pairs = ((name.strip().lower(), value.strip()) for name, _, value in lines)
    headers = tuple(_seen(name, value) for name, value in pairs if name in _HEADERS)
    return (*headers, *_generators(body)), body


def _seen(name: str, value: str) -> HeaderSeen:
    """Keep a header's value short and printable: it is quoted in reports."""
    return HeaderSeen(name, shown(value, 500))


def _generators(body: str) -> tuple[HeaderSeen, ...]:
    tags = (tag.group() for tag in _META.finditer(body) if _GENERATOR.search(tag.group()))
    contents = (_CONTENT.search(tag) for tag in tags)
    found = (shown(match.group(1)) for match in contents if match)
    return tuple(HeaderSeen("generator", text) for text in list(dict.fromkeys(found))[:5])


def _recognise(headers: tuple[HeaderSeen, ...], body: str) -> tuple[Software, ...]:
    found = [item for header in headers for item in recognise(header.name, header.value)]
    found += recognise("body", body[:TEXT_LIMIT])
    once = {(item.product, item.version): item for item in reversed(found)}
    shared: tuple[Software, ...] = share_distribution(tuple(reversed(once.values())))
    return shared
