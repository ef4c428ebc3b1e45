"""RD Gateway: Remote Desktop through HTTPS, reachable."""

from __future__ import annotations

from posture_scan.checks.remote_access.collect_rd_gateway import (
    GATEWAY,
    LOGON_EVERYWHERE,
    RPC_PROXY,
    RdGatewayFront,
)

from posture_scan.sdk import Status, Verdict, check, fail, ok, unknown


@check(needs=RdGatewayFront, absent=Status.PASS)
def exposed(seen: RdGatewayFront) -> Verdict:
    """An RD Gateway answers: better than bare Remote Desktop, yet a way in like a VPN."""
    if seen.how == GATEWAY:
        return fail("reachable", actual="RD Gateway")
    if seen.how == RPC_PROXY:
        return unknown("rpc_proxy", actual="RPC over HTTP")
    if seen.how == LOGON_EVERYWHERE:
        return unknown("logon_everywhere")
    return ok("other_web_service")
