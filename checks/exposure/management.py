"""Management services, such as that of backups, reachable from outside."""

from __future__ import annotations

from posture_scan.checks.exposure.collect_management import ManagementFace

from posture_scan.sdk import Status, Verdict, check, fail, ok


@check(needs=ManagementFace, absent=Status.PASS)
def exposed(seen: ManagementFace) -> Verdict:
    """A management service answers at all."""
    if seen.service:
        return fail("reachable", actual=seen.service, product=seen.title)
    return ok("none_known" if seen.asked else "not_its_port")
