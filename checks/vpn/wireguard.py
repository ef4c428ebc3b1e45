"""WireGuard: whether one is there cannot be seen; only that it is not."""

from __future__ import annotations

from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail


@check(needs=ServiceSeen, on=Service("wireguard"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """Something answers like WireGuard, which a WireGuard server never does to a stranger."""
    return fail("reachable", actual=seen.protocol)
