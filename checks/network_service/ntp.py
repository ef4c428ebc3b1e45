"""Time servers that answer anyone."""

from __future__ import annotations

from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail


@check(needs=ServiceSeen, on=Service("ntp"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """A time server answers; no danger by itself."""
    return fail("reachable", actual=seen.protocol)
