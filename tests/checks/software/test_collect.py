"""What the collector asks for, and what it keeps of the answer."""

from __future__ import annotations

import pytest
from posture_scan.checks.software.collect import Banner, banner

from posture_scan.model.codec import decode, encode
from posture_scan.sdk import Attempt, AttemptError, HttpResponse, Service
from tests.fakes import FakeNet, page

WEB = Service("http", address="127.0.0.1", port=80, names=("shop.example.jp",))
HTML = (
    '<html><head><meta name="generator" content="WordPress 6.4.3" />'
    '<META CONTENT="Elementor 3" NAME="Generator"></head></html>'
)


def collect(service: Service, net: FakeNet) -> Banner:
    seen = banner.function(service, net)
    assert isinstance(seen, Banner)
    assert decode(Banner, encode(seen)) == seen
    return seen


def test_a_server_that_spoke_first_is_not_asked_again() -> None:
    net = FakeNet()
    greeting = b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n"
    seen = collect(Service("ssh", greeting=greeting, address="127.0.0.1", port=22), net)
    assert (net.connections, net.requests) == (0, [])
    assert seen.greeting == greeting
    assert [(s.product, s.version, s.release) for s in seen.software] == [
        ("openssh", "9.2p1", "12")
    ]


def test_a_web_server_is_asked_for_one_page_under_its_name() -> None:
    answer = HttpResponse(
        200,
        (("Server", "nginx/1.22.1"), ("X-Powered-By", "PHP/8.2.7"), ("Set-Cookie", "a=secret")),
        HTML.encode(),
        ("PHPSESSID",),
    )
    net = FakeNet(pages={"/": answer})
    seen = collect(WEB, net)
    assert net.requests == [("GET", "/")]
    assert net.sent == [b"shop.example.jp"]
    assert {s.product for s in seen.software} == {"nginx", "php", "wordpress"}
    assert seen.cookies == ("PHPSESSID",)
    assert "secret" not in str(encode(seen))
    assert ("generator", "Elementor 3") in [(h.name, h.value) for h in seen.headers]


def test_a_page_that_cannot_be_had_leaves_the_greeting_to_count() -> None:
    greeting = b"HTTP/1.1 400 Bad Request\r\nServer: Microsoft-IIS/7.5\r\n\r\n"
    service = Service("http", greeting=greeting, address="127.0.0.1", port=80)
    seen = collect(service, FakeNet(pages={"/": Attempt.TIMEOUT}))
    assert seen.page == "timeout"
    assert [s.product for s in seen.software] == ["microsoft-iis"]


def test_nothing_at_all_is_an_attempt_that_failed() -> None:
    with pytest.raises(AttemptError) as caught:
        banner.function(WEB, FakeNet(pages={"/": Attempt.CLOSED_EARLY}))
    assert caught.value.attempt is Attempt.CLOSED_EARLY


def test_an_http_answer_on_another_protocol_is_read_without_a_request() -> None:
    greeting = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
        b'{"version" : { "number" : "7.10.2" }, "tagline" : "You Know, for Search"}'
    )
    net = FakeNet()
    seen = collect(Service("elasticsearch", greeting=greeting), net)
    assert net.requests == []
    assert [(s.product, s.version) for s in seen.software] == [("elasticsearch", "7.10.2")]


def test_a_long_greeting_is_cut() -> None:
    seen = collect(Service("ftp", greeting=b"220 " + b"x" * 5000), FakeNet())
    assert len(seen.greeting) == 2048
    assert seen.software == ()


def test_control_characters_of_headers_are_dropped() -> None:
    seen = collect(WEB, FakeNet(pages={"/": page(server="nginx/1.22.1 \x1b]0;owned\x07")}))
    assert all("\x1b" not in header.value for header in seen.headers)
