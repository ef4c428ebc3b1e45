"""L2TP: tunnels without encryption that anybody may begin."""

from __future__ import annotations

from posture_scan.checks.vpn.collect_l2tp import L2tpAnswer

from posture_scan.sdk import Status, Verdict, check, fail


@check(needs=L2tpAnswer, absent=Status.PASS)
def exposed(seen: L2tpAnswer) -> Verdict:
    """An L2TP server answers outside IPsec, where it should be silent."""
    if not seen.accepted:
        return fail("answers", actual="refused", expected="closed")
    if seen.vendor:
        return fail("reachable_vendor", actual="L2TP", expected="closed", vendor=seen.vendor)
    return fail("reachable", actual="L2TP", expected="closed")
