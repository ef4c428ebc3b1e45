"""SLP: the service location protocol reachable from outside."""

from __future__ import annotations

from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail


@check(needs=ServiceSeen, on=Service("slp"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """An SLP agent answers at all."""
    return fail("reachable", actual=seen.protocol)
