"""UDP: each protocol's question to its own ports, at most two datagrams each.

UDP has no handshake: only an answer in the protocol asked for shows a service, and only an ICMP
"port unreachable" (RFC 1122 section 4.1.3.1) from the address itself shows a closed port.
Everything else is silence, and what silence is worth is not for discovery to say.

Every question has a connected socket of its own, so that answers and ICMP messages of other
addresses cannot be taken for this one's; all of them wait side by side in one thread.
"""

from __future__ import annotations

import errno
import selectors
import socket
import time
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from posture_scan.discovery.icmp import port_unreachable, want_messages
from posture_scan.discovery.prober import file_limit
from posture_scan.discovery.states import SweepLimits
from posture_scan.sdk import ProtocolSpec

ROUNDS: Final = 2
"""Datagrams a question, at most: a lost one is repeated once (RFC 8085 asks for restraint)."""
WAIT: Final = 1.0
"""Seconds to wait for an answer to each of them."""
ANSWER_LIMIT: Final = 4096
_SHARE: Final = 8
"""One in so many of this process's sockets: the TCP sweep beside it needs the others."""
_LEAST: Final = 16
_TICK: Final = 0.05
"""Seconds between two looks at the clock and the stop sign."""
_EXHAUSTED: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.EADDRNOTAVAIL, errno.ENOMEM)


@dataclass(frozen=True)
class Question:
    """One protocol's first message to one port."""

    spec: ProtocolSpec
    port: int


def questions(
    specs: Sequence[ProtocolSpec], ports: Collection[int] | None = None
) -> tuple[Question, ...]:
    """Return what is asked over UDP, on ``ports`` only where some are given.

    Protocols whose servers may stay silent come first: for them only an ICMP message tells
    anything, and a computer sends few of those (Linux: six at once, then one a second).
    """
    found = [
        Question(spec, port)
        for spec in specs
        if spec.transport == "udp"
        for port in dict.fromkeys(spec.ports)
        if ports is None or port in ports
    ]
    return tuple(sorted(found, key=lambda one: (not one.spec.mute, one.port, one.spec.name)))


@dataclass
class UdpSwept:
    """What one address said to the questions, as far as it was asked."""

    answers: dict[Question, bytes] = field(default_factory=dict)
    closed: set[Question] = field(default_factory=set)
    silent: set[Question] = field(default_factory=set)
    datagrams: int = 0
    sent: int = 0
    received: int = 0

    @property
    def heard(self) -> bool:
        """Whether this address said anything, be it only that a port is closed."""
        return bool(self.answers or self.closed)

    def judged(self) -> set[Question]:
        """Return the questions that were asked to the end."""
        return {*self.answers, *self.closed, *self.silent}


@dataclass
class _Host:
    address: str
    swept: UdpSwept
    todo: deque[_Try]
    next_at: float


@dataclass(eq=False)
class _Try:
    question: Question
    connection: socket.socket | None = None
    rounds: int = 0


def sweep(
    addresses: Sequence[str], asked: Sequence[Question], limits: SweepLimits
) -> dict[str, UdpSwept]:
    """Ask all addresses all questions; stopped early, return what was judged.

    ``limits.per_second`` bounds the datagrams a second to one address, 0 for no bound.
    """
    with _Run(addresses, asked, limits) as run:
        run.work()
        return {host.address: host.swept for host in run.hosts}


