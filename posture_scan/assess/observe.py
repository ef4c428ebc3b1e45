"""Everything that touches the world in one run: discovery, then collecting."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from posture_scan.assess.domains import domains_among, without_address
from posture_scan.assess.ownership import proofs
from posture_scan.collect.dns import LooksUp, addresses
from posture_scan.collect.guard import Guard
from posture_scan.collect.net import RealNet
from posture_scan.collect.pace import Pace
from posture_scan.collect.resolve import resolve
from posture_scan.discovery.hosts import discover
from posture_scan.discovery.world import HostScan, World
from posture_scan.engine.collect import Task, collect, plan, plan_domains
from posture_scan.engine.judge import glimpse
from posture_scan.engine.pack_set import PackSet
from posture_scan.engine.records import with_id
from posture_scan.engine.targets import Targets, expand
from posture_scan.model.evidence import (
    Asset,
    Attempt,
    Connection,
    Evidence,
    Facts,
    PortScan,
    Service,
)
from posture_scan.model.product import NO_DATA, ProductData
from posture_scan.model.scope import Intensity, Scope
from posture_scan.model.world import DnsAnswer
from posture_scan.sdk import HANDSHAKE, PASSIVE, Collector, Intrusiveness, Method, Net

Clock = Callable[[], datetime]
Progress = Callable[..., None]


@dataclass(frozen=True)
class Manner:
    """How a scan behaves; what it may touch is the scope's business."""

    engine: str = "auto"
    """``auto``, ``nmap`` or ``builtin``."""
    pace: str = "normal"
    ports: tuple[int, ...] = ()
    """Ports instead of the default list; then no address counts as fully scanned."""
    seconds: int = 3600
    ca_file: str = ""
    resolver: LooksUp | None = None
    """Who answers about names; without one, the computer's own resolver."""


