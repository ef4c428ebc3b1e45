"""ScreenConnect: by its web server's name, version included; a title alone is not enough."""

from __future__ import annotations

import pytest
from posture_scan.checks.remote_access import screenconnect
from posture_scan.checks.remote_access.collect_screenconnect import (
    ScreenconnectFront,
    screenconnect_front,
)

from posture_scan.model.product import NO_DATA, ProductData
from posture_scan.products.place import builtin
from posture_scan.sdk import AttemptError, Context, Service, Status, Vantage
from tests.fakes import FakeNet, page
from tests.lab.looking import NOW


def look(greeting: bytes, net: FakeNet | None = None) -> ScreenconnectFront:
    service = Service("http", tls=True, address="192.0.2.1", port=443, greeting=greeting)
    seen: ScreenconnectFront = screenconnect_front.function(service, net or FakeNet())
    return seen


@pytest.mark.parametrize(
    ("server", "version", "reason"),
    [
        ("ScreenConnect/23.9.7.8804-1234567890 Microsoft-HTTPAPI/2.0", "23.9.7.8804",
         "reachable_version"),
        ("ScreenConnect/23.9", "23.9", "reachable_version"),
        ("ScreenConnect", "", "reachable"),
        ("ScreenConnect/x", "", "other_web_service"),
        ("NotScreenConnect/23.9.8", "", "other_web_service"),
        ("nginx", "", "other_web_service"),
    ],
)  # fmt: skip
def test_servers(server: str, version: str, reason: str) -> None:
    greeting = f"HTTP/1.1 200 OK\r\nServer: {server}\r\n\r\n<title>x</title>".encode()
    net = FakeNet()
    seen = look(greeting, net)
    assert seen.version == version
    assert screenconnect.exposed.function(seen).reason == reason
    assert net.requests == []


def test_a_page_that_calls_itself_so_is_asked_about() -> None:
    greeting = b"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n<title>ScreenConnect tips</title>"
    assert screenconnect.exposed.function(look(greeting)).reason == "named_by_title"


def test_where_the_greeting_is_lost_the_front_page_is_asked_for() -> None:
    asked = FakeNet(pages={"/": page("x", server="ScreenConnect/24.1.2.3")})
    for greeting in (b"", b"HTTP/1.1 200 OK\r\nServer: Screen"):
        assert look(greeting, asked).version == "24.1.2.3"
    with pytest.raises(AttemptError):
        look(b"HTTP/1.1 503 Busy\r\n\r\n", FakeNet(missing=page(status=503)))


@pytest.mark.parametrize(
    ("version", "status", "reason"),
    [
        ("23.9.7.8804", Status.FAIL, "affected"),
        ("19.0.23665", Status.FAIL, "affected"),
        ("23.9.8.8811", Status.UNKNOWN, "not_settled"),
        ("25.1.10.9197", Status.UNKNOWN, "not_settled"),
        ("23.9", Status.UNKNOWN, "version_not_read"),
        ("", Status.UNKNOWN, "version_not_read"),
    ],
)
def test_cve_2024_1709_was_fixed_in_23_9_8(version: str, status: Status, reason: str) -> None:
    front = ScreenconnectFront("header", version)
    verdict = screenconnect.known_exploited.judge(front, moment(builtin()))
    assert (verdict.status, verdict.reason) == (status, reason)
    assert (dict(verdict.values).get("cves") == "CVE-2024-1709") == (status is Status.FAIL)


def test_without_data_no_version_is_judged() -> None:
    front = ScreenconnectFront("header", "23.9.7")
    verdict = screenconnect.known_exploited.judge(front, moment(NO_DATA))
    assert verdict.reason == "version_not_read"


def moment(data: ProductData) -> Context:
    return Context(NOW, NOW, Service("http", port=443), Vantage.EXTERNAL, products=data)
