"""What both port engines say of one address's ports, and the limits both keep."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class PortState(StrEnum):
    """How one port answered a TCP connection attempt."""

    OPEN = "open"
    CLOSED = "closed"
    """Refused: something is there and says no."""
    SILENT = "silent"
    """No answer, twice: a firewall drops it, or nothing is there."""
    UNREACHABLE = "unreachable"
    """A router or this computer said that there is no way."""


@dataclass(frozen=True)
class SweepLimits:
    """What a sweep must keep to."""

    deadline: float
    """The last moment, on ``time.monotonic``."""
    per_second: int = 200
    """Port probes a second to one address; 0 for as fast as it goes."""
    timeout: float = 1.5
    """Seconds to wait for an answer; the kernel repeats its SYN after one of them."""
    stop: threading.Event = field(default_factory=threading.Event)
    opened: Callable[[str, int], None] = lambda _address, _port: None
    """Called as soon as a port is seen open."""


@dataclass(frozen=True)
class NmapHint:
    """What nmap's version detection said of one open port, after asking it."""

    name: str
    tls: bool = False
    product: str = ""
    version: str = ""


@dataclass
class Swept:
    """The ports of one address as far as they were judged."""

    engine: str
    engine_version: str
    states: dict[int, PortState] = field(default_factory=dict)
    probes: int = 0
    """Connection attempts made, repeats included."""

    def having(self, *states: PortState) -> tuple[int, ...]:
        """Return the ports in one of these states, sorted."""
        return tuple(sorted(port for port, state in self.states.items() if state in states))

    def missing(self, ports: Iterable[int]) -> tuple[int, ...]:
        """Return those of the ports that were not judged."""
        return tuple(port for port in ports if port not in self.states)


@dataclass
class Named:
    """What an engine says of open ports that our own questions left unnamed."""

    hints: dict[int, NmapHint] = field(default_factory=dict)
    probes: int = 0
    """Ports asked, repeats included; each may have been connected to several times."""
    cut_short: bool = False
    """The scan's end came first: ports without a hint may be anything still."""


class PortEngine(Protocol):
    """A way to look at ports: nmap, or the prober built in."""

    name: str
    version: str

    def sweep(
        self, addresses: Sequence[str], ports: Sequence[int], limits: SweepLimits
    ) -> dict[str, Swept]:
        """Look at these ports of every address; stopped early, return what was judged."""

    def name_services(self, address: str, ports: Sequence[int], limits: SweepLimits) -> Named:
        """Say what speaks on these open ports, as far as the engine can tell by itself."""
