"""What targets say, as collectors keep it and use it again."""

from __future__ import annotations

from typing import Final

from posture_scan.model.evidence import Service
from posture_scan.model.world import HttpResponse, Net

_TELLING: Final = (*range(200, 400), 401, 403, 404)
"""Statuses of an answer to the request for the page itself, not to something misunderstood."""


def printable(said: str | bytes, limit: int = 64) -> str:
    """Return what a stranger wrote as it may be kept: what shows itself, at most ``limit`` signs.

    Of bytes, the ASCII before the first zero byte.
    """
    if isinstance(said, bytes):
        said = said.partition(b"\0")[0].decode("ascii", "ignore")
    return "".join(sign for sign in said if sign.isprintable())[:limit].strip()


def front_page(service: Service, net: Net, limit: int) -> HttpResponse:
    """Return the front page for collectors that look for other answers than web pages.

    What discovery heard will do when it is all of the answer, or the beginning of a page in
    HTML; anything else is asked for again, without following it anywhere.
    """
    seen = HttpResponse.heard(service.greeting)
    if seen is None or seen.status not in _TELLING:
        return net.http(service, "/", follow=0, limit=limit)
    if not seen.truncated or seen.body.lstrip().startswith(b"<"):
        return seen
    return net.http(service, "/", follow=0, limit=limit)
