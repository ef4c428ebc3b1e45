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
            guard=guard.check,        # and here, on the plain form of the address
        ),
        engine="auto",                # "auto" | "nmap" | "builtin": for TCP; UDP is our own
        ports=None,                   # None = default_ports(specs) and every UDP port that a
                                      # protocol names; given, UDP is asked on these only.
                                      # Anything less than all: not finished
        probes_per_second=pace.probes_per_second,
        progress=None,                # callable(event, **values), see ``Progress``
    ) -> Iterator[HostScan]

Host scans come one by one, as each is done. An address outside the scope yields a scan with the
attempt ``out_of_scope`` and no port touched; one on which nothing answered yields ``timeout``
(all silent) or ``filtered`` (no way there): whether that is fine is not for discovery to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

from posture_scan.discovery.engines import choose_engine
from posture_scan.discovery.identify import Identified, Identifier
from posture_scan.discovery.middlebox import (
    Look,
    answers_everything,
    too_many,
    usual_protocols,
)
from posture_scan.discovery.naming import ADDRESSES_AT_ONCE, SERVICES_AT_ONCE, Recogniser
from posture_scan.discovery.ports import default_ports
from posture_scan.discovery.states import PortEngine, PortState, SweepLimits, Swept
from posture_scan.discovery.talk import Waits
from posture_scan.discovery.udp import Question, UdpSwept, questions, sweep
from posture_scan.discovery.udp_found import UdpFound, outcome, understood
from posture_scan.discovery.world import HostScan, Progress, Target, World
from posture_scan.model.evidence import Attempt, Connection, PortScan, Vantage
from posture_scan.model.world import AttemptError
from posture_scan.sdk import ProtocolSpec

