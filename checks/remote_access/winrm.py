"""WinRM: Windows remote management reachable."""

from __future__ import annotations

from posture_scan.checks.remote_access.collect_winrm import WinrmAnswer

from posture_scan.sdk import Status, Verdict, check, fail, ok


@check(needs=WinrmAnswer, absent=Status.PASS)
def exposed(seen: WinrmAnswer) -> Verdict:
    """Windows remote management answers."""
    if seen.build:
        return fail("reachable_build", actual=f"{seen.how} {seen.build}", build=seen.build)
    if seen.found:
        return fail("reachable", actual=seen.how)
    return ok("other_web_service")
