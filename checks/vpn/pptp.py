"""PPTP: a VPN whose protection was broken long ago."""

from __future__ import annotations

from posture_scan.checks.vpn.collect_pptp import vendor

from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail


@check(needs=ServiceSeen, on=Service("pptp"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """A PPTP server answers at all."""
    maker = vendor(seen.greeting)
    if maker:
        return fail("reachable_vendor", actual=seen.protocol, vendor=maker)
    return fail("reachable", actual=seen.protocol)