TOGETHER: Final = 16
"""Addresses whose ports are looked at side by side."""
_BESIDE: Final = 10
"""UDP runs beside TCP at a tenth of its pace; where that is less than one, it runs before."""
_Found = dict[int, Identified]
"""What became of each open port that was asked."""


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
    tell = progress or _nobody
    run = _Discovery(
        world=world,
        engine=chosen,
        recogniser=Recogniser(world, chosen, Identifier(specs, waits, world.stop), tell),
        ports=tuple(full if ports is None else dict.fromkeys(ports)),
        full=frozenset(full),
        asked=questions(specs, ports),
        all_asked=questions(specs),
        usual=usual_protocols(specs),
        per_second=probes_per_second,
        tell=tell,
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
    recogniser: Recogniser
    ports: tuple[int, ...]
    full: frozenset[int]
    asked: tuple[Question, ...]
    all_asked: tuple[Question, ...]
    usual: dict[int, frozenset[str]]
    per_second: int
    tell: Callable[..., None]

    def allows(self, target: Target) -> bool:
        """Tell whether the scope lets anybody touch this address; what is none is not."""
        return any(self._allows(target.address, name) for name in ("", *target.names))

    def _allows(self, address: str, name: str) -> bool:
        try:
            if self.world.guard is not None:
                self.world.guard(address, name)
            return self.world.scope.allows(address, name)
        except (ValueError, AttemptError):
            return False

    def untouched(self, target: Target) -> HostScan:
        swept = Swept(self.engine.name, self.engine.version)
        return self._scan(target, swept, {}, Attempt.OUT_OF_SCOPE, UdpFound(finished=False))

    def batch(self, targets: Sequence[Target]) -> Iterator[HostScan]:
        """Sweep these addresses side by side, then recognise what is open on them."""
        for target in targets:
            self.tell("ports", address=target.address, ports=len(self.ports))
        with ThreadPoolExecutor(1) as beside:
            heard = beside.submit(self._ask_udp, targets)
            if self.per_second and self.per_second < _BESIDE:
                heard.result()
            swept = self.engine.sweep([t.address for t in targets], self.ports, self._limits())
            udp = heard.result()
        for target in targets:
            self._note(target, swept[target.address])
        with (
            ThreadPoolExecutor(SERVICES_AT_ONCE) as pool,
            ThreadPoolExecutor(ADDRESSES_AT_ONCE) as pool_of_hosts,
        ):
            asked = {
                target: {
                    port: pool.submit(self.recogniser.identify, target, port)
                    for port in self._worth_asking(swept[target.address])
                }
                for target in targets
            }
            work = {
                target: pool_of_hosts.submit(self._named, target, asked[target])
                for target in targets
            }
            try:
                for target in targets:
                    found = work[target].result()
                    state = swept[target.address]
                    scan = self._scan(target, state, found, self._attempt(state), udp[target])
                    self._done(scan)
                    yield scan
            except (KeyboardInterrupt, GeneratorExit):
                self.world.stop.set()  # the pool waits for its threads: let them end soon
                raise

    def _ask_udp(self, targets: Sequence[Target]) -> dict[Target, UdpFound]:
        """Ask the UDP questions and tell of the services that answered."""
        if not self.asked:
            return dict.fromkeys(targets, UdpFound())
        limits = replace(self._limits(), per_second=-(-self.per_second // _BESIDE))
        swept = sweep([target.address for target in targets], self.asked, limits)
        found = {
            target: understood(target, swept[target.address], self.asked) for target in targets
        }
        for target, one in found.items():
            self._note_udp(target, swept[target.address], one)
            for service, _ in one.services:
                self.tell(
                    "service", address=target.address, port=service.port,
                    protocol=service.protocol, tls=False, transport="udp",
                )  # fmt: skip
        return found

    def _limits(self) -> SweepLimits:
        return SweepLimits(
            deadline=self.world.deadline,
            per_second=self.per_second,
            stop=self.world.stop,
            opened=lambda address, port: self.tell("open", address=address, port=port),
        )

    def _worth_asking(self, swept: Swept) -> tuple[int, ...]:
        """The open ports; none where there are more of them than any computer has."""
        open_ports = swept.having(PortState.OPEN)
        return () if too_many(open_ports, external=self._outside()) else open_ports

    def _named(self, target: Target, asked: Mapping[int, Future[Identified]]) -> _Found:
        """What our questions brought, and where they left a port unnamed, the engine's word.

        Of what answers on everything no more is asked.
        """
        found = {port: task.result() for port, task in asked.items()}
        if self._answers_everything(tuple(found), found):
            return found
        return self.recogniser.name_rest(target, found, self._limits())

    def _answers_everything(self, open_ports: Sequence[int], found: _Found) -> bool:
        named = {port: one.found[0].protocol for port, one in found.items() if one.found}
        mute = [port for port, one in found.items() if not one.spoke]
        return answers_everything(Look(open_ports, named, mute, self._outside()), self.usual)

    def _outside(self) -> bool:
        return self.world.scope.vantage is Vantage.EXTERNAL

    def _attempt(self, swept: Swept) -> Attempt:
        if swept.having(PortState.OPEN, PortState.CLOSED):
            return Attempt.OK
        if swept.missing(self.ports):
            return Attempt.INTERRUPTED
        if swept.having(PortState.SILENT):
            return Attempt.TIMEOUT
        return Attempt.FILTERED

    def _scan(
        self,
        target: Target,
        swept: Swept,
        found: _Found,
        attempt: Attempt,
        udp: UdpFound,
    ) -> HostScan:
        services = tuple(one.found for one in found.values() if one.found is not None)
        known = {service.port for service, _ in services}
        open_ports = swept.having(PortState.OPEN)
        judged = not swept.missing(self.ports) and attempt in {Attempt.OK, Attempt.TIMEOUT}
        heard = all(one.asked for one in found.values())
        facts = PortScan(
            engine=swept.engine,
            engine_version=swept.engine_version,
            probed=len(swept.states),
            open_ports=open_ports,
            closed=len(swept.having(PortState.CLOSED)),
            silent=len(swept.having(PortState.SILENT, PortState.UNREACHABLE)),
            finished=judged and heard and udp.finished and self._all_was_asked(),
            unidentified=tuple(port for port in open_ports if port not in known),
            answers_everything=self._answers_everything(open_ports, found),
            **udp.members(),
        )
        ordered = (*sorted(services, key=lambda pair: pair[0].port), *udp.services)
        return HostScan(target.address, target.names, target.asset, facts, ordered, attempt)

    def _all_was_asked(self) -> bool:
        return self.full <= set(self.ports) and self.asked == self.all_asked

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

    def _note_udp(self, target: Target, swept: UdpSwept, found: UdpFound) -> None:
        if swept.datagrams:
            self.world.record(
                Connection(
                    self.world.clock(), target.address, 0, "udp", "discovery.udp",
                    outcome(swept, found), swept.sent, swept.received, swept.datagrams,
                )
            )  # fmt: skip

    def _done(self, scan: HostScan) -> None:
        self.tell(
            "host_done",
            address=scan.address,
            open=len(scan.ports.open_ports),
            services=len(scan.services),
            finished=scan.ports.finished,
        )
