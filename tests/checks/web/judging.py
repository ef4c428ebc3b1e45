"""Web answers made by hand, and what each check makes of them."""

from __future__ import annotations

from posture_scan.checks.web import http
from posture_scan.checks.web.collect_http import WebAnswer, web_answer

from posture_scan.model.codec import decode, encode
from posture_scan.sdk import Attempt, Check, HttpResponse, Service, Status, Verdict
from tests.fakes import FakeNet

NAME = "www.example.jp"
HALF_A_YEAR = "max-age=15552000"
CHECKS: dict[str, Check] = {
    value.name: value for value in vars(http).values() if isinstance(value, Check)
}


def site(*, tls: bool = True, greeting: bytes = b"", names: tuple[str, ...] = (NAME,)) -> Service:
    """A web service on its usual port."""
    port = 443 if tls else 80
    return Service("http", tls, "192.0.2.1", port, names=names, greeting=greeting)


def answer(
    body: str = "", *headers: tuple[str, str], status: int = 200, truncated: bool = False
) -> HttpResponse:
    """An HTTP answer whose headers may come more than once; HTML unless it says otherwise."""
    kinds = () if any(name == "content-type" for name, _ in headers) else (HTML,)
    return HttpResponse(status, (*kinds, *headers), body.encode(), truncated=truncated)


HTML = ("content-type", "text/html; charset=utf-8")
PAGE = "<!doctype html><html><head><title>Bread</title></head><body>hello</body></html>"


def leads_to(location: str, *headers: tuple[str, str], status: int = 301) -> HttpResponse:
    """A redirect."""
    return answer("moved", ("location", location), *headers, status=status)


def look(
    pages: dict[str, HttpResponse | Attempt], service: Service | None = None, *, asks: int = -1
) -> WebAnswer:
    """Let the collector look; ``asks`` is the number of requests that it must take."""
    net = FakeNet(pages=pages)
    facts: WebAnswer = web_answer.function(service or site(), net)
    assert decode(WebAnswer, encode(facts)) == facts
    assert len(net.requests) <= web_answer.max_connections
    assert asks in {-1, len(net.requests)}
    return facts


def judge(check: str, seen: WebAnswer) -> Verdict:
    """Apply one check."""
    verdict: Verdict = CHECKS[check].function(seen)
    assert dict(verdict.values)["named"] is bool(seen.name)
    assert all(str(value).isprintable() for _, value in verdict.values)
    assert verdict.actual.isprintable()
    return verdict


def told(check: str, seen: WebAnswer) -> tuple[Status, str]:
    """Return a check's status and reason."""
    verdict = judge(check, seen)
    return verdict.status, verdict.reason


def failing(seen: WebAnswer) -> set[str]:
    """Return the checks that fail and are asked about such a service."""
    service = site(tls=seen.tls)
    asked = [name for name, check in CHECKS.items() if check.wants(service)]
    return {name for name in asked if judge(name, seen).status is Status.FAIL}
