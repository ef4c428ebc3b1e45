"""RealNet against real sockets: scope, limits, record, TLS and datagrams."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import pytest

from posture_scan.model.evidence import Attempt, Connection, Service
from posture_scan.model.world import AttemptError, Channel
from tests.collect.certificates import Issued, authority, tls_server
from tests.collect.fixture import ADDRESS, real_net, scope
from tests.collect.scripted import hangs_up, replies, says, serving, silent
from tests.lab.daemon import free_port


def service(port: int, **fields: Any) -> Service:
    return Service(address=ADDRESS, port=port, **fields)


def test_a_conversation_is_recorded_as_one_connection() -> None:
    record: list[Connection] = []
    with (
        serving(says(b"220 ready\r\nmore")) as port,
        real_net(record).connect(service(port)) as channel,
    ):
        assert channel.receive_until(b"\r\n") == b"220 ready\r\n"
        assert channel.receive_exactly(4) == b"more"
        channel.send(b"QUIT\r\n")
    (line,) = record
    assert (line.address, line.port, line.purpose) == (ADDRESS, port, "test")
    assert (line.outcome, line.sent, line.received) == (Attempt.OK, 6, 15)


def test_a_closed_port_is_refused_and_recorded() -> None:
    record: list[Connection] = []
    port = free_port(ADDRESS)
    with pytest.raises(AttemptError) as caught, real_net(record).connect(service(port)):
        pass
    assert caught.value.attempt is Attempt.REFUSED
    assert [line.outcome for line in record] == [Attempt.REFUSED]


@pytest.mark.parametrize("address", ["127.50.1.2", "169.254.169.254", "0.0.0.0", "not-an-ip"])
def test_outside_the_scope_no_socket_is_opened(address: str) -> None:
    record: list[Connection] = []
    net = real_net(record)
    for use in (
        lambda target: net.exchange(target, b"x"),
        lambda target: net.http(target, "/"),
        lambda target: net.datagram(target, b"x"),
    ):
        with pytest.raises(AttemptError) as caught:
            use(Service(address=address, port=80))
        assert caught.value.attempt is Attempt.OUT_OF_SCOPE
    assert record == []


def test_out_wins_over_in() -> None:
    within = scope("127.50.0.0/16", exclude=(ADDRESS,))
    with pytest.raises(AttemptError) as caught:
        real_net([], within=within).exchange(service(80), b"x")
    assert caught.value.attempt is Attempt.OUT_OF_SCOPE


def test_a_collector_gets_no_more_connections_than_it_declared() -> None:
    record: list[Connection] = []
    with serving(replies(b"pong")) as port:
        net = real_net(record, connections=1)
        assert net.exchange(service(port), b"ping") == b"pong"
        with pytest.raises(AttemptError) as caught:
            net.exchange(service(port), b"ping")
    assert caught.value.attempt is Attempt.LIMIT_REACHED
    assert len(record) == 1


def test_an_answer_in_pieces_is_put_together() -> None:
    def answer(connection: socket.socket) -> None:
        connection.recv(10)
        for part in (b"one ", b"two ", b"three"):
            connection.sendall(part)
            time.sleep(0.02)

    with serving(answer) as port:
        assert real_net([]).exchange(service(port), b"x") == b"one two three"


def drain(channel: Channel) -> None:
    while channel.receive():
        pass


def test_an_endless_answer_ends_at_its_limit() -> None:
    def answer(connection: socket.socket) -> None:
        while True:
            connection.sendall(b"x" * 65_536)

    with serving(answer) as port:
        assert len(real_net([]).exchange(service(port), b"", limit=5000)) == 5000
        with pytest.raises(AttemptError) as caught, real_net([]).connect(service(port)) as channel:
            drain(channel)
    assert caught.value.attempt is Attempt.LIMIT_REACHED


def test_silence_and_hanging_up_are_told_apart() -> None:
    with serving(silent) as port, pytest.raises(AttemptError) as caught:
        real_net([], seconds=0.3).exchange(service(port), b"x")
    assert caught.value.attempt is Attempt.TIMEOUT
    with serving(hangs_up) as port, pytest.raises(AttemptError) as caught:
        real_net([]).exchange(service(port), b"")
    assert caught.value.attempt is Attempt.CLOSED_EARLY


def test_nothing_starts_after_the_deadline() -> None:
    record: list[Connection] = []
    with pytest.raises(AttemptError) as caught:
        real_net(record, seconds=0).exchange(service(80), b"x")
    assert caught.value.attempt is Attempt.INTERRUPTED
    assert record == []


def test_bytes_that_drip_do_not_stretch_an_operation() -> None:
    def answer(connection: socket.socket) -> None:
        for _ in range(100):
            connection.sendall(b".")
            time.sleep(0.05)

    with serving(answer) as port:
        began = time.monotonic()
        with (
            pytest.raises(AttemptError) as caught,
            real_net([]).connect(service(port), timeout=0.3) as channel,
        ):
            channel.receive_exactly(100)
        assert time.monotonic() - began < 1.5
    assert caught.value.attempt is Attempt.TIMEOUT


def test_tls_is_wrapped_without_judging_and_the_chain_is_kept() -> None:
    root = authority("Example Root")
    leaf = root.issue("server.example.jp")
    with tls_server([leaf], b"inside") as port, real_net([]).connect(service(port)) as channel:
        channel.start_tls("server.example.jp")
        assert channel.receive() == b"inside"
        assert channel.peer_chain() == (leaf.der,)


def test_the_whole_chain_is_seen() -> None:
    root = authority("Example Root")
    middle = root.issue("Example Issuing", ca=True)
    leaf = middle.issue("server.example.jp")
    sent: list[Issued] = [leaf, middle, root]
    with tls_server(sent, b"") as port, real_net([]).connect(service(port)) as channel:
        channel.start_tls()
        assert channel.peer_chain() == (leaf.der, middle.der, root.der)


def test_tls_with_a_server_that_speaks_something_else() -> None:
    with (
        serving(says(b"SSH-2.0-x\r\n")) as port,
        pytest.raises(AttemptError) as caught,
        real_net([]).connect(service(port)) as channel,
    ):
        channel.start_tls()
    assert caught.value.attempt is Attempt.PROTOCOL_MISMATCH


def test_strange_server_names_do_not_fail_the_handshake() -> None:
    leaf = authority("Example Root").issue("x.example.jp")
    with tls_server([leaf], b"") as port:
        for name in (".", "a..b", "x" * 300, ADDRESS, "\0", ".x"):
            with real_net([]).connect(service(port)) as channel:
                channel.start_tls(name)
                assert channel.peer_chain()


def test_http_inside_tls() -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    leaf = authority("Example Root").issue("x.example.jp")
    with tls_server([leaf], page, waits=True) as port:
        target = service(port, tls=True, names=("x.example.jp",))
        answer = real_net([]).http(target, "/")
    assert (answer.status, answer.body) == (200, b"hi")
    assert answer.final_url == f"https://x.example.jp:{port}/"


def test_a_datagram_is_answered_or_times_out_or_is_refused() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((ADDRESS, 0))
        port = server.getsockname()[1]

        def answer() -> None:
            data, peer = server.recvfrom(100)
            server.sendto(data[::-1], peer)

        thread = threading.Thread(target=answer)
        thread.start()
        record: list[Connection] = []
        assert real_net(record).datagram(service(port), b"abc") == b"cba"
        thread.join()
        assert (record[0].transport, record[0].sent, record[0].received) == ("udp", 3, 3)
        with pytest.raises(AttemptError) as caught:
            real_net([], seconds=0.3).datagram(service(port), b"abc")
        assert caught.value.attempt in {Attempt.TIMEOUT, Attempt.INTERRUPTED}
    with pytest.raises(AttemptError) as caught:
        real_net([]).datagram(service(port), b"abc")
    assert caught.value.attempt is Attempt.REFUSED


def test_a_pause_never_outlasts_the_scan() -> None:
    began = time.monotonic()
    real_net([], seconds=0.1).pause(60)
    assert time.monotonic() - began < 1
