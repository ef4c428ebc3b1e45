"""Whether the clock of this computer is right by itself."""

from __future__ import annotations

from posture_scan.checks.host.collect_clock import ClockFacts

from posture_scan.sdk import Verdict, check, fail, ok, unknown, unseen


@check(needs=ClockFacts)
def not_synchronised(seen: ClockFacts) -> Verdict:
    """Nothing keeps the clock in time."""
    if seen.synchronised:
        return ok("kept", source=seen.source)
    if seen.drifts:
        return fail("drifts", source=seen.source)
    if seen.container:
        return unknown("container")
    return unseen(seen) if seen.not_read else unknown("nobody_says")
