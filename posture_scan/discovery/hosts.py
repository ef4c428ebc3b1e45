"""From a scope's addresses to services: which ports are open and what answers there.

The one function for the rooms above is ``discover``::

    discover(
        targets,                      # Sequence[Target]: address, names in scope, asset id
        specs=specs,                  # the ProtocolSpecs of all packs
        world=World(
            scope=scope,              # every address is checked again here
            net_for=net_for,          # (purpose, max_connections) -> Net, one for each service
            record=record,            # gets a Connection for each port sweep; thread-safe
            clock=clock,              # () -> aware datetime
            deadline=deadline,        # time.monotonic() at which the scan ends
            stop=threading.Event(),   # set it to stop early and keep what there is
        ),
        engine="auto",                # "auto" | "nmap" | "builtin"
        ports=None,                   # None = default_ports(specs); anything less: not finished
        probes_per_second=pace.probes_per_second,
        progress=None,                # callable(event, **values), see ``Progress``
    ) -> Iterator[HostScan]

Host scans come one by one, as each is done. An address outside the scope yields a scan with the
attempt ``out_of_scope`` and no port touched; one on which nothing answered yields ``timeout``
(all silent) or ``filtered`` (no way there): whether that is fine is not for discovery to say.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from posture_scan.discovery.identify import Identified, Identifier
from posture_scan.discovery.middlebox import answers_everything
from posture_scan.discovery.nmap_engine import find_engine
from posture_scan.discovery.ports import default_ports
from posture_scan.discovery.prober import BuiltinProber
from posture_scan.discovery.states import PortEngine, PortState, SweepLimits, Swept
from posture_scan.discovery.talk import MOST_CONNECTIONS, Waits
from posture_scan.errors import IncompleteError, UsageError
from posture_scan.model.evidence import Attempt, Connection, PortScan, Service, ServiceSeen
from posture_scan.model.scope import Scope
from posture_scan.model.world import Net
from posture_scan.sdk import ProtocolSpec

TOGETHER: Final = 16
"""Addresses whose ports are looked at side by side."""
SERVICES_AT_ONCE: Final = 16
"""Services recognised at once on all these addresses; the pace bounds those of one."""
MOST_IDENTIFIED: Final = 30
"""Open ports of one address that are asked what they are."""
ENGINES: Final = ("auto", "nmap", "builtin")


class Progress(Protocol):
    """Told how discovery goes, from several threads.

    Events: ``ports`` (address, ports), ``open`` (address, port), ``service`` (address, port,
    protocol, tls), ``host_done`` (address, open, services, finished).
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
    """What discovery may touch and how; see the head of this module."""

    scope: Scope
    net_for: Callable[[str, int], Net]
    record: Callable[[Connection], None]
    clock: Callable[[], datetime]
    deadline: float
    stop: threading.Event = field(default_factory=threading.Event)


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


def choose_engine(engine: str, deadline: float) -> PortEngine:
    """Return the port engine of that name; ``auto`` takes nmap where it works.

    Raises:
        UsageError: ``engine.unknown`` for a name not in ``ENGINES``.
        IncompleteError: ``engine.no_nmap`` when nmap was asked for and does not work here.
    """
    if engine not in ENGINES:
        raise UsageError("engine.unknown", name=engine, known=", ".join(ENGINES))
    found = None if engine == "builtin" else find_engine(deadline)
    if engine == "nmap" and found is None:
        raise IncompleteError("engine.no_nmap")
    return found or BuiltinProber()


def discover(
    targets: Sequence[Target],
    *,
    specs: Sequence[ProtocolSpec],
    world: World,
    engine: str = "auto",
    ports: Sequence[int] | None = None,
    probes_per_second: int = 200,
    progress: Progress | None = None,
    waits: Waits | None = None,
) -> Iterator[HostScan]:
    """Look at the targets' ports and at what answers there; see the head of this module."""
    chosen = choose_engine(engine, world.deadline)
    full = default_ports(specs)
    run = _Discovery(
        world=world,
        engine=chosen,
        identifier=Identifier(specs, waits, world.stop),
        ports=tuple(full if ports is None else dict.fromkeys(ports)),
        full=frozenset(full),
        hinted=frozenset(port for spec in specs for port in spec.ports),
        per_second=probes_per_second,
        tell=progress or _nobody,
    )
    allowed = [target for target in targets if run.allows(target)]
    for target in targets:
        if target not in allowed:
            yield run.untouched(target)
    for start in range(0, len(allowed), TOGETHER):
        yield from run.batch(allowed[start : start + TOGETHER])


