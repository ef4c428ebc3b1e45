"""Administration pages of routers, storage, servers and web sites, open to everyone."""

from __future__ import annotations

from posture_scan.checks.exposure.collect_admin_panel import AdminPage
from posture_scan.checks.exposure.panel import WEAK

from posture_scan.sdk import Method, Status, Verdict, check, fail, ok, unknown


@check(needs=AdminPage, absent=Status.PASS)
def exposed(seen: AdminPage) -> Verdict:
    """An administration page can be reached."""
    if seen.panel:
        shown = f"{seen.title} {seen.version}".rstrip()
        method = Method.ANALYSIS if seen.strength == WEAK else None
        return fail("reachable", actual=seen.panel, method=method, product=shown)
    if seen.suspected:
        return unknown("unsure", actual=seen.suspected, product=seen.suspected)
    return ok("none_known") if seen.complete else unknown("not_fully_read")
