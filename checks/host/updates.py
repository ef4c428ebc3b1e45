"""Security updates: what waits and how long, who installs it, and what waits for a restart.

An empty list passes only when its sources are young, because old lists are always empty. An
update of unknown age neither passes nor fails: what waits is told, how long is asked for.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from posture_scan.checks.host.collect_clock import ClockFacts, clock_doubt
from posture_scan.checks.host.update_facts import Because, Installs, Listing, UpdateState, Waiting
from posture_scan.checks.host.updates_windows import first_missed

from posture_scan.sdk import Context, Verdict, check, fail, ok, unknown, unseen

FRESH_FOR: Final = timedelta(days=7)
"""How old the lists may be: Debian itself lets those of security expire after a week, and Windows
asks daily."""
RUNS_WITHIN: Final = timedelta(days=14)
"""How long ago the last automatic run may be: a holiday passes, two weeks are the criterion's."""
_CLOCK_SLACK: Final = timedelta(days=1)
PENDING: Final = 14
OVERDUE: Final = 30
_SHOWN: Final = 5


@check(needs=UpdateState, beside=ClockFacts)
def pending(facts: UpdateState, context: Context) -> Verdict:
    """Judge whether a security update has waited for more than 14 days."""
    return _waited(facts, context, PENDING)


@check(needs=UpdateState, beside=ClockFacts)
def overdue(facts: UpdateState, context: Context) -> Verdict:
    """Judge whether a security update has waited for more than 30 days."""
    return _waited(facts, context, OVERDUE)


def _waited(facts: UpdateState, context: Context, days: int) -> Verdict:
    problem = _unread(facts)
    if problem is not None:
        return problem
    doubtful = clock_doubt(context)
    if doubtful:
        return unknown(doubtful)
    now = context.observed_at
    limit = now - timedelta(days=days)
    old = [item for item in facts.waiting if item.out_by and item.out_by < limit]
    if old:
        since = min(item.out_by for item in old if item.out_by)
        reason = "waiting_held" if any(item.held for item in old) else "waiting"
        about = {**_about(facts, old), "days": days, "since": since.date().isoformat()}
        return fail(reason, actual=_names(old), **about)
    doubt = _stale(facts, now)
    if doubt is not None:
        return doubt
    if not facts.waiting:
        return _nothing_waits(facts, now, days)
    if all(item.not_before and item.not_before >= limit for item in facts.waiting):
        return ok("recent", actual=_names(facts.waiting), days=days, **_about(facts, facts.waiting))
    return unknown("age_unknown", actual=_names(facts.waiting), days=days,
                   **_about(facts, facts.waiting))  # fmt: skip


def _unread(facts: UpdateState) -> Verdict | None:
    if facts.listing is Listing.COMPLETE:
        return None
    if facts.listing is Listing.NO_TOOL:
        return unknown("no_tool")
    if facts.listing is Listing.NO_SOURCE:
        return unknown("no_source", mechanism=facts.mechanism)
    if facts.listing is Listing.NOBODY_LOOKED:
        return unknown("nobody_looked")
    return unseen(facts, "update", "job")


def _stale(facts: UpdateState, now: datetime) -> Verdict | None:
    known = facts.known_as_of
    if known is None:
        return unknown("nobody_looked")
    day = known.date().isoformat()
    if known > now + _CLOCK_SLACK:
        return unknown("clock_doubtful", day=day)
    expired = facts.valid_until is not None and facts.valid_until < now
    if expired or now - known > FRESH_FOR:
        return unknown("stale_metadata", day=day, count=len(facts.waiting))
    return None


def _nothing_waits(facts: UpdateState, now: datetime, days: int) -> Verdict:
    """Believe an empty list, unless Windows has gone without the updates of months."""
    day = facts.known_as_of.date().isoformat() if facts.known_as_of else ""
    missed = first_missed(facts.last_rollup, now) if facts.last_rollup else None
    if missed and facts.last_rollup and now - missed > timedelta(days=days):
        last = facts.last_rollup.date().isoformat()
        return unknown("contradiction", day=day, last=last)
    return ok("none_waiting", day=day)


def _about(facts: UpdateState, items: list[Waiting] | tuple[Waiting, ...]) -> dict[str, Any]:
    return {
        "count": len(items), "names": _names(items), "held": sum(item.held for item in items),
        "known": facts.known_as_of.date().isoformat() if facts.known_as_of else "",
    }  # fmt: skip


def _names(items: list[Waiting] | tuple[Waiting, ...]) -> str:
    shown = ", ".join(item.name for item in items[:_SHOWN])
    return f"{shown}, …" if len(items) > _SHOWN else shown


@check(needs=UpdateState, beside=ClockFacts)
def not_automatic(facts: UpdateState, context: Context) -> Verdict:
    """Judge whether security updates are installed by themselves, in fact and not only on paper."""
    found = facts.automatic
    if facts.listing is Listing.NO_TOOL and not facts.mechanism:
        return unknown("no_tool")
    doubtful = clock_doubt(context)
    if found.because is Because.PAUSED and doubtful:
        return unknown(doubtful)  # whether the pause is over, only a clock tells
    if found.installs is Installs.OFF:
        return fail(found.because.value, actual=found.because.value)
    if found.installs is Installs.UNSEEN:
        if found.because in (Because.DEFAULT_UNCLEAR, Because.LEFT_TO_USER):
            return unknown(found.because.value)
        return unseen(facts, "automatic", "setting", reason=found.because.value)
    if not found.proves_runs:
        return ok(f"on_{found.because.value}")
    return unknown("no_run_seen") if found.last_run is None else _ran(found.last_run, context)


def _ran(last: datetime, context: Context) -> Verdict:
    """Judge when updates were last installed by themselves."""
    doubtful = clock_doubt(context)
    if doubtful:
        return unknown(doubtful)
    if last > context.observed_at + _CLOCK_SLACK:
        return unknown("clock_doubtful", day=last.date().isoformat())
    if context.observed_at - last > RUNS_WITHIN:
        return unknown("no_recent_run", last=last.date().isoformat())
    return ok("running", last=last.date().isoformat())


@check(needs=UpdateState)
def reboot_pending(facts: UpdateState) -> Verdict:
    """Judge whether something that was updated waits for a restart to take effect."""
    found = facts.restart
    if found.asked:
        return fail("asked", actual=", ".join(found.packages[:_SHOWN]))
    if found.installed:
        return fail("older_kernel", actual=found.running, running=found.running,
                    installed=found.installed)  # fmt: skip
    if found.replaced:
        return fail("replaced", actual=", ".join(found.replaced), what=", ".join(found.replaced))
    if found.looked:
        return ok("nothing_due")
    if not any(item.hides == "restart" for item in facts.not_read):
        return unknown("no_way_to_tell")
    return unseen(facts, "restart")