@dataclass(frozen=True)
class Observed:
    """What one run saw, whether or not it came to its end."""

    assets: tuple[Asset, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    connections: tuple[Connection, ...] = ()
    unresolved: tuple[str, ...] = ()
    out_of_scope: tuple[tuple[str, str], ...] = ()
    interrupted: str = ""
    """Why the run ended early: ``user`` or ``deadline``; empty when it did not."""
    complete: bool = True
    """Every address was reached and looked at to the end, every name resolved."""


@dataclass
class _Run:
    """One run's surroundings, handed from step to step."""

    scope: Scope
    manner: Manner
    packs: PackSet
    clock: Clock
    stop: threading.Event
    progress: Progress
    deadline: float
    pace: Pace
    products: ProductData = NO_DATA
    connections: list[Connection] = field(default_factory=list)

    def resolve(self, name: str) -> tuple[str, ...]:
        """Look up a name and tell who watches."""
        self.progress("resolve", name=name)
        named = self.manner.resolver
        return addresses(named, name) if named else resolve(name)

    def lookup(self, name: str, kind: str) -> DnsAnswer:
        """Ask DNS about one of the scope's names."""
        return self.net("discovery.domains", 0).lookup(name, kind)

    def net(self, purpose: str, max_connections: int) -> Net:
        """Return the guarded network for one piece of work."""
        return RealNet(
            self.scope, pace=self.pace, clock=self.clock, deadline=self.deadline,
            record=self.connections.append, purpose=purpose, max_connections=max_connections,
            ca_file=self.manner.ca_file, resolver=self.manner.resolver,
        )  # fmt: skip

    def net_for(self, _service: Service, item: Collector) -> Net:
        """Return the network of one collector, within the connections it declared."""
        return self.net(item.name, item.max_connections)


def observe(
    scope: Scope,
    wanted: Sequence[str],
    packs: PackSet,
    manner: Manner,
    *,
    clock: Clock,
    stop: threading.Event,
    progress: Progress,
    products: ProductData = NO_DATA,
) -> Observed:
    """Look at everything wanted within the scope; keep all of it when stopped half-way.

    A passive scope allows names to be looked up and nothing to be connected to.

    Raises:
        NotPermittedError: when something wanted is outside the scope.
        UsageError: when the scope leads to nothing.
    """
    run = _Run(
        scope, manner, packs, clock, stop, progress,
        time.monotonic() + manner.seconds, Pace.named(manner.pace), products,
    )  # fmt: skip
    targets = expand(scope, wanted, run.resolve)
    domains = domains_among(scope, targets.names, run.lookup, targets.unresolved)
    missing = without_address(targets.unresolved, domains, run.lookup)
    lost = tuple(dict.fromkeys((*missing, *targets.led_outside)))
    passive = scope.intensity is Intensity.PASSIVE
    hosts = [] if passive else _discover(run, targets)
    evidence = [record for host in hosts for record in _host_records(run, host)]
    tasks = plan_domains(packs, domains)
    tasks += plan(packs, [service for host in hosts for service, _ in host.services])
    evidence += _collect(run, tasks, PASSIVE if passive else HANDSHAKE)
    evidence += proofs(scope, domains, run.lookup, clock)
    evidence += [_unresolved(run, name) for name in missing]
    assets = _assets(scope, targets, hosts) + _named_assets(lost, domains, evidence)
    progress("done")
    finished = len(hosts) == len(targets.addresses) and all(h.ports.finished for h in hosts)
    late = time.monotonic() > run.deadline
    interrupted = "user" if stop.is_set() else "deadline" if late else ""
    return Observed(
        assets, tuple(evidence), tuple(run.connections), missing,
        targets.out_of_scope, interrupted,
        complete=finished and not interrupted and all(asset.reached for asset in assets),
    )  # fmt: skip


def _discover(run: _Run, targets: Targets) -> list[HostScan]:
    world = World(
        scope=run.scope, net_for=run.net, record=run.connections.append, clock=run.clock,
        deadline=run.deadline, stop=run.stop, guard=Guard(run.scope).check,
    )  # fmt: skip
    done = 0

    def progress(event: str, **values: object) -> None:
        nonlocal done
        done += event == "host_done"
        run.progress(event, **values, **counted(event))

    def counted(event: str) -> dict[str, object]:
        return {"done": done, "total": len(targets.addresses)} if event == "ports" else {}

    hosts = list(
        discover(
            targets.addresses, specs=run.packs.protocols, world=world, engine=run.manner.engine,
            ports=run.manner.ports or None, probes_per_second=run.pace.probes_per_second,
            progress=progress,
        )
    )  # fmt: skip
    return _told_of_udp(hosts)


def _told_of_udp(hosts: Sequence[HostScan]) -> list[HostScan]:
    """Tell every scan whether UDP came back from any address: the same whatever their order."""
    heard = any(host.ports.udp_heard for host in hosts)
    return [
        dataclasses.replace(host, ports=dataclasses.replace(host.ports, udp_heard=heard))
        for host in hosts
    ]


def _collect(run: _Run, tasks: Sequence[Task], allowed: Intrusiveness) -> list[Evidence]:
    """Run the collectors and tell of each weakness as soon as it is seen."""
    records = collect(
        tasks, run.net_for, vantage=run.scope.vantage, clock=run.clock, stop=run.stop,
        progress=run.progress, allowed=allowed,
    )  # fmt: skip
    found = []
    for task, record in zip(tasks, records, strict=True):  # one record a task, in their order
        found.append(record)
        _tell(run, record, task.service)
    return found


def _tell(run: _Run, record: Evidence, service: Service) -> None:
    """Tell of the weaknesses that one record shows by itself."""
    for finding in glimpse(run.packs, record, service, run.clock(), run.products):
        run.progress(
            "finding", check=finding.check, status=finding.status.value, asset=finding.asset,
            address=finding.address, port=finding.port, transport=finding.transport,
        )  # fmt: skip


def _host_records(run: _Run, host: HostScan) -> list[Evidence]:
    def record(facts: Facts, service: Service, by: str) -> Evidence:
        return with_id(
            Evidence(
                "", f"core.{type(facts).__name__}", host.address, run.scope.vantage,
                by, 1, run.clock(), Attempt.OK, facts.method, facts, "", host.address,
                service.port, service.transport, host.names,
            )
        )  # fmt: skip

    whole = Service(address=host.address, transport="tcp")
    records = [record(host.ports, whole, "discovery.ports")]
    for service, facts in host.services:
        records.append(record(facts, service, "discovery.identify"))
        if not host.ports.answers_everything:  # what answers there may be a device in between
            _tell(run, records[-1], service)
    return records


def _unresolved(run: _Run, name: str) -> Evidence:
    return with_id(
        Evidence(
            "", "core.Resolution", name, run.scope.vantage, "discovery.resolve", 1, run.clock(),
            Attempt.UNRESOLVED, Method.ANALYSIS, None, name,
        )
    )  # fmt: skip


def _assets(scope: Scope, targets: Targets, hosts: Sequence[HostScan]) -> tuple[Asset, ...]:
    """One asset an address.

    An address on which nothing answers counts as scanned only if another one answered in the
    same run, or the owner confirms that nothing listens there: else the silence may be ours.
    Answers over UDP show that the address is reached, but not that TCP gets through.
    """
    seen = {host.address: host for host in hosts}
    answered = {address for address, host in seen.items() if _answers(host)}
    answered_udp = {address for address, host in seen.items() if _answers_udp(host)}
    assets = []
    for target in targets.addresses:
        host = seen.get(target.address)
        reached = target.address in answered | answered_udp
        believable = bool(answered) or target.address in scope.nothing_listens
        finished = host is not None and host.ports.finished and not host.ports.answers_everything
        assets.append(
            Asset(
                target.address, "address", target.address, target.names,
                fully_scanned=finished and believable,
                middlebox=host is not None and host.ports.answers_everything,
                reached=reached or target.address in scope.nothing_listens,
                open_ports=host.ports.open_ports if host else (),
                udp_ports=_udp_ports(host.ports) if host else (),
            )
        )  # fmt: skip
    return tuple(assets)


def _named_assets(
    lost: Sequence[str], domains: Sequence[str], evidence: Sequence[Evidence]
) -> tuple[Asset, ...]:
    """One asset a domain, reached where DNS said anything of it, and one a name that led nowhere.

    A name may be both: its mail can be looked at, and its web server could not.
    """
    heard = {record.asset for record in evidence if record.attempt is Attempt.OK}
    known = [Asset(n, "domain", names=(n,), reached=n in heard) for n in domains]
    ids = {name: f"name:{name}" if name in domains else name for name in lost}
    return (*known, *(Asset(ids[name], "name", names=(name,)) for name in lost))


def _answers(host: HostScan) -> bool:
    return bool(host.ports.open_ports) or host.ports.closed > 0


def _answers_udp(host: HostScan) -> bool:
    return bool(_udp_ports(host.ports) or host.ports.udp_closed)


def _udp_ports(ports: PortScan) -> tuple[int, ...]:
    return tuple(sorted({port for port, _ in ports.udp_services} | set(ports.udp_unidentified)))
