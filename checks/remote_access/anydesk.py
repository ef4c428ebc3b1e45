"""AnyDesk that can be reached without going through its maker's servers."""

from __future__ import annotations

from posture_scan.checks.remote_access.collect_anydesk import AnydeskCertificate

from posture_scan.sdk import Status, Verdict, check, fail, ok


@check(needs=AnydeskCertificate, absent=Status.PASS)
def exposed(seen: AnydeskCertificate) -> Verdict:
    """AnyDesk answers on a port of this address."""
    return fail("reachable", actual="anydesk") if seen.found else ok("other_service")
