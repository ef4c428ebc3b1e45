"""The port prober built in: many TCP connection attempts at once, in one thread.

It opens a connection, notes whether it was accepted, refused or left unanswered, and closes it
without a byte. No privileges are needed.
"""

from __future__ import annotations

import errno
import selectors
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self

import posture_scan
from posture_scan.discovery.states import Named, PortState, SweepLimits, Swept

ENGINE: Final = "builtin"
AT_ONCE: Final = 512
"""Attempts under way at one address, so that a small router keeps up."""
SECOND_LOOK: Final = 100
"""Ports asked again where an address answered on none: a lost packet is not the reason there."""
_TICK: Final = 0.05
"""Seconds between two looks at the clock and the stop sign."""
_LEAST: Final = 16
"""Attempts at once that are tried however short of sockets this computer is."""
_BURST: Final = 10
"""Attempts that may be caught up at once when the clock was coarse."""
_STARTED: Final = (errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN, errno.EALREADY)
_CLOSED: Final = (errno.ECONNREFUSED,)
_ACCEPTED: Final = (0, errno.ECONNRESET)
"""Reset is not refused: a connection can only be reset after it was accepted (RFC 9293 3.5.2)."""
_SILENT: Final = (errno.ETIMEDOUT, errno.EHOSTDOWN)
_EXHAUSTED: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.EADDRNOTAVAIL, errno.ENOMEM)


def file_limit() -> int:
    """How many sockets this process may still open, with a reserve for everything else."""
    try:
        import resource
    except ImportError:  # Windows: selectors use select(), which takes 512
        return 400
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 4096 if soft == resource.RLIM_INFINITY else max(16, min(4096, soft - 128))


@dataclass
class _Host:
    swept: Swept
    todo: deque[int]
    next_at: float
    active: int = 0
    repeated: bool = False
    silent: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Try:
    connection: socket.socket
    address: str
    port: int
    until: float


class BuiltinProber:
    """Looks at the ports of several addresses side by side."""

    name = ENGINE
    version = posture_scan.__version__

    def sweep(
        self, addresses: Sequence[str], ports: Sequence[int], limits: SweepLimits
    ) -> dict[str, Swept]:
        """Look at these ports of every address; stopped early, return what was judged."""
        with _Run(addresses, ports, limits) as run:
            run.work()
            return {address: host.swept for address, host in run.hosts.items()}

    def name_services(self, _address: str, _ports: Sequence[int], _limits: SweepLimits) -> Named:
        """Say nothing: all that this program knows to ask has been asked."""
        return Named()


class _Run:
    """One sweep: a queue per address, one selector, tries in the order of their time-out."""

    def __init__(self, addresses: Sequence[str], ports: Sequence[int], limits: SweepLimits) -> None:
        now = time.monotonic()
        self._limits = limits
        self._ports = ports
        self._capacity = file_limit()
        self._selector = selectors.DefaultSelector()
        self._tries: deque[_Try] = deque()
        self._live: set[socket.socket] = set()
        self.hosts = {
            address: _Host(Swept(ENGINE, posture_scan.__version__), deque(ports), now)
            for address in addresses
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for connection in self._live:
            connection.close()
        self._selector.close()

    def work(self) -> None:
        """Run until every port is judged, the time is up or somebody says stop."""
        while any(host.todo or host.active for host in self.hosts.values()):
            now = time.monotonic()
            if self._limits.stop.is_set() or now >= self._limits.deadline:
                return
            wait = min(self._start_more(now), _TICK)
            for key, _ in self._selector.select(wait):
                self._finish(key.data)
            self._expire(time.monotonic())

    def _start_more(self, now: float) -> float:
        """Start what pace and capacity allow; return seconds until there may be more."""
        wait = _TICK
        started = True
        while started and len(self._live) < self._capacity:
            started = False
            for address, host in self.hosts.items():
                if not host.todo or host.active >= AT_ONCE or len(self._live) >= self._capacity:
                    continue
                if host.next_at > now:
                    wait = min(wait, host.next_at - now)
                    continue
                self._start(address, host, now)
                started = True
        return wait

    def _start(self, address: str, host: _Host, now: float) -> None:
        if self._limits.per_second:
            step = 1 / self._limits.per_second
            host.next_at = max(host.next_at, now - _BURST * step) + step
        port = host.todo.popleft()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        try:
            connection = socket.socket(family, socket.SOCK_STREAM)
        except OSError:
            self._put_back(host, port)
            return
        connection.settimeout(0)
        host.swept.probes += 1
        number = connection.connect_ex((address, port))
        if number in _STARTED:
            attempt = _Try(connection, address, port, now + self._limits.timeout)
            self._selector.register(connection, selectors.EVENT_WRITE, attempt)
            self._tries.append(attempt)
            self._live.add(connection)
            host.active += 1
            return
        connection.close()
        if number in _EXHAUSTED:
            self._put_back(host, port)
        else:
            self._judge(address, host, port, number)

    def _put_back(self, host: _Host, port: int) -> None:
        """Out of sockets here: ask for fewer at once, and for this one later."""
        host.todo.append(port)
        self._capacity = max(_LEAST, len(self._live))
        host.next_at = time.monotonic() + _TICK

    def _finish(self, attempt: _Try) -> None:
        if attempt.connection not in self._live:
            return
        number = attempt.connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number == 0 and _met_itself(attempt.connection):
            number = errno.ECONNREFUSED
        self._close(attempt)
        self._judge(attempt.address, self.hosts[attempt.address], attempt.port, number)

    def _expire(self, now: float) -> None:
        while self._tries and (
            self._tries[0].until <= now or self._tries[0].connection not in self._live
        ):
            attempt = self._tries.popleft()
            if attempt.connection in self._live:
                self._close(attempt)
                host = self.hosts[attempt.address]
                self._judge(attempt.address, host, attempt.port, errno.ETIMEDOUT)

    def _close(self, attempt: _Try) -> None:
        self._selector.unregister(attempt.connection)
        self._live.discard(attempt.connection)
        attempt.connection.close()
        self.hosts[attempt.address].active -= 1

    def _judge(self, address: str, host: _Host, port: int, number: int) -> None:
        if number in _ACCEPTED:
            if host.swept.states.get(port) is not PortState.OPEN:
                self._limits.opened(address, port)
            host.swept.states[port] = PortState.OPEN
        elif number in _CLOSED:
            host.swept.states[port] = PortState.CLOSED
        elif number in _SILENT:
            host.silent.append(port)
            if host.repeated:
                host.swept.states[port] = PortState.SILENT
        else:
            host.swept.states[port] = PortState.UNREACHABLE
        if not host.todo and not host.active and not host.repeated:
            self._look_again(host)

    def _look_again(self, host: _Host) -> None:
        """Ask the silent ports once more; only some of them where the whole address is silent."""
        host.repeated = True
        again = host.silent
        if len(again) == len(self._ports):
            again = again[:SECOND_LOOK]
            for port in host.silent[SECOND_LOOK:]:
                host.swept.states[port] = PortState.SILENT
        host.todo.extend(again)


def _met_itself(connection: socket.socket) -> bool:
    """On this computer an attempt may be given the asked port as its own and meet itself."""
    try:
        return bool(connection.getsockname() == connection.getpeername())
    except OSError:
        return False
