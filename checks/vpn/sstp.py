"""SSTP: Microsoft's VPN inside TLS can be reached."""

from __future__ import annotations

from posture_scan.checks.vpn.collect_sstp import SstpAnswer

from posture_scan.sdk import Status, Verdict, check, fail, ok


@check(needs=SstpAnswer, absent=Status.PASS)
def exposed(seen: SstpAnswer) -> Verdict:
    """An SSTP server answers in its own method."""
    if not seen.found:
        return ok("not_sstp")
    if seen.server:
        return fail("reachable_server", actual=seen.server, server=seen.server)
    return fail("reachable", actual="SSTP")
