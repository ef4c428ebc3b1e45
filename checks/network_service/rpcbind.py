"""The port mapper of Unix (port 111) reachable from outside.

TCP and UDP are judged apart: where the way for UDP is shut, silence leaves the second open.
"""

from __future__ import annotations

from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail


@check(needs=ServiceSeen, on=Service("rpcbind"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """A port mapper answers over TCP."""
    return fail("reachable", actual=seen.protocol)


@check(needs=ServiceSeen, on=Service("rpcbind_udp"), absent=Status.PASS)
def exposed_udp(seen: ServiceSeen) -> Verdict:
    """A port mapper answers over UDP, which can multiply forged traffic."""
    return fail("reachable", actual=seen.protocol)