class _Run:
    """One sweep: a queue per address, one selector, tries in the order of their time-out."""

    def __init__(
        self, addresses: Sequence[str], asked: Sequence[Question], limits: SweepLimits
    ) -> None:
        now = time.monotonic()
        self._limits = limits
        self._capacity = max(_LEAST, file_limit() // _SHARE)
        self._selector = selectors.DefaultSelector()
        self._waiting: deque[tuple[float, _Host, _Try, int]] = deque()
        self._open: set[socket.socket] = set()
        self.hosts = [
            _Host(address, UdpSwept(), deque(_Try(question) for question in asked), now)
            for address in addresses
        ]
        self._left = len(addresses) * len(asked)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for connection in self._open:
            connection.close()
        self._selector.close()

    def work(self) -> None:
        """Run until every question is judged, the time is up or somebody says stop."""
        while self._left:
            now = time.monotonic()
            if self._limits.stop.is_set() or now >= self._limits.deadline:
                return
            wait = min(self._send_more(now), _TICK)
            if not self._open:
                time.sleep(wait)  # Windows cannot wait for nothing
                continue
            for key, _ in self._selector.select(wait):
                self._receive(*key.data)
            self._expire(time.monotonic())

    def _send_more(self, now: float) -> float:
        """Send what the pace and the sockets allow; return seconds until there may be more."""
        wait = _TICK
        for host in self.hosts:
            while host.todo and self._room(host.todo[0]):
                if host.next_at > now:
                    wait = min(wait, host.next_at - now)
                    break
                if self._limits.per_second:
                    host.next_at = max(host.next_at, now - _TICK) + 1 / self._limits.per_second
                if not self._send(host, host.todo.popleft(), now):
                    break
        return wait

    def _room(self, attempt: _Try) -> bool:
        return attempt.connection is not None or len(self._open) < self._capacity

    def _send(self, host: _Host, attempt: _Try, now: float) -> bool:
        """Send one datagram; False where this computer is out of sockets for the moment."""
        try:
            if attempt.connection is None:
                attempt.connection = self._connected(host, attempt)
            data = attempt.question.spec.sends
            host.swept.sent += attempt.connection.send(data)
        except OSError as error:
            return self._not_sent(host, attempt, error)
        host.swept.datagrams += 1
        self._await(host, attempt, now)
        return True

    def _await(self, host: _Host, attempt: _Try, now: float) -> None:
        attempt.rounds += 1
        self._waiting.append((now + WAIT, host, attempt, attempt.rounds))

    def _connected(self, host: _Host, attempt: _Try) -> socket.socket:
        family, kind, number, _, place = socket.getaddrinfo(
            host.address, attempt.question.port, type=socket.SOCK_DGRAM,
            flags=socket.AI_NUMERICHOST,
        )[0]  # fmt: skip
        connection = socket.socket(family, kind, number)
        try:
            connection.settimeout(0)
            want_messages(connection)
            connection.connect(place)
            self._selector.register(connection, selectors.EVENT_READ, (host, attempt))
        except OSError:
            connection.close()
            raise
        self._open.add(connection)
        return connection

    def _not_sent(self, host: _Host, attempt: _Try, error: OSError) -> bool:
        if error.errno in _EXHAUSTED:
            host.todo.append(attempt)
            self._capacity = max(1, min(self._capacity, len(self._open)))
            host.next_at = time.monotonic() + _TICK
            return False
        if attempt.rounds and attempt.connection is not None:
            # The message that came for the datagram before this one is told now.
            if not self._failed(host, attempt, attempt.connection, error):
                self._await(host, attempt, time.monotonic())
        else:
            self._close(attempt)  # no way from here: this question was never asked
            self._left -= 1
        return True

    def _receive(self, host: _Host, attempt: _Try) -> None:
        connection = attempt.connection
        if connection is None:
            return
        try:
            answer = connection.recv(ANSWER_LIMIT)
        except OSError as error:
            self._failed(host, attempt, connection, error)
            return
        host.swept.received += len(answer)
        host.swept.answers[attempt.question] = answer
        self._judged(host, attempt)

    def _failed(
        self, host: _Host, attempt: _Try, connection: socket.socket, error: OSError
    ) -> bool:
        """An ICMP message came; all but the address's own word on this port is silence."""
        if not port_unreachable(connection, host.address, error):
            return False
        host.swept.closed.add(attempt.question)
        self._judged(host, attempt)
        return True

    def _expire(self, now: float) -> None:
        again = []
        while self._waiting and self._waiting[0][0] <= now:
            _, host, attempt, rounds = self._waiting.popleft()
            if attempt.connection is None or attempt.rounds != rounds:
                continue
            if rounds < ROUNDS:
                again.append((host, attempt))
            else:
                host.swept.silent.add(attempt.question)
                self._judged(host, attempt)
        for host, attempt in reversed(again):  # before those not asked yet, in the same order
            host.todo.appendleft(attempt)

    def _judged(self, host: _Host, attempt: _Try) -> None:
        self._close(attempt)
        self._left -= 1
        if attempt in host.todo:
            host.todo.remove(attempt)

    def _close(self, attempt: _Try) -> None:
        if attempt.connection is not None:
            self._selector.unregister(attempt.connection)
            self._open.discard(attempt.connection)
            attempt.connection.close()
            attempt.connection = None
