"""ScreenConnect (ConnectWise): a server for remote support, told by its web server's name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from posture_scan.checks.remote_access.web_front import front_of, heard, server_of

from posture_scan.sdk import HANDSHAKE, Attempt, AttemptError, Facts, Net, Service, collector

USUAL_PORTS: Final = (8040, 8041)
HEADER, TITLE = "header", "title"
_SERVER: Final = re.compile(r"screenconnect(?:/(\d{1,5}(?:\.\d{1,6}){1,4}))?(?:[-\s]|\Z)")
_TITLE: Final = re.compile(r"\b(?:ScreenConnect|ConnectWise Control)\b", re.IGNORECASE)
_FAILED: Final = 500


@dataclass(frozen=True)
class ScreenconnectFront(Facts):
    """Whether a web service is ScreenConnect, and its version where it says it."""

    how: str = ""
    """``header`` (its own web server), ``title`` (only the page's title names it), or empty."""
    version: str = ""
    """Such as ``23.9.8.8811``; it is said in full by the web server."""


@collector(on=Service("http"), intrusiveness=HANDSHAKE)
def screenconnect_front(service: Service, net: Net) -> ScreenconnectFront:
    """Look at what the front page said when it was recognised; ask only where that is lost."""
    front = front_of(service, net)
    found = _SERVER.match(server_of(front))
    if found:
        return ScreenconnectFront(HEADER, found[1] or "")
    if _TITLE.search(front.title):
        return ScreenconnectFront(TITLE)
    if heard(service) is None and front.status >= _FAILED and not server_of(front):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, f"HTTP {front.status}")
    return ScreenconnectFront()
