"""HTTP against small hostile servers: nothing hangs, floods, leaks or leads astray."""

from __future__ import annotations

import gzip
import socket
import time

import pytest

from posture_scan.model.evidence import Attempt, Connection, Service
from posture_scan.model.headers import Cookie
from posture_scan.model.world import AttemptError, HttpResponse
from tests.collect.fixture import ADDRESS, real_net, scope
from tests.collect.scripted import Answer, hangs_up, replies, serving, silent
from tests.lab.daemon import free_port


def get(answer: Answer, *, limit: int = 262_144, follow: int = 2) -> HttpResponse:
    record: list[Connection] = []
    with serving(answer) as port:
        service = Service("http", address=ADDRESS, port=port)
        return real_net(record).http(service, "/", limit=limit, follow=follow)


def ok(body: bytes, *headers: str) -> bytes:
    lines = "".join(f"{header}\r\n" for header in headers)
    return f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode() + body


def test_an_answer_comes_with_status_headers_and_body() -> None:
    answer = get(replies(ok(b"hello", "Server: nginx/1.22.1", "Content-Length: 5")))
    assert (answer.status, answer.body, answer.truncated) == (200, b"hello", False)
    assert answer.header("server") == "nginx/1.22.1"


def test_the_request_names_the_scanner_and_the_scoped_name() -> None:
    asked: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        asked.append(connection.recv(4096))
        connection.sendall(ok(b""))

    with serving(answer) as port:
        service = Service("http", address=ADDRESS, port=port, names=("shop.example.jp",))
        real_net([]).http(service, "/login?x=1")
    lines = asked[0].decode().split("\r\n")
    assert lines[0] == "GET /login?x=1 HTTP/1.1"
    assert f"Host: shop.example.jp:{port}" in lines
    assert any(line.startswith("User-Agent: posture-scan/") for line in lines)


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.50.1.9:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.50.1.9:1")
    assert get(replies(ok(b"direct"))).body == b"direct"


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://other.example.jp/",
        "//127.50.1.2/",
        "http://user:word@evil.example/",
    ],
)
def test_a_redirect_elsewhere_is_recorded_and_not_followed(location: str) -> None:
    redirect = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\n\r\n".encode()
    answer = get(replies(redirect))
    assert answer.status == 302
    assert answer.redirect_refused
    assert "word" not in repr(answer)


def test_a_redirect_on_this_host_is_followed() -> None:
    def answer(connection: socket.socket) -> None:
        asked = connection.recv(4096)
        there = b"GET /there" in asked
        found = b"HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(ok(b"here") if there else found)

    followed = get(answer)
    assert followed.body == b"here"
    assert followed.final_url.endswith("/there")
    assert get(answer, follow=0).status == 302


def test_a_redirect_to_where_nobody_answers_is_an_answer_itself() -> None:
    closed = free_port(ADDRESS)
    location = f"Location: https://{ADDRESS}:{closed}/"
    answer = get(replies(f"HTTP/1.1 301 Moved\r\n{location}\r\n\r\n".encode()))
    assert answer.status == 301
    assert answer.header("location") == f"https://{ADDRESS}:{closed}/"
    assert not answer.redirect_refused


@pytest.mark.parametrize(
    "hostile",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n" * 50_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 300_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        b"HTTP/1.1 302 Found\r\nLocation: http://u[\xff:w@h\x00ost:abc/\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[::1]:99999/\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip at all",
        b"HTTP/1.1 999999 OK\r\n\r\n",
    ],
)
def test_hostile_answers_end_as_an_answer_or_an_attempt(hostile: bytes) -> None:
    assert ended(hostile) in {"answer", Attempt.PROTOCOL_MISMATCH, Attempt.LIMIT_REACHED}


def ended(hostile: bytes) -> str:
    try:
        answer = get(replies(hostile))
    except AttemptError as error:
        return error.attempt
    return "answer" if len(answer.body) <= 262_144 and answer.status < 400 else "nonsense"


def test_a_redirect_to_itself_ends() -> None:
    answer = get(replies(b"HTTP/1.1 301 Moved\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"))
    assert answer.status == 301


def test_a_gzip_bomb_is_cut_at_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    answer = get(replies(ok(bomb, "Content-Encoding: gzip", f"Content-Length: {len(bomb)}")))
    assert answer.truncated
    assert len(answer.body) == 262_144


