"""X11: a screen, keyboard and mouse offered over the network."""

from __future__ import annotations

from posture_scan.checks.remote_access.collect_x11 import OPEN

from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail


@check(needs=ServiceSeen, on=Service("x11"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """An X11 display answers; worse, it may let anyone in."""
    if seen.greeting[:1] == bytes([OPEN]):
        return fail("open", actual="open", expected="closed")
    return fail("reachable", actual=seen.protocol)
