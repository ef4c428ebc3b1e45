"""Whether this computer can still tell, months later, how an intruder came in."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from posture_scan.checks.host.collect_clock import ClockFacts, clock_doubt
from posture_scan.checks.host.collect_logs import LogsFacts

from posture_scan.sdk import Context, Method, Verdict, check, fail, ok, unknown, unseen

_KEPT: Final = timedelta(days=90)
"""CIS Controls v8 8.10: at least 90 days."""


@check(needs=LogsFacts)
def none(seen: LogsFacts) -> Verdict:
    """No record of sign-ins and events outlives the next start of the computer."""
    if seen.platform == "darwin":
        return unknown("macos")
    if seen.forwarded:
        return ok("forwarded", method=Method.ANALYSIS)
    if seen.kept:
        return ok("kept", record=seen.record)
    if seen.forwarded is None:
        return unknown("sender_unseen")
    return unseen(seen) if seen.kept is None else fail("nothing")


@check(needs=LogsFacts, beside=ClockFacts)
def short(seen: LogsFacts, context: Context) -> Verdict:
    """Records are thrown away before three months have passed."""
    if seen.platform == "darwin":
        return unknown("macos")
    if seen.forwarded:
        return ok("forwarded", method=Method.ANALYSIS)
    if seen.kept is False:
        return unknown("sender_unseen") if seen.forwarded is None else fail("nothing")
    if seen.oldest is None:
        return unseen(seen)
    doubtful = clock_doubt(context)
    if doubtful:
        return unknown(doubtful)
    moment = seen.collected_at or context.observed_at
    days, expected = max(0, (moment - seen.oldest).days), f">= {_KEPT.days}"
    if days >= _KEPT.days:
        return ok("long", record=seen.record, days=days, actual=str(days), expected=expected)
    if any(note.hides in {"logs", "journal"} for note in seen.not_read):
        return unseen(seen, "logs", "journal")  # what stayed closed may reach back further
    if seen.forwarded is None:
        return unknown("sender_unseen")
    if seen.born is None or moment - seen.born < _KEPT:
        return unknown("too_young", days=days, actual=str(days), expected=expected)
    return fail("short", record=seen.record, days=days, actual=str(days), expected=expected)
