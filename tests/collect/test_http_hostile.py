"""HTTP answers made to hang, flood, confuse or lead astray: each ends soon and small."""

from __future__ import annotations

import gzip
import resource
import socket
import time
import zlib
from collections.abc import Callable

import pytest

from posture_scan.model.evidence import Attempt, Connection, Service
from posture_scan.model.headers import without_credentials
from posture_scan.model.world import AttemptError, HttpResponse
from tests.collect.fixture import ADDRESS, real_net, scope
from tests.collect.scripted import Answer, replies, serving

LIMIT = 10_000
OTHER = "127.60.5.7"
ENDINGS = {
    Attempt.PROTOCOL_MISMATCH, Attempt.LIMIT_REACHED, Attempt.CLOSED_EARLY, Attempt.TIMEOUT,
}  # fmt: skip


def get(answer: Answer, *, seconds: float = 5.0) -> tuple[HttpResponse | Attempt, Connection]:
    """Ask once; what came of it, and what the record says."""
    record: list[Connection] = []
    with serving(answer) as port:
        net = real_net(record, seconds=seconds)
        try:
            found: HttpResponse | Attempt = net.http(
                Service("http", address=ADDRESS, port=port), "/", limit=LIMIT
            )
        except AttemptError as error:
            found = error.attempt
    (line,) = record
    return found, line


