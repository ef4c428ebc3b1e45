"""What a page in HTML says about itself: read from its beginning, and nothing of it kept."""

from __future__ import annotations

import re
from typing import Final

from posture_scan.sdk import HttpResponse

PAGE_LIMIT: Final = 65_536
"""Bytes of a page that are read: its head and the beginning of what it shows."""
_OK: Final = 200
_HTML: Final = ("text/html", "application/xhtml+xml")
_HEAD_ENDS: Final = re.compile(r"</head|<body", re.IGNORECASE)
_META: Final = re.compile(r"<meta\s[^<>]{1,4096}>", re.IGNORECASE)
_CONTENT: Final = re.compile(r"""\bcontent\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_PASSWORD: Final = re.compile(
    r"""<input\s[^<>]{0,500}\btype\s*=\s*["']?password\b""", re.IGNORECASE
)
_LISTED: Final = re.compile(
    r"(?:Index of|Directory listing for|Directory:) /"  # Apache, nginx, lighttpd; Python; Jetty
    r"|Directory Listing For \[/"  # Tomcat
    r"|[\w.:\[\]-]{1,255} - /$",  # IIS: host - /
    re.IGNORECASE,
)
_LIST: Final = re.compile(r"<(?:pre|ul|table)\b", re.IGNORECASE)
_CADDY: Final = ('id="summary"', 'class="meta-item"')


def is_page(answer: HttpResponse) -> bool:
    """Tell whether an answer is a page for people: status 200, in HTML."""
    kind = answer.header("content-type").partition(";")[0].strip().lower()
    html = kind in _HTML if kind else answer.body.lstrip().startswith(b"<")
    return answer.status == _OK and html


def text_of(answer: HttpResponse) -> str:
    """Return the beginning of the page, without its comments."""
    first, *others = answer.body[:PAGE_LIMIT].decode("utf-8", "replace").split("<!--")
    return first + "".join(part.partition("-->")[2] for part in others)


def head_of(text: str) -> tuple[str, bool]:
    """Return the page's head, and whether its end was seen."""
    end = _HEAD_ENDS.search(text)
    return (text[: end.start()], True) if end else (text, False)


def metas(head: str, equivalent: str) -> tuple[str, ...]:
    """Return what ``<meta http-equiv=…>`` of one kind says."""
    named = re.compile(rf"""\bhttp-equiv\s*=\s*["']?{equivalent}\b""", re.IGNORECASE)
    tags = [tag[0] for tag in _META.finditer(head)]
    found = (_CONTENT.search(tag) for tag in tags if named.search(tag))
    return tuple(content[1] or content[2] or "" for content in found if content)


def asks_password(text: str) -> bool:
    """Tell whether there is a field for a password on it."""
    return _PASSWORD.search(text) is not None


def lists_files(title: str, text: str) -> bool:
    """Tell whether the page is the list of files that a web server makes by itself.

    A title alone is not enough: the same words stand again above a list.
    """
    if title == "/":
        return all(mark in text for mark in _CADDY)
    if not _LISTED.match(title):
        return False
    heading = re.search(rf"<h[12][^>]{{0,100}}>\s*{re.escape(title)}", text, re.IGNORECASE)
    return heading is not None and _LIST.search(text, heading.end()) is not None


def may_list_files(title: str) -> bool:
    """Tell whether a title is that of such a list: then more of the page has to be read."""
    return title == "/" or _LISTED.match(title) is not None
