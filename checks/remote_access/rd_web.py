"""RD Web Access: the logon page for remote desktops, reachable."""

from __future__ import annotations

from posture_scan.checks.remote_access.collect_rd_web import WEAK, RdWebFront

from posture_scan.sdk import Method, Status, Verdict, check, fail, ok


@check(needs=RdWebFront, absent=Status.PASS)
def exposed(seen: RdWebFront) -> Verdict:
    """The logon page of RD Web Access answers."""
    if not seen.strength:
        return ok("other_web_service")
    method = Method.ANALYSIS if seen.strength == WEAK else None
    return fail("reachable", actual="RD Web Access", method=method)
