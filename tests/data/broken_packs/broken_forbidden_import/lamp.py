"""A pack that reaches the network past net."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from posture_scan.sdk import Facts, Net, Service, Verdict, check, collector, fail


@dataclass(frozen=True)
class LampDirect(Facts):
    """What was seen."""

    text: str


@collector(on=Service("http"))
def lamp_direct(service: Service, net: Net) -> LampDirect:
    """Ask once."""
    with socket.create_connection((service.address, service.port), 1):
        return LampDirect(str(net))


@check(needs=LampDirect)
def on(seen: LampDirect) -> Verdict:
    """It shines."""
    return fail("shines", actual=seen.text)
