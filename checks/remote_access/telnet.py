"""Telnet: a terminal over the network without any encryption."""

from __future__ import annotations

from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail


@check(needs=ServiceSeen, on=Service("telnet"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """Telnet answers at all."""
    return fail("reachable", actual=seen.protocol)