def _nobody(_event: str, **_values: object) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True)
class _Discovery:
    world: World
    engine: PortEngine
    identifier: Identifier
    ports: tuple[int, ...]
    full: frozenset[int]
    hinted: frozenset[int]
    per_second: int
    tell: Callable[..., None]

    def allows(self, target: Target) -> bool:
        """Tell whether the scope lets anybody touch this address; what is none is not."""
        scope = self.world.scope
        try:
            return any(scope.allows(target.address, name) for name in ("", *target.names))
        except ValueError:
            return False

    def untouched(self, target: Target) -> HostScan:
        swept = Swept(self.engine.name, self.engine.version)
        return self._scan(target, swept, {}, Attempt.OUT_OF_SCOPE)

    def batch(self, targets: Sequence[Target]) -> Iterator[HostScan]:
        """Sweep these addresses side by side, then recognise what is open on them."""
        for target in targets:
            self.tell("ports", address=target.address, ports=len(self.ports))
        swept = self.engine.sweep([t.address for t in targets], self.ports, self._limits())
        for target in targets:
            self._note(target, swept[target.address])
        with ThreadPoolExecutor(SERVICES_AT_ONCE) as pool:
            work = {
                target: {
                    port: pool.submit(self._identify, target, port, swept[target.address])
                    for port in self._worth_asking(swept[target.address])
                }
                for target in targets
            }
            try:
                for target in targets:
                    found = {port: task.result() for port, task in work[target].items()}
                    state = swept[target.address]
                    scan = self._scan(target, state, found, self._attempt(state))
                    self._done(scan)
                    yield scan
            except (KeyboardInterrupt, GeneratorExit):
                self.world.stop.set()  # the pool waits for its threads: let them end soon
                raise

    def _limits(self) -> SweepLimits:
        return SweepLimits(
            deadline=self.world.deadline,
            per_second=self.per_second,
            stop=self.world.stop,
            opened=lambda address, port: self.tell("open", address=address, port=port),
        )

    def _worth_asking(self, swept: Swept) -> list[int]:
        """The open ports to ask: all of an ordinary address, the usual ones of any other."""
        open_ports = swept.having(PortState.OPEN)
        usual_first = sorted(open_ports, key=lambda port: (port not in self.hinted, port))
        return usual_first[:MOST_IDENTIFIED]

    def _identify(self, target: Target, port: int, swept: Swept) -> Identified:
        if self.world.stop.is_set() or time.monotonic() >= self.world.deadline:
            return Identified(None, spoke=True, asked=False)
        place = Service(address=target.address, port=port, names=target.names, asset=target.asset)
        net = self.world.net_for("discovery.identify", MOST_CONNECTIONS)
        identified = self.identifier.identify(place, net, swept.hints.get(port))
        if identified.found is not None:
            service, _ = identified.found
            self.tell(
                "service",
                address=target.address,
                port=port,
                protocol=service.protocol,
                tls=service.tls,
            )
        return identified

    def _attempt(self, swept: Swept) -> Attempt:
        if swept.having(PortState.OPEN, PortState.CLOSED):
            return Attempt.OK
        if swept.missing(self.ports):
            return Attempt.INTERRUPTED
        if swept.having(PortState.SILENT):
            return Attempt.TIMEOUT
        return Attempt.FILTERED

    def _scan(
        self, target: Target, swept: Swept, found: dict[int, Identified], attempt: Attempt
    ) -> HostScan:
        services = tuple(one.found for one in found.values() if one.found is not None)
        known = {service.port for service, _ in services}
        open_ports = swept.having(PortState.OPEN)
        mute = sum(1 for one in found.values() if not one.spoke)
        judged = not swept.missing(self.ports) and attempt in {Attempt.OK, Attempt.TIMEOUT}
        heard = all(one.asked for one in found.values())
        facts = PortScan(
            engine=swept.engine,
            engine_version=swept.engine_version,
            probed=len(swept.states),
            open_ports=open_ports,
            closed=len(swept.having(PortState.CLOSED)),
            silent=len(swept.having(PortState.SILENT, PortState.UNREACHABLE)),
            finished=judged and heard and self.full <= set(self.ports),
            unidentified=tuple(port for port in open_ports if port not in known),
            answers_everything=answers_everything(
                len(open_ports), [seen for _, seen in services], mute
            ),
        )
        ordered = tuple(sorted(services, key=lambda pair: pair[0].port))
        return HostScan(target.address, target.names, target.asset, facts, ordered, attempt)

    def _note(self, target: Target, swept: Swept) -> None:
        if swept.probes:
            self.world.record(
                Connection(
                    at=self.world.clock(),
                    address=target.address,
                    port=0,
                    transport="tcp",
                    purpose=f"discovery.{swept.engine}",
                    outcome=self._attempt(swept),
                    count=swept.probes,
                )
            )

    def _done(self, scan: HostScan) -> None:
        self.tell(
            "host_done",
            address=scan.address,
            open=len(scan.ports.open_ports),
            services=len(scan.services),
            finished=scan.ports.finished,
        )
