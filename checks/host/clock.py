"""Whether the clock of this computer is right by itself."""

from __future__ import annotations

from posture_scan.checks.host.collect_clock import ClockFacts

from posture_scan.sdk import Method, Verdict, check, fail, ok, unknown, unseen


@check(needs=ClockFacts)
def not_synchronised(seen: ClockFacts) -> Verdict:
    """Nothing keeps the clock in time."""
    if seen.synchronised and seen.platform == "linux":
        return ok("kept", source=seen.source)
    if seen.synchronised:  # a setting; whether any answer ever arrived is not seen
        return ok("switched_on", source=seen.source, method=Method.ANALYSIS)
    if seen.drifts:
        return fail("drifts", source=seen.source)
    if seen.container:
        return unknown("container")
    return unseen(seen) if seen.not_read else unknown("nobody_says")
