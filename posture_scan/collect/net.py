"""The real network behind ``sdk.Net``: every socket of a collector is opened here.

A ``RealNet`` is made for one collector run on one service. It checks the scope on the resolved
address, keeps the pace, bounds time and bytes, counts connections and records each of them.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from posture_scan.collect import chain, http
from posture_scan.collect.channel import WireChannel
from posture_scan.collect.dns import TIMEOUT as LOOKUP_TIMEOUT
from posture_scan.collect.dns import LooksUp, Resolver
from posture_scan.collect.guard import Guard
from posture_scan.collect.pace import Pace
from posture_scan.collect.wire import Wire, dial, failure
from posture_scan.model.evidence import Attempt, Connection, Service
from posture_scan.model.scope import Scope
from posture_scan.model.world import AttemptError, Channel, DnsAnswer, HttpResponse

LIFETIME: Final = 20.0
"""Seconds that one connection may last in all, whatever its operations take."""
QUIET: Final = 0.15
"""Seconds without another byte after which an answer counts as complete."""
DATAGRAM_WAIT: Final = 2.0
"""Seconds to wait for an answer to each of at most two datagrams."""
LONGEST_PAUSE: Final = 5.0
DNS: Final = "dns"
"""The transport under which a question to a resolver is listed; the resolver is no target."""
MOST_LOOKUPS: Final = 64
"""Questions to DNS in one collector run: SPF may take ten, a tree walk of DMARC eight."""


class RealNet:
    """``sdk.Net`` over real sockets, within one scope, one pace and one deadline."""

    def __init__(
        self,
        scope: Scope,
        *,
        pace: Pace,
        clock: Callable[[], datetime],
        deadline: float,
        record: Callable[[Connection], None],
        purpose: str,
        max_connections: int,
        ca_file: str = "",
        resolver: LooksUp | None = None,
    ) -> None:
        """Bind the limits of one collector run.

        ``deadline`` is the scan's last moment on ``time.monotonic``; ``record`` receives every
        connection and must be safe to call from several threads; ``purpose`` names who asks;
        ``resolver`` answers about names, by default the computer's own.
        """
        self._guard = Guard(scope)
        self._pace = pace
        self._clock = clock
        self._deadline = deadline
        self._record = record
        self._purpose = purpose
        self._left = max_connections
        self._ca_file = ca_file
        self._resolver = resolver
        self._lookups_left = MOST_LOOKUPS

    # --- sdk.Net -----------------------------------------------------------------------------

    @contextlib.contextmanager
    def connect(self, service: Service, *, timeout: float = 5.0) -> Iterator[Channel]:
        """Open a plain TCP connection; ``start_tls`` on it where the service speaks TLS."""
        self._count()
        with self._wire(service, timeout) as wire:
            yield WireChannel(wire)

    def exchange(self, service: Service, data: bytes, *, limit: int = 4096) -> bytes:
        """Send one raw message (never inside TLS) and return the first answer.

        Raises:
            AttemptError: closed_early when the server closes without a byte, timeout when it
                stays silent, and whatever connecting may raise.
        """
        self._count()
        with self._wire(service, 5.0) as wire:
            if data:
                wire.send(data)
            answer = wire.receive(limit)
            if not answer:
                raise AttemptError(Attempt.CLOSED_EARLY, "no_answer")
            return answer + _rest(wire, limit - len(answer))

    def http(
        self,
        service: Service,
        path: str,
        *,
        method: str = "GET",
        name: str = "",
        headers: dict[str, str] | None = None,
        body: bytes = b"",
        follow: int = 2,
        limit: int = 262_144,
    ) -> HttpResponse:
        """Make one HTTP request to the service's own address, under one of its names.

        Redirects are followed only for GET and HEAD and only on this host; each one opens a
        further connection to the same address, paced like any other.
        """
        self._count()
        wanted = http.Request(method, path, headers or {}, body, limit)
        return http.fetch(self._wire, service, wanted, name=name, follow=follow, busy=self._busy)

    def datagram(self, service: Service, data: bytes, *, limit: int = 4096) -> bytes:
        """Send one UDP datagram, once more if nothing comes, and return the first answer."""
        self._count()
        address = self._allowed(service)
        with self._pace.slot(address, service.port, self._deadline):
            return self._datagram(address, service, data, limit)

    def lookup(self, name: str, kind: str) -> DnsAnswer:
        """Ask the resolver, within this collector's questions and the scan's deadline.

        Names are looked up wherever they lead: whoever answers a resolver is not touched by us.
        """
        if self._lookups_left <= 0:
            raise AttemptError(Attempt.LIMIT_REACHED, "lookups")
        self._lookups_left -= 1
        self._resolver = self._resolver or Resolver()
        outcome = Attempt.OK
        try:
            return self._resolver.ask(name, kind, self._time_for(LOOKUP_TIMEOUT))
        except AttemptError as error:
            outcome = error.attempt
            raise
        finally:
            self._note((*self._resolver.server, DNS), outcome, about=f"{kind} {name}")

    def verify_chain(self, chain_: tuple[bytes, ...], name: str) -> str:
        """Judge a DER chain by this machine's trust anchors and ``--ca``; see ``sdk.Net``."""
        return chain.verify(chain_, name, self._ca_file)

    def pause(self, seconds: float) -> None:
        """Wait, at most five seconds and never past the scan's deadline."""
        left = self._deadline - time.monotonic()
        time.sleep(max(0.0, min(seconds, LONGEST_PAUSE, left)))

    # --- the inside --------------------------------------------------------------------------

    def _count(self) -> None:
        if self._left <= 0:
            raise AttemptError(Attempt.LIMIT_REACHED, "collector_connections")
        self._left -= 1

    def _allowed(self, service: Service) -> str:
        refused: AttemptError | None = None
        for name in ("", *service.names):
            try:
                return self._guard.check(service.address, name)
            except AttemptError as error:
                refused = error
        raise refused or AttemptError(Attempt.OUT_OF_SCOPE, service.address)

    def _busy(self, service: Service) -> None:
        self._pace.let_alone(self._allowed(service), service.port)

    @contextlib.contextmanager
    def _wire(self, service: Service, timeout: float) -> Iterator[Wire]:
        address = self._allowed(service)
        with self._pace.slot(address, service.port, self._deadline):
            wire = self._dial(address, service, timeout)
            outcome = Attempt.OK
            began = time.monotonic()
            try:
                yield wire
            except AttemptError as error:
                outcome = error.attempt
                raise
            finally:
                wire.close()
                if time.monotonic() - began >= LIFETIME - 1:
                    self._pace.dragged_out(address, service.port)
                self._note((address, service.port, "tcp"), outcome, wire.sent, wire.received)

    def _dial(self, address: str, service: Service, timeout: float) -> Wire:
        lifetime = max(LIFETIME, timeout)
        try:
            wire = dial(
                address, service.port, timeout=timeout, deadline=self._deadline, lifetime=lifetime
            )
        except AttemptError as error:
            self._pace.troubled(address, service.port)
            self._note((address, service.port, "tcp"), error.attempt)
            raise
        self._pace.answered(address, service.port)
        return wire

    def _datagram(self, address: str, service: Service, data: bytes, limit: int) -> bytes:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        outcome, sent, answer = Attempt.OK, 0, b""
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as udp:
                udp.connect((address, service.port))
                for _ in range(2):
                    udp.settimeout(self._time_for(DATAGRAM_WAIT))
                    sent += udp.send(data)
                    with contextlib.suppress(TimeoutError):
                        answer = udp.recv(limit)
                        return answer
                raise TimeoutError
        except OSError as error:
            problem = failure(error, connected=True)
            outcome = problem.attempt
            raise problem from error
        except AttemptError as error:
            outcome = error.attempt
            raise
        finally:
            self._note((address, service.port, "udp"), outcome, sent, len(answer))

    def _time_for(self, seconds: float) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise AttemptError(Attempt.INTERRUPTED, "scan_deadline")
        return min(seconds, left)

    def _note(
        self, place: tuple[str, int, str], outcome: Attempt, sent: int = 0, received: int = 0,
        about: str = "",
    ) -> None:  # fmt: skip
        address, port, transport = place
        self._record(
            Connection(
                at=self._clock(),
                address=address,
                port=port,
                transport=transport,
                purpose=f"{self._purpose} {about}".strip(),
                outcome=outcome,
                sent=sent,
                received=received,
            )
        )


def _rest(wire: Wire, limit: int) -> bytes:
    """What follows the first bytes of an answer, until it is quiet, closed or enough."""
    more = b""
    while len(more) < limit:
        try:
            data = wire.receive(limit - len(more), QUIET)
        except AttemptError:
            break
        if not data:
            break
        more += data
    return more
