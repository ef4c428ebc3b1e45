"""Windows' remote procedure calls (port 135) reachable from outside."""

from __future__ import annotations

from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail


@check(needs=ServiceSeen, on=Service("msrpc"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """The endpoint mapper answers at all."""
    return fail("reachable", actual=seen.protocol)
