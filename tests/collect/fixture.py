"""A RealNet with short limits, and what it recorded."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

from posture_scan.collect.net import RealNet
from posture_scan.collect.pace import Pace
from posture_scan.model.evidence import Connection
from posture_scan.model.scope import Scope

ADDRESS = "127.50.1.1"


def scope(*targets: str, exclude: tuple[str, ...] = ()) -> Scope:
    return Scope(
        organisation="Example",
        authorised_by="The owner",
        valid_from=date(2026, 11, 1),
        valid_until=date(2026, 11, 30),
        targets=targets or (ADDRESS,),
        exclude=exclude,
    )


def real_net(
    record: list[Connection],
    *,
    within: Scope | None = None,
    seconds: float = 20.0,
    connections: int = 10,
    pace: Pace | None = None,
    ca_file: str = "",
) -> RealNet:
    return RealNet(
        within or scope(),
        pace=pace or Pace.named("lan"),
        clock=lambda: datetime(2026, 11, 22, tzinfo=UTC),
        deadline=time.monotonic() + seconds,
        record=record.append,
        purpose="test",
        max_connections=connections,
        ca_file=ca_file,
    )
