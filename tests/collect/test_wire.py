"""How a connection fails, in the words of an attempt, and what it may never exceed."""

from __future__ import annotations

import errno
import socket
import ssl
import time
from collections.abc import Iterator

import pytest

from posture_scan.collect.channel import WireChannel
from posture_scan.collect.wire import Wire, dial, failure
from posture_scan.model.evidence import Attempt
from posture_scan.model.world import AttemptError

Pair = tuple[Wire, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A wire with a tenth of a second for an operation, and the socket at its other end."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Wire(ours, timeout=0.1, deadline=time.monotonic() + 5, limit=64), theirs


@pytest.mark.parametrize(
    ("error", "attempt"),
    [
        (TimeoutError(), Attempt.TIMEOUT),
        (ConnectionRefusedError(), Attempt.REFUSED),
        (ConnectionResetError(), Attempt.CLOSED_EARLY),
        (BrokenPipeError(), Attempt.CLOSED_EARLY),
        (ssl.SSLEOFError(), Attempt.CLOSED_EARLY),
        (ssl.SSLZeroReturnError(), Attempt.CLOSED_EARLY),
        (ssl.SSLError(), Attempt.PROTOCOL_MISMATCH),
        (OSError(errno.EHOSTUNREACH, ""), Attempt.FILTERED),
        (OSError(errno.ENETUNREACH, ""), Attempt.FILTERED),
        (OSError(errno.EACCES, ""), Attempt.PERMISSION_DENIED),
        (OSError(errno.EMFILE, ""), Attempt.LIMIT_REACHED),
        (OSError(errno.EADDRNOTAVAIL, ""), Attempt.LIMIT_REACHED),
        (OSError(errno.EIO, ""), Attempt.CLOSED_EARLY),
        (OSError(), Attempt.CLOSED_EARLY),
    ],
)
def test_an_error_of_the_system_becomes_the_attempt_it_means(
    error: OSError, attempt: Attempt
) -> None:
    assert failure(error, connected=True).attempt is attempt


def test_our_own_shortage_of_sockets_is_not_called_a_filter() -> None:
    assert failure(OSError(errno.EMFILE, ""), connected=False).detail == "EMFILE"
    assert failure(TimeoutError(), connected=False).detail == "connect"


def test_a_place_that_is_no_number_is_not_looked_up() -> None:
    with pytest.raises(AttemptError):
        dial("localhost", 80, timeout=1, deadline=time.monotonic() + 1, lifetime=1)


def test_after_the_deadline_nothing_is_sent_or_read(pair: Pair) -> None:
    wire = Wire(pair[0]._socket, timeout=0.1, deadline=time.monotonic() - 1)
    for use in (lambda: wire.send(b"x"), lambda: wire.receive(1), wire.start_tls):
        with pytest.raises(AttemptError) as caught:
            use()
        assert (caught.value.attempt, caught.value.detail) == (
            Attempt.TIMEOUT, "connection_deadline",
        )  # fmt: skip
    assert (wire.sent, wire.received) == (0, 0)


def test_no_more_than_the_limit_is_ever_read(pair: Pair) -> None:
    wire, other = pair
    other.sendall(b"x" * 100)
    assert len(wire.receive(1000)) == 64
    with pytest.raises(AttemptError) as caught:
        wire.receive(1000)
    assert caught.value.attempt is Attempt.LIMIT_REACHED
    assert wire.received == 64


def test_sending_to_one_who_left_is_an_attempt(pair: Pair) -> None:
    wire, other = pair
    other.close()
    with pytest.raises(AttemptError) as caught:
        wire.send(b"x")
    assert caught.value.attempt is Attempt.CLOSED_EARLY
    assert wire.sent == 0


def test_a_connection_without_tls_has_no_chain(pair: Pair) -> None:
    assert WireChannel(pair[0]).peer_chain() == ()


def test_half_a_line_is_given_when_the_rest_never_comes(pair: Pair) -> None:
    wire, other = pair
    other.sendall(b"220 rea")
    assert WireChannel(wire).receive_until(b"\n") == b"220 rea"


def test_half_a_line_is_given_when_the_other_side_leaves(pair: Pair) -> None:
    wire, other = pair
    other.sendall(b"220 rea")
    other.close()
    assert WireChannel(wire).receive_until(b"\n") == b"220 rea"


def test_silence_is_a_time_out_not_an_empty_line(pair: Pair) -> None:
    with pytest.raises(AttemptError) as caught:
        WireChannel(pair[0]).receive_until(b"\n")
    assert caught.value.attempt is Attempt.TIMEOUT


def test_too_few_bytes_are_told_from_none(pair: Pair) -> None:
    wire, other = pair
    other.sendall(b"abc")
    other.close()
    with pytest.raises(AttemptError) as caught:
        WireChannel(wire).receive_exactly(4)
    assert (caught.value.attempt, caught.value.detail) == (Attempt.CLOSED_EARLY, "3/4")


def test_what_was_read_too_far_is_read_next(pair: Pair) -> None:
    wire, other = pair
    other.sendall(b"one\ntwo\nthree")
    channel = WireChannel(wire)
    assert channel.receive_until(b"\n") == b"one\n"
    assert channel.receive(2) == b"tw"
    assert channel.receive_exactly(2) == b"o\n"
    assert channel.receive() == b"three"


def test_no_time_left_is_a_time_out_even_while_bytes_wait(pair: Pair) -> None:
    wire, other = pair
    other.sendall(b"abc")
    wire.timeout = 0
    with pytest.raises(AttemptError) as caught:
        WireChannel(wire).receive_exactly(3)
    assert (caught.value.attempt, caught.value.detail) == (Attempt.TIMEOUT, "operation")
