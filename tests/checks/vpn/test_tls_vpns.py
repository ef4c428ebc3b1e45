"""SoftEther and SSTP: VPNs behind TLS that answer on a path or in a method of their own."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.vpn import collect_softether, collect_sstp, softether, sstp
from posture_scan.checks.vpn.collect_softether import SoftetherAnswer, read_pack, softether_hello
from posture_scan.checks.vpn.collect_sstp import SstpAnswer

from posture_scan.sdk import Attempt, AttemptError, Service, Status
from tests.fakes import FakeNet, Talk, page

FRONT = (
    b"HTTP/1.1 403 Forbidden\r\nConnection: Keep-Alive\r\nContent-Type: text/html\r\n\r\n"
    b"<ADDRESS>HTTP Server at 192.0.2.1 Port 443</ADDRESS>\r\n"
)
NGINX = b"HTTP/1.1 403 Forbidden\r\nServer: nginx\r\n\r\n<h1>HTTP Server at home</h1>"
HELLO = b"SoftEther VPN Server Developer Edition (64 bit) (Open Source)"
ENDLESS = b"Content-Length: 18446744073709551615\r\n"


def element(name: bytes, kind: int, value: bytes) -> bytes:
    return struct.pack(">I", len(name) + 1) + name + struct.pack(">II", kind, 1) + value


def sized(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


PACK = struct.pack(">I", 4) + b"".join((
    element(b"build", 0, struct.pack(">I", 9674)), element(b"hello", 2, sized(HELLO)),
    element(b"random", 1, sized(bytes(20))), element(b"version", 0, struct.pack(">I", 501)),
))  # fmt: skip


def look(
    greeting: bytes, body: bytes, port: int = 443, status: int = 200
) -> tuple[SoftetherAnswer, FakeNet]:
    net = FakeNet(pages={"POST /vpnsvc/connect.cgi": page(body, status=status)})
    service = Service("http", tls=True, address="192.0.2.1", port=port, greeting=greeting)
    seen = softether_hello.function(service, net)
    assert isinstance(seen, SoftetherAnswer)
    return seen, net


# --- SoftEther ---------------------------------------------------------------------------------


def test_softether_tells_its_version_and_is_asked_once() -> None:
    seen, net = look(FRONT, PACK)
    assert (seen.version, seen.build, seen.product) == ("5.01", 9674, HELLO.decode())
    assert net.requests == [("POST", "/vpnsvc/connect.cgi")]
    judged = softether.exposed.function(seen)
    assert (judged.status, judged.actual) == (Status.FAIL, "5.01 build 9674")


def test_another_web_server_is_not_asked() -> None:
    for front in (NGINX, b"HTTP/1.1 200 OK\r\n\r\nhello"):
        seen, net = look(front, PACK)
        assert (seen, net.requests) == (SoftetherAnswer(found=False, asked=False), [])
        assert softether.exposed.function(seen).reason == "no_hint"


def test_on_softethers_own_ports_every_web_service_is_asked() -> None:
    for port in collect_softether.USUAL_PORTS:
        assert look(NGINX, PACK, port=port)[0].found


@pytest.mark.parametrize("body", [b"", b"<html>SoftEther VPN</html>", PACK[:40], b"\0\0\0\1"])
def test_a_page_that_is_no_greeting_is_no_softether(body: bytes) -> None:
    seen, _ = look(FRONT, body)
    assert (seen.found, seen.asked) == (False, True)
    assert not look(FRONT, PACK, status=404)[0].found
    assert softether.exposed.function(seen).status is Status.PASS


def test_the_front_page_is_read_where_discovery_did_not() -> None:
    net = FakeNet(pages={
        "/": page("<ADDRESS>HTTP Server at x</ADDRESS>", status=403),
        "POST /vpnsvc/connect.cgi": page(PACK),
    })  # fmt: skip
    service = Service("http", tls=True, address="192.0.2.1", port=443)
    assert softether_hello.function(service, net).found
    net = FakeNet(pages={"/": page("HTTP Server at x", status=403, server="Apache")})
    assert not softether_hello.function(service, net).asked


@given(st.binary(max_size=300), st.integers(0, len(PACK)))
def test_any_pack_is_read_without_an_error(noise: bytes, cut: int) -> None:
    for data in (noise, struct.pack(">I", 2**32 - 1) + noise, PACK[:cut] + noise):
        assert len(read_pack(data)) <= 32


# --- SSTP --------------------------------------------------------------------------------------


def ask(answer: bytes, ends: Attempt | None = None) -> tuple[SstpAnswer, FakeNet]:
    net = FakeNet(talks=[Talk(replies=(answer,), chain=(b"x",), ends=ends)])
    service = Service("http", tls=True, address="192.0.2.1", port=443, names=("vpn.example.jp",))
    seen = collect_sstp.sstp_behind_web.function(service, net)
    assert isinstance(seen, SstpAnswer)
    return seen, net


@pytest.mark.parametrize(
    ("head", "found", "server"),
    [
        (b"HTTP/1.1 200\r\n" + ENDLESS + b"Server: Microsoft-HTTPAPI/2.0\r\n", True,
         "Microsoft-HTTPAPI/2.0"),
        (b"HTTP/1.1 200 OK\r\n" + ENDLESS, True, ""),
        (b"HTTP/1.1 200\r\nServer: MikroTik-SSTP\r\n", True, "MikroTik-SSTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\nServer: nginx\r\n", False, ""),
        (b"HTTP/1.1 404 Not Found\r\n" + ENDLESS + b"Server: Microsoft-HTTPAPI/2.0\r\n", False, ""),
        (b"HTTP/1.1 405 Not Allowed\r\n", False, ""),
        (b"SSTP_DUPLEX_POST / HTTP/1.1\r\n" + ENDLESS, False, ""),
        (b"", False, ""),
    ],
)  # fmt: skip
def test_who_takes_sstp(head: bytes, found: bool, server: str) -> None:  # noqa: FBT001
    seen, net = ask(head + b"\r\n" if head else b"")
    assert (seen.found, seen.server) == (found, server)
    assert sstp.exposed.function(seen).status is (Status.FAIL if found else Status.PASS)
    assert net.connections == 1


def test_the_request_has_the_methods_own_path_and_no_body() -> None:
    _, net = ask(b"")
    (sent,) = net.sent
    assert sent.startswith(b"SSTP_DUPLEX_POST /sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/ HTTP")
    assert sent.endswith(ENDLESS + b"\r\n")
    assert b"Host: vpn.example.jp\r\n" in sent


def test_silence_is_no_proof_and_hanging_up_is_an_answer() -> None:
    with pytest.raises(AttemptError) as silent:
        ask(b"", Attempt.TIMEOUT)
    assert silent.value.attempt is Attempt.TIMEOUT
    assert not ask(b"", Attempt.CLOSED_EARLY)[0].found


@given(st.binary(max_size=400))
def test_any_answer_is_read_without_an_error(head: bytes) -> None:
    assert collect_sstp.read_head(head).found is False
    assert collect_sstp.read_head(b"HTTP/1.1 200 OK\r\n" + head).server.isascii()
