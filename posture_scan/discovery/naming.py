"""One host's open ports, named: by our own questions, and what they leave unnamed by the engine.

The order matters: nmap's version detection takes many seconds and connections, and our questions
name nearly everything by themselves. So nmap is asked last, about the rest, and not at all where
nothing is left.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from posture_scan.discovery.identify import Identified, Identifier
from posture_scan.discovery.states import Named, NmapHint, PortEngine, SweepLimits
from posture_scan.discovery.talk import MOST_CONNECTIONS
from posture_scan.discovery.world import Target, World
from posture_scan.model.evidence import Attempt, Connection, Service

SERVICES_AT_ONCE: Final = 16
"""Services recognised at once on all addresses; the pace bounds those of one."""
ADDRESSES_AT_ONCE: Final = 4
"""Addresses whose unnamed ports the engine is asked about at once."""


@dataclass(frozen=True)
class Recogniser:
    """Finds out what answers on open ports, with everything that may be used for it."""

    world: World
    engine: PortEngine
    identifier: Identifier
    tell: Callable[..., None]

    def identify(self, target: Target, port: int) -> Identified:
        """Ask one open port ourselves; not at all once the scan is over."""
        if self.world.stop.is_set() or time.monotonic() >= self.world.deadline:
            return Identified(None, spoke=True, asked=False)
        net = self.world.net_for("discovery.identify", MOST_CONNECTIONS)
        return self._told(target, self.identifier.identify(_place(target, port), net))

    def name_rest(
        self, target: Target, found: Mapping[int, Identified], limits: SweepLimits
    ) -> dict[int, Identified]:
        """Let the engine name what is still unnamed; return what is known of every port then."""
        unnamed = tuple(port for port, one in found.items() if one.found is None)
        if not unnamed:
            return dict(found)
        named = self.engine.name_services(target.address, unnamed, limits)
        self._note(target, named)
        known = dict(found)
        for port in unnamed:
            hint = named.hints.get(port)
            if hint is not None:
                known[port] = self._again(target, port, hint, found[port])
            elif named.cut_short:
                known[port] = replace(found[port], asked=False)
        return known

    def _again(self, target: Target, port: int, hint: NmapHint, before: Identified) -> Identified:
        net = self.world.net_for("discovery.identify", MOST_CONNECTIONS)
        place = _place(target, port)
        return self._told(target, self.identifier.ask_again(place, net, hint, before))

    def _told(self, target: Target, identified: Identified) -> Identified:
        if identified.found is not None:
            service, _ = identified.found
            self.tell(
                "service", address=target.address, port=service.port,
                protocol=service.protocol, tls=service.tls,
            )  # fmt: skip
        return identified

    def _note(self, target: Target, named: Named) -> None:
        if named.probes:
            self.world.record(
                Connection(
                    at=self.world.clock(),
                    address=target.address,
                    port=0,
                    transport="tcp",
                    purpose=f"discovery.{self.engine.name}",
                    outcome=Attempt.INTERRUPTED if named.cut_short else Attempt.OK,
                    count=named.probes,
                )
            )


def _place(target: Target, port: int) -> Service:
    return Service(address=target.address, port=port, names=target.names, asset=target.asset)
