"""NetBIOS: Windows' old session and naming services reachable from outside.

TCP and UDP are judged apart: where the way for UDP is shut, silence leaves the second open.
"""

from __future__ import annotations

from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail


@check(needs=ServiceSeen, on=Service("netbios_session"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """The session service answers."""
    return fail("reachable", actual=seen.protocol)


@check(needs=ServiceSeen, on=Service("netbios_ns"), absent=Status.PASS)
def exposed_udp(seen: ServiceSeen) -> Verdict:
    """The name service answers."""
    return fail("reachable", actual=seen.protocol)
