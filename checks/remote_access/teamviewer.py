"""TeamViewer that can be reached without going through its maker's servers."""

from __future__ import annotations

from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail


@check(needs=ServiceSeen, on=Service("teamviewer"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """TeamViewer answers on a port of this address."""
    return fail("reachable", actual=seen.protocol)