def test_compressed_bodies_are_decoded() -> None:
    packed = gzip.compress(b"plain words")
    answer = get(replies(ok(packed, "Content-Encoding: gzip", f"Content-Length: {len(packed)}")))
    assert (answer.body, answer.truncated) == (b"plain words", False)


def test_an_endless_body_is_cut_at_the_limit() -> None:
    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(ok(b""))
        while True:
            connection.sendall(b"x" * 65_536)

    response = get(answer, limit=10_000)
    assert response.truncated
    assert len(response.body) == 10_000


def test_endless_headers_are_refused() -> None:
    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X-Pad: " + b"x" * 60_000 + b"\r\n")

    with pytest.raises(AttemptError) as caught:
        get(answer)
    assert caught.value.attempt in {Attempt.LIMIT_REACHED, Attempt.PROTOCOL_MISMATCH}


def test_a_body_that_breaks_off_is_truncated() -> None:
    answer = get(replies(ok(b"half", "Content-Length: 4000")))
    assert (answer.body, answer.truncated) == (b"half", True)


@pytest.mark.parametrize("garbage", [b"SSH-2.0-OpenSSH_9.2p1\r\n", b"\x00\x01\x02", b"hello"])
def test_what_is_not_http_is_a_protocol_mismatch(garbage: bytes) -> None:
    with pytest.raises(AttemptError) as caught:
        get(replies(garbage))
    assert caught.value.attempt is Attempt.PROTOCOL_MISMATCH


def test_a_server_that_hangs_up_closed_early() -> None:
    with pytest.raises(AttemptError) as caught:
        get(hangs_up)
    assert caught.value.attempt is Attempt.CLOSED_EARLY


def test_a_silent_server_times_out_with_the_scan() -> None:
    with serving(silent) as port:
        net = real_net([], seconds=0.4)
        began = time.monotonic()
        with pytest.raises(AttemptError) as caught:
            net.http(Service("http", address=ADDRESS, port=port), "/")
    assert caught.value.attempt is Attempt.TIMEOUT
    assert time.monotonic() - began < 2


def test_a_slow_loris_ends_at_the_deadline() -> None:
    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        for letter in b"HTTP/1.1 200 OK\r\n" * 20:
            connection.sendall(bytes([letter]))
            time.sleep(0.05)

    with serving(answer) as port:
        net = real_net([], seconds=0.5)
        began = time.monotonic()
        with pytest.raises(AttemptError) as caught:
            net.http(Service("http", address=ADDRESS, port=port), "/")
    assert caught.value.attempt is Attempt.TIMEOUT
    assert time.monotonic() - began < 2


def test_of_cookies_only_the_names_are_kept() -> None:
    answer = get(replies(ok(b"", "Set-Cookie: SVPNCOOKIE=secret99; path=/; Secure")))
    assert answer.cookies == ("SVPNCOOKIE",)
    assert answer.header("set-cookie") == "SVPNCOOKIE=; path=/; Secure"
    assert "secret99" not in repr(answer)


def test_each_cookie_comes_with_its_flags() -> None:
    lines = ("Set-Cookie: a=secret99; Secure; HttpOnly; SameSite=Lax", "Set-Cookie: secret99",
             "Location: //user:secret99@other.example.jp/")  # fmt: skip
    answer = get(replies(ok(b"", *lines)))
    assert answer.cookie_flags == (
        Cookie("a", secure=True, http_only=True, same_site="lax"),
        Cookie(""),
    )
    assert answer.header("location") == "//other.example.jp/"
    assert "secret99" not in repr(answer)


def test_a_service_that_is_asked_too_much_is_let_alone() -> None:
    record: list[Connection] = []
    with serving(replies(b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n")) as port:
        net = real_net(record)
        service = Service("http", address=ADDRESS, port=port)
        assert net.http(service, "/").status == 429
        with pytest.raises(AttemptError) as caught:
            net.http(service, "/")
    assert caught.value.attempt is Attempt.LIMIT_REACHED
    assert len(record) == 1


def test_out_of_scope_opens_no_socket() -> None:
    record: list[Connection] = []
    with serving(replies(ok(b""))) as port:
        net = real_net(record, within=scope("127.50.1.77"))
        with pytest.raises(AttemptError) as caught:
            net.http(Service("http", address=ADDRESS, port=port), "/")
    assert caught.value.attempt is Attempt.OUT_OF_SCOPE
    assert record == []
