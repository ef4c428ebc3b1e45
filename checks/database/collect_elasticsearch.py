"""Elasticsearch and OpenSearch: their front page over HTTP, and no other page of theirs."""

from __future__ import annotations

import json
from typing import Any, Final

from posture_scan.checks.database.answer import (
    OPEN,
    PASSWORD,
    SHOWN,
    DatabaseAnswer,
    expect,
    tls_of,
)

from posture_scan.sdk import HANDSHAKE, HttpResponse, Net, Service, collector, front_page, printable

_TAGLINES: Final = {
    "You Know, for Search": "elasticsearch",
    "The OpenSearch Project: https://opensearch.org/": "opensearch",
}
_LIMIT: Final = 16_384
_OK: Final = 200
_REFUSALS: Final = (401, 403)


@collector(on=Service("http"), intrusiveness=HANDSHAKE)
def elasticsearch_front(service: Service, net: Net) -> DatabaseAnswer:
    """Look whether the front page of a web service is that of Elasticsearch or OpenSearch."""
    answer = front_page(service, net, _LIMIT)
    tls = tls_of(service)
    if answer.status in _REFUSALS:
        product = _refused_by(answer)
        if product:
            return DatabaseAnswer(product, PASSWORD, tls=tls)
    page = _read(answer)
    version = page.get("version")
    tagline = page.get("tagline")
    product = _TAGLINES.get(tagline, "") if isinstance(tagline, str) else ""
    if answer.status != _OK or not isinstance(version, dict) or not product:
        # What fails or breaks off rules it out only where it is a web page.
        expect(answer.body.lstrip().startswith(b"<") or not answer.unread(_LIMIT))
        return DatabaseAnswer("")
    if version.get("distribution") == "opensearch":
        product = "opensearch"
    number = version.get("number")
    shown = printable(number, SHOWN) if isinstance(number, str) else ""
    return DatabaseAnswer(product, OPEN, shown, tls=tls)


def _refused_by(answer: HttpResponse) -> str:
    """Name who asks for a password: by a realm or an error that nothing else has."""
    realms = [value.lower() for name, value in answer.headers if name == "www-authenticate"]
    if any("opensearch security" in realm for realm in realms):
        return "opensearch"
    product = answer.header("x-elastic-product")
    error = _read(answer).get("error")
    kind = error.get("type") if isinstance(error, dict) else ""
    named = product == "Elasticsearch" or kind == "security_exception"
    return "elasticsearch" if named else ""


def _read(answer: HttpResponse) -> dict[str, Any]:
    try:
        page = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return page if isinstance(page, dict) else {}
