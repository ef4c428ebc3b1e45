"""RD Gateway and RD Web Access: what counts, what does not, and what is left open."""

from __future__ import annotations

import pytest
from posture_scan.checks.remote_access import rd_gateway, rd_web
from posture_scan.checks.remote_access.collect_rd_gateway import RdGatewayFront, rd_gateway_front
from posture_scan.checks.remote_access.collect_rd_web import RdWebFront, rd_web_front

from posture_scan.sdk import Attempt, AttemptError, HttpResponse, Method, Service, Status, Verdict
from tests.fakes import FakeNet, page

IIS = b"HTTP/1.1 200 OK\r\nServer: Microsoft-IIS/10.0\r\n\r\n<h1>hello"
NGINX = b"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\nhello"
ASKS = page(status=401, server="Microsoft-HTTPAPI/2.0", www_authenticate="Negotiate")
RDG, RPC = "RDG_OUT_DATA /remoteDesktopGateway/", "RPC_IN_DATA /rpc/rpcproxy.dll"
LOGON, ENTRANCE = "/RDWeb/Pages/en-US/login.aspx", "/RDWeb/"
FORM = '<title>RD Web Access</title><form><input type="text" id="x" name="DomainUserName">'


def service(greeting: bytes = NGINX, *, tls: bool = True) -> Service:
    return Service("http", tls=tls, address="192.0.2.1", port=443, greeting=greeting)


def gateway(net: FakeNet, greeting: bytes = NGINX) -> str:
    seen: RdGatewayFront = rd_gateway_front.function(service(greeting), net)
    verdict: Verdict = rd_gateway.exposed.function(seen)
    return verdict.reason


def test_a_gateway_is_one_whatever_the_front_page_is() -> None:
    for greeting in (IIS, NGINX, b""):
        assert gateway(FakeNet(pages={RDG: ASKS}), greeting) == "reachable"
    upgraded = page(status=101, upgrade="websocket")
    assert gateway(FakeNet(pages={RDG: upgraded})) == "reachable"


@pytest.mark.parametrize(
    "answer",
    [
        page("hello"),
        page(status=405),
        page(status=501),
        page(status=400),
        page(status=401, www_authenticate='Basic realm="x"'),
        page(status=101, upgrade="h2c"),
        Attempt.CLOSED_EARLY,
    ],
)
def test_what_is_no_gateway(answer: HttpResponse | Attempt) -> None:
    net = FakeNet(pages={RDG: answer})
    assert gateway(net) == "other_web_service"
    assert net.requests == [("RDG_OUT_DATA", "/remoteDesktopGateway/")]


def test_a_site_that_asks_everywhere_says_nothing() -> None:
    assert gateway(FakeNet(pages={RDG: ASKS, "/": ASKS}), b"") == "logon_everywhere"
    greeting = b"HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM\r\n\r\n"
    assert gateway(FakeNet(pages={RDG: ASKS}), greeting) == "logon_everywhere"


def test_rpc_over_http_is_an_old_gateway_or_exchange_and_asked_of_windows_only() -> None:
    basic = page(status=401, www_authenticate='Basic realm="x"')
    for answer in (ASKS, basic):
        assert gateway(FakeNet(pages={RPC: answer}), IIS) == "rpc_proxy"
    assert gateway(FakeNet(pages={RPC: ASKS}), NGINX) == "other_web_service"


@pytest.mark.parametrize("answer", [page(status=503), page(status=429), Attempt.TIMEOUT])
def test_an_answer_that_did_not_come_is_not_an_absence(answer: HttpResponse | Attempt) -> None:
    for look in (rd_gateway_front, rd_web_front):
        with pytest.raises(AttemptError):
            look.function(service(), FakeNet(missing=answer))


def test_outside_tls_there_is_no_gateway_and_nothing_is_asked() -> None:
    net = FakeNet(missing=ASKS)
    plain = service(tls=False)
    assert rd_gateway_front.function(plain, net) == RdGatewayFront(asked=False)
    assert rd_web_front.function(plain, net) == RdWebFront(asked=False)
    assert net.requests == []


@pytest.mark.parametrize(
    ("answer", "strength"),
    [
        (page("x", cookies=("TSWAFeatureCheckCookie",)), "strong"),
        (page('<?xml version="1.0"?><RDWAPage baseurl="x">'), "strong"),
        (page(FORM), "weak"),
        (page("<title>RD Web Access</title>"), ""),
        (page("<title>Shop</title><input name='DomainUserName'>"), ""),
        (page("RDWAStrings TSWAAuthHttpOnlyCookie &lt;RDWAPage&gt;"), ""),
        (page("hello"), ""),
    ],
)
def test_the_logon_page_is_told_by_its_own_marks(answer: HttpResponse, strength: str) -> None:
    seen = rd_web_front.function(service(), FakeNet(pages={LOGON: answer}))
    assert seen.strength == strength
    verdict = rd_web.exposed.function(seen)
    assert verdict.status is (Status.FAIL if strength else Status.PASS)
    assert (verdict.method is Method.ANALYSIS) == (strength == "weak")


def test_a_windows_of_another_language_is_asked_at_the_entrance() -> None:
    there = FakeNet(pages={ENTRANCE: page("<RDWAPage >")})
    assert rd_web_front.function(service(IIS), there).strength == "strong"
    elsewhere = FakeNet(pages={ENTRANCE: page("<RDWAPage >")})
    assert rd_web_front.function(service(NGINX), elsewhere).strength == ""
    assert len(elsewhere.requests) == 1
    plain = FakeNet(pages={LOGON: page("<RDWAPage >")})
    assert rd_web_front.function(service(IIS, tls=False), plain).strength == "strong"
