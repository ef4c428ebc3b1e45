"""What discovery, with the protocols of every pack, makes of one real port."""

from __future__ import annotations

import time
from datetime import datetime

from posture_scan.collect.net import RealNet
from posture_scan.collect.pace import Pace
from posture_scan.discovery.hosts import discover
from posture_scan.discovery.world import Target, World
from posture_scan.engine.packs import load_packs
from posture_scan.model.evidence import Connection
from posture_scan.sdk import Service
from tests.collect.fixture import scope
from tests.lab.daemon import need
from tests.lab.looking import NOW


def scanned(service: Service, engine: str, lines: list[Connection]) -> list[Service]:
    """Find out with every pack's protocols what answers on this one port."""
    if engine == "nmap":
        need("nmap")
    deadline = time.monotonic() + 60
    within, pace = scope(f"{service.address}/32"), Pace.named("lan")

    def clock() -> datetime:
        return NOW

    def net_for(purpose: str, most: int) -> RealNet:
        return RealNet(
            within, pace=pace, clock=clock, deadline=deadline, record=lines.append,
            purpose=purpose, max_connections=most,
        )  # fmt: skip

    (scan,) = discover(
        [Target(service.address)],
        specs=tuple(spec for spec in load_packs().protocols if spec.transport == "tcp"),
        world=World(within, net_for, lines.append, clock, deadline),
        engine=engine, ports=[service.port], probes_per_second=0,
    )  # fmt: skip
    return [found for found, _ in scan.services]
