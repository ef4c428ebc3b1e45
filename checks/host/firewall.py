"""Whether this computer lets anybody on its network reach whatever it happens to run."""

from __future__ import annotations

from posture_scan.checks.host.collect_firewall import FirewallState
from posture_scan.checks.host.firewall_judged import judged

from posture_scan.sdk import Method, Verdict, check, fail, ok, unknown, unseen


@check(needs=FirewallState)
def off(seen: FirewallState) -> Verdict:
    """Connections that nobody asked for are not refused by this computer."""
    found = judged(seen)
    if not found.reason:
        return unseen(seen)
    values = {"what": found.what, "origin": found.origin}
    if found.stands is None:
        return unknown(found.reason, **values)
    speak = ok if found.stands else fail
    return speak(found.reason, method=Method.ANALYSIS if found.inferred else None, **values)
