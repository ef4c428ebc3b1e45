"""RD Web Access: the page on which people log on to their remote desktops and programs.

One request for its own logon page, redirects on this host followed. It is told by the names of
its cookies, or by the XML page (``RDWAPage``) that it lets the browser dress up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.remote_access.web_front import heard, server_of

from posture_scan.sdk import (
    HANDSHAKE,
    Attempt,
    AttemptError,
    Facts,
    HttpResponse,
    Net,
    Service,
    collector,
)

STRONG, WEAK = "strong", "weak"
_LOGON: Final = "/RDWeb/Pages/en-US/login.aspx"
_ENTRANCE: Final = "/RDWeb/"
_LIMIT: Final = 65_536
_NOT_FOUND: Final = 404
_COOKIE: Final = "TSWA"
"""``TSWAAuthHttpOnlyCookie``, ``TSWAFeatureCheckCookie`` and their kin."""
_PAGE: Final = re.compile(rb"<RDWAPage[\s>]")
_TITLE: Final = re.compile(r"\b(?:RD|Remote Desktop) Web Access\b", re.IGNORECASE)
_FIELD: Final = re.compile(rb"<input[^>]{1,300}\bname=[\"']DomainUserName[\"']", re.IGNORECASE)


@dataclass(frozen=True)
class RdWebFront(Facts):
    """Whether a web service shows the logon page of RD Web Access."""

    strength: str = ""
    """``strong`` (its cookie or its own page), ``weak`` (title and form), or empty."""
    asked: bool = True


@collector(on=Service("http"), intrusiveness=HANDSHAKE, max_connections=2)
def rd_web_front(service: Service, net: Net) -> RdWebFront:
    """Ask for the logon page; outside TLS only where something hints at Windows."""
    front = heard(service)
    windows = front is None or _may_be_windows(front, service.greeting)
    if not service.tls and not windows:
        return RdWebFront(asked=False)
    answer = _page(service, net, _LOGON)
    if answer.status == _NOT_FOUND and windows:
        # A Windows of another language may keep the page in a folder of that language.
        answer = _page(service, net, _ENTRANCE)
    return RdWebFront(_strength(answer))


def _page(service: Service, net: Net, path: str) -> HttpResponse:
    answer = net.http(service, path, follow=2, limit=_LIMIT)
    if answer.unread(_LIMIT):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, f"HTTP {answer.status}, not read")
    return answer


def _may_be_windows(front: HttpResponse, said: bytes) -> bool:
    """Tell by the web server's name, or by any word of the page's address, such as a redirect's."""
    server = server_of(front)
    return not server or server.startswith("microsoft-") or b"/rdweb" in said.lower()


def _strength(answer: HttpResponse) -> str:
    if any(name.startswith(_COOKIE) for name in answer.cookies) or _PAGE.search(answer.body):
        return STRONG
    both = _TITLE.search(answer.title) and _FIELD.search(answer.body)
    return WEAK if both else ""
