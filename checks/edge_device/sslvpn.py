"""SSL-VPN gateways: reachable, no longer supported, or with a flaw known to be exploited."""

from __future__ import annotations

from posture_scan.checks.edge_device import edge
from posture_scan.checks.edge_device.collect_sslvpn import EdgeFront
from posture_scan.checks.edge_device.device_facts import DeviceExport
from posture_scan.checks.edge_device.fingerprint import WEAK

from posture_scan.sdk import Context, Method, Service, Status, Verdict, check, fail, ok, unknown


@check(needs=EdgeFront, on=Service("http"), absent=Status.PASS)
def exposed(seen: EdgeFront) -> Verdict:
    """The front page of an SSL-VPN can be reached."""
    if not seen.product:
        return _nothing_found(seen)
    if not seen.vpn_page:
        return unknown("vpn_page_not_seen", actual=seen.title, product=seen.title)
    method = Method.ANALYSIS if seen.strength == WEAK else None
    return fail("reachable", actual=seen.title, method=method, product=seen.title)


@check(needs=EdgeFront, on=Service("http"), absent=Status.PASS, beside=DeviceExport)
def end_of_life(seen: EdgeFront, context: Context) -> Verdict:
    """The device's software branch gets no more fixes."""
    return edge.support(seen, context) if seen.product else _nothing_found(seen)


@check(needs=EdgeFront, on=Service("http"), absent=Status.PASS, beside=DeviceExport)
def known_exploited(seen: EdgeFront, context: Context) -> Verdict:
    """The version has a flaw that is known to be exploited."""
    return edge.exploited(seen, context) if seen.product else _nothing_found(seen)


def _nothing_found(seen: EdgeFront) -> Verdict:
    if seen.conflict:
        return unknown("conflicting", products=", ".join(seen.conflict))
    return ok("no_edge_device") if seen.complete else unknown("not_fully_read")
