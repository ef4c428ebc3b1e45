"""Services recognised by what they say, on ports that say nothing about them."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from posture_scan.discovery.identify import Identified, Identifier
from posture_scan.discovery.states import NmapHint
from posture_scan.discovery.talk import MOST_CONNECTIONS, Waits
from posture_scan.model.evidence import Connection, Service
from posture_scan.sdk import ProtocolSpec
from tests.collect.certificates import authority, tls_server
from tests.collect.fixture import ADDRESS, real_net
from tests.collect.scripted import Answer, hangs_up, replies, says, serving, silent
from tests.discovery.specs import ALL, PRINTED, REDIS

QUICK = Waits(greeting=0.15, answer=0.2, patient=0.4)
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def identify(
    port: int,
    *,
    hint: NmapHint | None = None,
    specs: tuple[ProtocolSpec, ...] = ALL,
    record: list[Connection] | None = None,
) -> Identified:
    net = real_net([] if record is None else record, connections=MOST_CONNECTIONS)
    place = Service(address=ADDRESS, port=port, names=("x.example.jp",), asset="a1")
    identifier = Identifier(specs, QUICK)
    first = identifier.identify(place, net)
    if hint is None:
        return first
    assert first.found is None
    return identifier.ask_again(place, net, hint, first)


def seen(answer: Answer, **options: Any) -> tuple[str, bool]:
    with serving(answer) as port:
        found = identify(port, **options).found
    return (found[0].protocol, found[0].tls) if found else ("", False)


def test_a_greeting_tells_at_once_and_on_one_connection() -> None:
    record: list[Connection] = []
    with serving(says(b"SSH-2.0-OpenSSH_9.2p1\r\n")) as port:
        found = identify(port, record=record).found
    assert found is not None
    service, facts = found
    assert (service.protocol, service.tls, service.port) == ("ssh", False, port)
    assert (service.names, service.asset) == (("x.example.jp",), "a1")
    assert facts.greeting == service.greeting == b"SSH-2.0-OpenSSH_9.2p1\r\n"
    assert facts.recognised_by == "answer"
    assert len(record) == 1
    assert record[0].sent == 0


def test_a_greeting_in_pieces_is_put_together() -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(b"220 mail.example.jp ")
        time.sleep(0.05)
        connection.sendall(b"ESMTP Postfix\r\n")
        connection.recv(100)

    assert seen(answer) == ("smtp", False)


def test_a_server_that_waits_is_asked() -> None:
    def redis(connection: socket.socket) -> None:
        said = connection.recv(1000)
        connection.sendall(b"+PONG\r\n" if said == b"PING\r\n" else b"-ERR unknown command\r\n")

    assert seen(redis) == ("redis", False)


def test_http_on_any_port() -> None:
    assert seen(replies(PAGE)) == ("http", False)


def test_what_is_not_quite_http_is_not_http() -> None:
    assert seen(replies(b"<html>old</html>")) == ("", False)
    assert seen(replies(b"HTTP/1.1 hello")) == ("", False)


def test_a_protocol_over_http_is_told_from_a_web_server() -> None:
    def api(connection: socket.socket) -> None:
        said = connection.recv(1000)
        body = b'{"ApiVersion":"1.41"}' if b"/version" in said else b""
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + body)

    assert seen(api) == ("engine_api", False)


def test_tls_is_looked_into() -> None:
    leaf = authority("Example Root").issue("x.example.jp")
    cases = [
        (PAGE, True, "http"),
        (b"220 x ESMTP\r\n", False, "smtp"),
        (b"gibberish", True, "tls"),
        (b"+PONG\r\n", True, "redis"),
    ]
    for data, waits, protocol in cases:
        with tls_server([leaf], data, waits=waits) as port:
            found = identify(port).found
        assert found is not None
        assert (found[0].protocol, found[0].tls) == (protocol, True)


def test_tls_that_refuses_us_is_still_tls() -> None:
    assert seen(replies(bytes.fromhex("15030100020228"))) == ("tls", True)


def test_a_silent_listener_stays_unknown_and_is_not_asked_for_ever() -> None:
    record: list[Connection] = []
    began = time.monotonic()
    with serving(silent) as port:
        identified = identify(port, record=record)
    assert identified == Identified(None, spoke=False, left=MOST_CONNECTIONS - len(record))
    assert len(record) <= MOST_CONNECTIONS
    assert time.monotonic() - began < 5


def test_many_protocols_do_not_mean_many_connections() -> None:
    record: list[Connection] = []
    many = tuple(ProtocolSpec(f"p{n}", lambda _: False, sends=b"x") for n in range(60))
    with serving(replies(b"what?")) as port:
        assert identify(port, specs=many, record=record).found is None
    assert len(record) <= MOST_CONNECTIONS


def test_protocols_over_http_do_not_use_up_the_questions() -> None:
    page = b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n"
    over_http = tuple(ProtocolSpec(f"h{n}", lambda _: False, sends=page % n) for n in range(40))

    def redis(connection: socket.socket) -> None:
        said = connection.recv(1000)
        connection.sendall(b"+PONG\r\n" if said == b"PING\r\n" else b"-ERR unknown command\r\n")

    assert seen(redis, specs=(*over_http, REDIS)) == ("redis", False)


def test_a_server_that_hangs_up_is_unknown() -> None:
    assert seen(hangs_up) == ("", False)


def test_garbage_is_unknown_and_did_speak() -> None:
    with serving(says(b"\x00\xff" * 40_000)) as port:
        identified = identify(port)
    assert identified.found is None
    assert identified.spoke


def test_a_late_greeting_is_waited_for() -> None:
    def slow(connection: socket.socket) -> None:
        time.sleep(0.3)
        connection.sendall(b"SSH-2.0-slow\r\n")

    assert seen(slow) == ("ssh", False)


def test_nothing_is_sent_to_a_printer() -> None:
    heard: list[bytes] = []

    def printer(connection: socket.socket) -> None:
        heard.append(connection.recv(100))

    with serving(printer, port=9100) as port:
        assert identify(port, specs=(PRINTED,)).found is None
    assert heard == [b""]


@pytest.mark.parametrize(
    ("hint", "protocol", "tls"),
    [
        (NmapHint("redis", product="Redis", version="7"), "redis", False),
        (NmapHint("smtp", tls=True), "smtp", True),
        (NmapHint("https"), "http", True),
        (NmapHint("ssl", tls=True), "tls", True),
    ],
)
def test_nmap_is_believed_where_our_questions_fail(
    hint: NmapHint,
    protocol: str,
    tls: bool,  # noqa: FBT001
) -> None:
    with serving(hangs_up) as port:
        found = identify(port, hint=hint).found
    assert found is not None
    assert (found[1].protocol, found[1].tls, found[1].recognised_by) == (protocol, tls, "nmap")
    assert (found[1].product, found[1].version) == (hint.product, hint.version)


def test_what_nmap_calls_by_a_name_no_pack_knows_stays_unknown() -> None:
    with serving(hangs_up) as port:
        assert identify(port, hint=NmapHint("weird-service")).found is None


def test_what_nmap_named_is_asked_wherever_it_lives() -> None:
    home = ProtocolSpec(
        "home", lambda said: said == b"home", sends=b"?", nmap=("at-home",), anywhere=False
    )
    asked: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        asked.append(connection.recv(4096))
        connection.sendall(b"home" if asked[-1] == b"?" else b"no")

    with serving(answer) as port:
        found = identify(port, hint=NmapHint("at-home", product="P"), specs=(home,)).found
    assert found is not None
    assert (found[1].protocol, found[1].recognised_by, found[1].product) == ("home", "answer", "P")
    assert asked.count(b"?") == 1


def test_asking_again_takes_few_connections_where_many_were_made() -> None:
    specs = (ProtocolSpec("a", lambda _: False, sends=b"a", nmap=("x",)),
             ProtocolSpec("b", lambda _: False, sends=b"b", nmap=("x",)),
             ProtocolSpec("c", lambda _: False, sends=b"c", nmap=("x",)))  # fmt: skip
    record: list[Connection] = []
    with serving(hangs_up) as port:
        place = Service(address=ADDRESS, port=port)
        net = real_net(record, connections=MOST_CONNECTIONS)
        before = Identified(None, spoke=False, left=0)
        known = Identifier(specs, QUICK).ask_again(place, net, NmapHint("x"), before)
        unknown = Identifier(specs, QUICK).ask_again(place, net, NmapHint("y"), before)
    assert len(record) == 2
    assert known.found is not None
    assert (known.found[1].protocol, known.found[1].recognised_by) == ("a", "nmap")
    assert unknown == replace(before, left=3)


def test_a_port_not_asked_to_the_end_stays_so_unless_it_is_named() -> None:
    before = Identified(None, spoke=True, asked=False)
    with serving(hangs_up) as port:
        place, net = Service(address=ADDRESS, port=port), real_net([], connections=9)
        identifier = Identifier(ALL, QUICK)
        assert not identifier.ask_again(place, net, NmapHint("y"), before).asked
        assert identifier.ask_again(place, net, NmapHint("redis"), before).asked


def test_a_stop_sign_ends_the_questions() -> None:
    stop = threading.Event()
    record: list[Connection] = []

    def count(connection: socket.socket) -> None:
        stop.set()
        silent(connection)

    with serving(count) as port:
        place = Service(address=ADDRESS, port=port)
        Identifier(ALL, QUICK, stop).identify(place, real_net(record, connections=16))
    assert len(record) == 1
