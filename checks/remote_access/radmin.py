"""Radmin: remote control of Windows computers."""

from __future__ import annotations

from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail


@check(needs=ServiceSeen, on=Service("radmin"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """Radmin answers at all."""
    return fail("reachable", actual=seen.protocol)
