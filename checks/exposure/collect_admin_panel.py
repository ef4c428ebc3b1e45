"""Administration pages of routers, storage, servers and web sites, by marks of their own.

The front page (and where it points to on this host) is read and compared with ``panels.toml``;
a second page is asked for only where the first one names a system whose logon stands elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posture_scan.checks.exposure.panel import (
    BODY_LIMIT,
    STRONG,
    WEAK,
    Match,
    Panel,
    panels,
    weigh,
)

from posture_scan.sdk import HANDSHAKE, AttemptError, Facts, HttpResponse, Net, Service, collector

_REDIRECTS: Final = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class AdminPage(Facts):
    """The administration page a web service shows, if any."""

    panel: str = ""
    title: str = ""
    complete: bool = True
    """False where a page that would have settled it did not come."""
    strength: str = STRONG
    """``strong`` or ``weak``: how sure it is that the page is this one."""
    version: str = ""
    suspected: str = ""
    """What a title alone says the page is; not enough to name it."""


@collector(on=Service("http"), intrusiveness=HANDSHAKE, max_connections=5)
def admin_page(service: Service, net: Net) -> AdminPage:
    """Compare the front page with the known administration pages."""
    front = net.http(service, "/", follow=2, limit=BODY_LIMIT)
    found = _best([weigh(panel, front) for panel in panels() if not panel.path])
    if found and found.strength:
        return _named(found)
    suspected = found.panel.title if found else ""
    complete = not front.unread(BODY_LIMIT) and not _goes_on(front) and not _padded(front)
    for panel in _hinted(front):
        try:
            answer = net.http(service, panel.path, follow=0, limit=BODY_LIMIT)
        except AttemptError:
            return AdminPage(complete=False, suspected=suspected)
        match = weigh(panel, answer)
        if match and match.strength:
            return _named(match)
        complete = complete and not answer.unread(BODY_LIMIT)
    return AdminPage(complete=complete, suspected=suspected)


def _best(matches: list[Match | None]) -> Match | None:
    order = ("", WEAK, STRONG)
    found = [match for match in matches if match]
    return max(found, key=lambda match: order.index(match.strength), default=None)


def _named(match: Match) -> AdminPage:
    return AdminPage(
        match.panel.id, match.panel.title, strength=match.strength, version=match.version
    )


def _hinted(front: HttpResponse) -> list[Panel]:
    body = front.body.decode("utf-8", "replace")
    return [panel for panel in panels() if panel.hint and panel.hint.search(body)][:2]


def _padded(front: HttpResponse) -> bool:
    """Tell whether a page fills what is read of it before it comes to its title."""
    return front.truncated and not front.title


def _goes_on(front: HttpResponse) -> bool:
    """Tell whether the last answer still points to a page of this host that was not seen."""
    return front.status in _REDIRECTS and bool(front.header("location")) and (
        not front.redirect_refused
    )  # fmt: skip
