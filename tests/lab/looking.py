"""Collectors and recognisers against a real server on loopback, through the real network."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import Any

from posture_scan.collect.net import RealNet
from posture_scan.collect.pace import Pace
from posture_scan.model.evidence import Connection
from posture_scan.model.scope import Scope
from posture_scan.products.place import builtin
from posture_scan.sdk import (
    Check,
    Collector,
    Context,
    Facts,
    ProtocolSpec,
    Service,
    Vantage,
    Verdict,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def net(address: str, *, connections: int = 10, record: list[Connection] | None = None) -> RealNet:
    """A network that may touch this one address."""
    day = date(2026, 11, 1)
    scope = Scope("Example", "Owner", day, day.replace(day=30), (address,))
    lines = record if record is not None else []
    return RealNet(
        scope, pace=Pace.named("lan"), clock=lambda: NOW, deadline=time.monotonic() + 30,
        record=lines.append, purpose="lab", max_connections=connections,
    )  # fmt: skip


def collect(collector: Collector, service: Service) -> Any:
    """Run a collector within the number of connections that it declares."""
    facts: Facts = collector.function(
        service, net(service.address, connections=collector.max_connections)
    )
    return facts


def first_answer(spec: ProtocolSpec, service: Service) -> bytes:
    """Ask as discovery does: send the first message, or nothing, and read."""
    network = net(service.address)
    if spec.sends:
        return network.exchange(service, spec.sends)
    with network.connect(service) as channel:
        return channel.receive(2048)


def judge(check: Check, facts: Facts, service: Service) -> Verdict:
    """Apply a check at the lab's moment."""
    return check.judge(facts, Context(NOW, NOW, service, Vantage.EXTERNAL, products=builtin()))
