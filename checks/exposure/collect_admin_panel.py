"""Administration pages of routers, storage and web sites, by marks that nothing else has.

The front page (and where it points to on this host) is read and compared with ``panels.toml``;
a second page is asked for only where the first one names a system whose logon stands elsewhere.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from posture_scan.sdk import HANDSHAKE, AttemptError, Facts, HttpResponse, Net, Service, collector

_BODY_LIMIT: Final = 65_536
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_TITLE: Final = re.compile(r"<title[^>]{0,200}>([^<]{0,300})</title", re.IGNORECASE)


@dataclass(frozen=True)
class Panel:
    """One administration page: where its mark stands and what it looks like."""

    id: str
    title: str
    where: str
    """``title``, ``realm``, ``cookie``, ``body`` or ``header:<name>``."""
    pattern: re.Pattern[str]
    path: str = ""
    """Asked only where ``hint`` was seen on the front page."""
    hint: re.Pattern[str] | None = None


@dataclass(frozen=True)
class AdminPage(Facts):
    """The administration page a web service shows, if any."""

    panel: str = ""
    title: str = ""
    complete: bool = True
    """False where a page that would have settled it did not come."""


@cache
def panels() -> tuple[Panel, ...]:
    """Read ``panels.toml``."""
    text = resources.files(__package__).joinpath("panels.toml").read_text("utf-8")
    return tuple(_panel(item) for item in tomllib.loads(text)["panel"])


def _panel(item: dict[str, Any]) -> Panel:
    hint = re.compile(item["hint"]) if "hint" in item else None
    return Panel(
        item["id"], item["title"], item["where"], re.compile(item["pattern"]),
        item.get("path", ""), hint,
    )  # fmt: skip


@collector(on=Service("http"), intrusiveness=HANDSHAKE, max_connections=5)
def admin_page(service: Service, net: Net) -> AdminPage:
    """Compare the front page with the known administration pages."""
    front = net.http(service, "/", follow=2, limit=_BODY_LIMIT)
    found = next((p for p in panels() if not p.path and _shows(p, front)), None)
    if found:
        return AdminPage(found.id, found.title)
    body = front.body.decode("utf-8", "replace")
    hinted = [panel for panel in panels() if panel.hint and panel.hint.search(body)]
    complete = not front.unread(_BODY_LIMIT) and not _goes_on(front) and not _padded(front)
    for panel in hinted[:2]:
        try:
            answer = net.http(service, panel.path, follow=0, limit=_BODY_LIMIT)
        except AttemptError:
            return AdminPage(complete=False)
        if _shows(panel, answer):
            return AdminPage(panel.id, panel.title)
        complete = complete and not answer.unread(_BODY_LIMIT)
    return AdminPage(complete=complete)


def _padded(front: HttpResponse) -> bool:
    """Tell whether a page fills what is read of it before it comes to its title."""
    return front.truncated and not _place(front, "title")


def _goes_on(front: HttpResponse) -> bool:
    """Tell whether the last answer still points to a page of this host that was not seen."""
    return front.status in _REDIRECTS and bool(front.header("location")) and (
        not front.redirect_refused
    )  # fmt: skip


def _shows(panel: Panel, answer: HttpResponse) -> bool:
    return any(panel.pattern.search(text) for text in _place(answer, panel.where))


def _place(answer: HttpResponse, where: str) -> tuple[str, ...]:
    kind, _, name = where.partition(":")
    if kind == "header":
        return (answer.header(name),)
    if kind == "cookie":
        return answer.cookies
    if kind == "realm":
        return (answer.header("www-authenticate"),)
    text = answer.body[:_BODY_LIMIT].decode("utf-8", "replace")
    if kind == "title":
        found = _TITLE.search(text)
        return (found[1].strip(),) if found else ()
    return (text,)
