"""Directories with the names and rights of everybody, reachable from outside.

TCP and UDP are judged apart: where the way for UDP is shut, silence leaves the second open.
"""

from __future__ import annotations

from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail


@check(needs=ServiceSeen, on=Service("ldap"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """A directory answers over TCP."""
    return fail("reachable", actual=seen.protocol)


@check(needs=ServiceSeen, on=Service("cldap"), absent=Status.PASS)
def exposed_udp(seen: ServiceSeen) -> Verdict:
    """A directory answers the LDAP ping, which multiplies forged traffic."""
    return fail("reachable", actual=seen.protocol)
