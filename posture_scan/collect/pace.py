"""How fast one host may be asked, shared by everything that opens a connection in a scan.

One ``Pace`` is made per scan and handed to every ``RealNet`` and to the port sweep, so that the
limits hold for the host and not for each collector by itself.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from posture_scan.errors import UsageError
from posture_scan.model.evidence import Attempt
from posture_scan.model.world import AttemptError

TROUBLE_LIMIT: Final = 3
"""Connections in a row that a service may leave unanswered before it is let alone."""
DRAG_LIMIT: Final = 2
"""Connections that it may drag out, drip by drip, until their whole time is spent."""


@dataclass(frozen=True)
class _Figures:
    probes: int
    at_once: int
    new: int
    per_service: int


_PACES: Final = {
    "normal": _Figures(probes=200, at_once=4, new=20, per_service=40),
    "polite": _Figures(probes=1, at_once=1, new=1, per_service=40),
    "lan": _Figures(probes=0, at_once=16, new=0, per_service=40),
}


@dataclass
class _Host:
    active: int = 0
    next_start: float = 0.0
    busy: dict[int, int] = field(default_factory=dict)
    """Ports that are being asked, and the thread that asks."""
    used: Counter[int] = field(default_factory=Counter)
    trouble: Counter[int] = field(default_factory=Counter)
    dragged: Counter[int] = field(default_factory=Counter)


class Pace:
    """The limits of one scan and the count of what each host was already asked."""

    def __init__(self, name: str, *, probes: int, at_once: int, new: int, per_service: int) -> None:
        """Take the figures: ``probes`` and ``new`` per second and host, 0 meaning no limit."""
        self.name = name
        self.probes_per_second = probes
        self.at_once = at_once
        self.new_per_second = new
        self.per_service = per_service
        self._hosts: dict[str, _Host] = {}
        self._change = threading.Condition()

    @classmethod
    def named(cls, name: str) -> Pace:
        """Make the pace called ``normal``, ``polite`` or ``lan``.

        Raises:
            UsageError: ``pace.unknown`` for any other name.
        """
        figures = _PACES.get(name)
        if figures is None:
            raise UsageError("pace.unknown", name=name, known=", ".join(_PACES))
        return cls(
            name,
            probes=figures.probes,
            at_once=figures.at_once,
            new=figures.new,
            per_service=figures.per_service,
        )

    @contextlib.contextmanager
    def slot(self, address: str, port: int, deadline: float) -> Iterator[None]:
        """Hold one of the host's connection slots, waiting for it until ``deadline``.

        A service is asked by one at a time: small devices serve one connection and leave the
        next waiting, which would then look like silence.

        Raises:
            AttemptError: limit_reached when this service was asked often enough or has stopped
                answering; interrupted when the scan's time (``time.monotonic``) is up first.
        """
        outer = self._enter(address, port, deadline)
        try:
            yield
        finally:
            with self._change:
                host = self._hosts[address]
                host.active -= 1
                if outer:
                    del host.busy[port]
                self._change.notify_all()

    def _enter(self, address: str, port: int, deadline: float) -> bool:
        """Take a slot; True where this is the thread's first connection to the service."""
        me = threading.get_ident()
        with self._change:
            host = self._hosts.setdefault(address, _Host())
            while True:
                self._refuse_if_spent(host, port)
                now = time.monotonic()
                if now >= deadline:
                    raise AttemptError(Attempt.INTERRUPTED, "scan_deadline")
                full = host.active >= self.at_once or host.busy.get(port, me) != me
                if not full and now >= host.next_start:
                    break
                until = deadline if full else host.next_start
                self._change.wait(max(0.001, min(until, deadline) - now))
            host.active += 1
            host.used[port] += 1
            if self.new_per_second:
                host.next_start = now + 1 / self.new_per_second
            outer = port not in host.busy
            host.busy[port] = me
            return outer

    def _refuse_if_spent(self, host: _Host, port: int) -> None:
        if host.used[port] >= self.per_service:
            raise AttemptError(Attempt.LIMIT_REACHED, "service_connections")
        if host.trouble[port] >= TROUBLE_LIMIT:
            raise AttemptError(Attempt.LIMIT_REACHED, "service_stopped_answering")

    def answered(self, address: str, port: int) -> None:
        """Note that a connection was accepted: earlier trouble is forgotten."""
        with self._change:
            self._hosts.setdefault(address, _Host()).trouble[port] = 0

    def troubled(self, address: str, port: int) -> None:
        """Note that a connection was refused or left unanswered."""
        with self._change:
            self._hosts.setdefault(address, _Host()).trouble[port] += 1

    def dragged_out(self, address: str, port: int) -> None:
        """Note a connection whose whole time was spent; a service that struggles is let alone."""
        with self._change:
            host = self._hosts.setdefault(address, _Host())
            host.dragged[port] += 1
            if host.dragged[port] >= DRAG_LIMIT:
                host.trouble[port] = TROUBLE_LIMIT

    def let_alone(self, address: str, port: int) -> None:
        """Ask this service nothing more: it said that it is asked too much (HTTP 429)."""
        with self._change:
            self._hosts.setdefault(address, _Host()).trouble[port] = TROUBLE_LIMIT
