"""Administration pages of routers, storage and web sites, open to everyone."""

from __future__ import annotations

from posture_scan.checks.exposure.collect_admin_panel import AdminPage

from posture_scan.sdk import Status, Verdict, check, fail, ok, unknown


@check(needs=AdminPage, absent=Status.PASS)
def exposed(seen: AdminPage) -> Verdict:
    """An administration page can be reached."""
    if seen.panel:
        return fail("reachable", actual=seen.panel, product=seen.title)
    return ok("none_known") if seen.complete else unknown("not_fully_read")
