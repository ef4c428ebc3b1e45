"""UPnP: device search answered on the Internet."""

from __future__ import annotations

from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail


@check(needs=ServiceSeen, on=Service("ssdp"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """A device answers the search that belongs into the office network alone."""
    return fail("reachable", actual=seen.protocol)