def bounded(found: HttpResponse | Attempt) -> None:
    if isinstance(found, Attempt):
        assert found in ENDINGS
    else:
        assert len(found.body) <= LIMIT
        assert all(len(value) <= 65_536 for _, value in found.headers)


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
LIES = {
    "HTTP/0.9": b"<html><title>FortiGate</title></html>\n",
    "HTTP/0.9 that begins like a header": b"Server: nginx\r\n\r\n<html>",
    "no version": b"200 OK\r\n\r\nbody",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "one header line of 64 kB": OK + b"X: " + b"a" * 65_530 + b"\r\n\r\nbody",
    "one header line over 64 kB": OK + b"X: " + b"a" * 70_000 + b"\r\n\r\nbody",
    "a status line of 1 MB": b"HTTP/1.1 200 " + b"a" * 1_000_000 + b"\r\n\r\n",
    "a thousand headers": OK + b"".join(b"X-%d: y\r\n" % n for n in range(1000)) + b"\r\nbody",
    "headers without a colon": OK + b"nonsense\r\nmore nonsense\r\n\r\nbody",
    "a folded header": OK + b"X: a\r\n" + b" b\r\n" * 5000 + b"\r\nbody",
    "a chunk as large as the sea": CHUNKED + b"ffffffffffffffff\r\n" + b"x" * 50_000,
    "a chunk larger than that": CHUNKED + b"f" * 200 + b"\r\n" + b"x" * 50_000,
    "a negative chunk": CHUNKED + b"-8\r\n" + b"x" * 50_000,
    "a chunk that is longer than it says": CHUNKED + b"3\r\nabcdefgh\r\n0\r\n\r\n",
    "a chunk that is shorter than it says": CHUNKED + b"ff\r\nabc",
    "a chunk without a number": CHUNKED + b"\r\n\r\n\r\n",
    "a chunk with an endless extension": CHUNKED + b"5;" + b"x" * 300_000,
    "endless trailers": CHUNKED + b"1\r\na\r\n0\r\n" + b"X: y\r\n" * 100_000,
    "a length of 10^30": OK + b"Content-Length: 1" + b"0" * 30 + b"\r\n\r\nbody",
    "two lengths": OK + b"Content-Length: 4\r\nContent-Length: 400000\r\n\r\nbody",
    "a length and chunks": OK
    + b"Content-Length: 400000\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
    "an unknown coding": OK + b"Content-Encoding: br, gzip, secret\r\n\r\n\x00\x01",
    "a gzip head and no more": OK + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b",
    "null bytes": b"\x00" * 200_000,
    "a length that is no number": OK + b"Content-Length: many\r\n\r\nbody",
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_ends_as_a_bounded_answer_or_an_attempt(name: str) -> None:
    began = time.monotonic()
    found, line = get(replies(LIES[name]))
    bounded(found)
    assert line.received <= 131_072 + LIMIT
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("name", [name for name in LIES if "HTTP/" in name or "version" in name])
def test_what_is_not_http_1_is_no_web_page(name: str) -> None:
    assert get(replies(LIES[name]))[0] is Attempt.PROTOCOL_MISMATCH


def bomb(kind: str) -> bytes:
    """Two hundred megabytes of nothing in a fifth of a megabyte."""
    zeros = b"\0" * 1_000_000
    codec = zlib.compressobj(9, zlib.DEFLATED, {"gzip": 31, "zlib": 15, "deflate": -15}[kind])
    return b"".join(codec.compress(zeros) for _ in range(200)) + codec.flush()


@pytest.mark.parametrize("kind", ["gzip", "zlib", "deflate"])
def test_a_bomb_takes_neither_memory_nor_time(kind: str) -> None:
    coding = "gzip" if kind == "gzip" else "deflate"
    packed = bomb(kind)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    head = OK + f"Content-Encoding: {coding}\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    found, _ = get(replies(head + packed))
    assert isinstance(found, HttpResponse)
    assert (len(found.body), found.truncated) == (LIMIT, True)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000, "kilobytes"


def test_a_bomb_in_a_bomb_stays_packed() -> None:
    twice = gzip.compress(bomb("gzip"))
    head = OK + f"Content-Encoding: gzip\r\nContent-Length: {len(twice)}\r\n\r\n".encode()
    found, _ = get(replies(head + twice))
    assert isinstance(found, HttpResponse)
    assert len(found.body) <= LIMIT


def drips(prefix: bytes, drop: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(prefix)
        for _ in range(1000):
            connection.sendall(drop)
            time.sleep(0.02)

    return answer


@pytest.mark.parametrize(
    ("prefix", "drop"),
    [(b"", b"H"), (OK, b"X"), (OK, b"X: y\r\n"), (OK + b"\r\n", b"y"), (CHUNKED, b"1\r\na\r\n"),
     (b"", b"HTTP/1.1 100 Continue\r\n\r\n")],
    ids=["status line", "header", "headers", "body", "chunks", "interim answers"],
)  # fmt: skip
def test_a_slow_loris_is_left_when_its_time_is_up(prefix: bytes, drop: bytes) -> None:
    began = time.monotonic()
    found, _ = get(drips(prefix, drop), seconds=0.6)
    assert time.monotonic() - began < 2.5
    if isinstance(found, HttpResponse):
        assert found.truncated
        assert len(found.body) < LIMIT
    else:
        assert found in ENDINGS


class Watch:
    """A server outside the scope that must never be reached."""

    def __init__(self) -> None:
        self.visits = 0

    def __call__(self, connection: socket.socket) -> None:
        self.visits += 1
        connection.sendall(OK + b"Content-Length: 0\r\n\r\n")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "form", ["http://{0}:{1}/", "//{0}:{1}/x", "http:{0}:{1}", "http://[::ffff:{0}]:{1}/"]
)
def test_a_redirect_out_of_scope_is_told_and_not_followed(status: int, form: str) -> None:
    watch, record = Watch(), list[Connection]()
    with serving(watch, OTHER) as far:
        location = form.format(OTHER, far)
        head = f"HTTP/1.1 {status} Go\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
        with serving(replies(head.encode())) as port:
            net = real_net(record, within=scope(ADDRESS))
            answer = net.http(Service("http", address=ADDRESS, port=port), "/")
    assert answer.status == status
    assert watch.visits == 0
    assert {line.address for line in record} == {ADDRESS}


def test_a_chain_of_redirects_ends_where_it_may() -> None:
    visits = 0

    def around(connection: socket.socket) -> None:
        nonlocal visits
        visits += 1
        connection.recv(4096)
        head = f"HTTP/1.1 302 Go\r\nLocation: /{visits}\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(head.encode())

    with serving(around) as port:
        real_net([], connections=1).http(Service("http", address=ADDRESS, port=port), "/")
    assert visits == 3, "the first answer and two redirects"


def test_an_address_of_slashes_is_not_slow() -> None:
    started = time.monotonic()
    assert without_credentials("/" * 65_000) == "/" * 65_000
    assert time.monotonic() - started < 0.5
    assert without_credentials("https://a:b@c@host/x?y@z") == "https://host/x?y@z"
    assert without_credentials("https://user:secret@host/x") == "https://host/x"
    assert without_credentials("/a@b") == "/a@b"
