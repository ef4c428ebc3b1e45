"""The front page of a web service: the one seen in discovery where that tells enough."""

from __future__ import annotations

from typing import Final

from posture_scan.sdk import HttpResponse, Net, Service

_TELLING: Final = (*range(200, 400), 401, 403, 404)
"""Statuses of an answer to the request for the page itself, not to something misunderstood."""


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
