"""The nouns of discovery: what is looked at, what may be touched, what one address showed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from posture_scan.model.evidence import Attempt, Connection, PortScan, Service, ServiceSeen
from posture_scan.model.scope import Scope
from posture_scan.model.world import Net


class Progress(Protocol):
    """Told how discovery goes, from several threads.

    Events: ``ports`` (address, ports), ``open`` (address, port), ``service`` (address, port,
    protocol, tls; over UDP with transport), ``host_done`` (address, open, services, finished).
    """

    def __call__(self, event: str, **values: object) -> None:
        """Take one event."""


@dataclass(frozen=True)
class Target:
    """One address to look at, the names in scope that lead to it, and its asset."""

    address: str
    names: tuple[str, ...] = ()
    asset: str = ""


@dataclass(frozen=True)
class World:
    """What discovery may touch and how; see the head of ``hosts``."""

    scope: Scope
    net_for: Callable[[str, int], Net]
    record: Callable[[Connection], None]
    clock: Callable[[], datetime]
    deadline: float
    stop: threading.Event = field(default_factory=threading.Event)
    guard: Callable[[str, str], str] | None = None
    """Judges an address, and a name it has, once more before it is touched: AttemptError."""


@dataclass(frozen=True)
class HostScan:
    """What one address showed."""

    address: str
    names: tuple[str, ...]
    asset: str
    ports: PortScan
    services: tuple[tuple[Service, ServiceSeen], ...]
    attempt: Attempt = Attempt.OK
    """``ok`` when any port answered; else timeout, filtered, out_of_scope or interrupted."""
