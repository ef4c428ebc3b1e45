"""Kerberos: a domain controller's logon service reachable from outside."""

from __future__ import annotations

from posture_scan.sdk import Service, ServiceSeen, Status, Verdict, check, fail


@check(needs=ServiceSeen, on=Service("kerberos"), absent=Status.PASS)
def exposed(seen: ServiceSeen) -> Verdict:
    """A Kerberos server answers at all."""
    return fail("reachable", actual=seen.protocol)
