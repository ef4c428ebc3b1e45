"""Whether daily work is done as administrator, old accounts are open, or nobody has to sign in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from posture_scan.checks.host.collect_accounts import AccountsFacts, Person
from posture_scan.checks.host.collect_clock import ClockFacts, clock_doubt

from posture_scan.sdk import Context, Verdict, check, fail, not_applicable, ok, unknown, unseen

_UNUSED: Final = timedelta(days=90)
"""CIS Controls v8 5.3 says 45 days; 90 leave room for a parental or a sick leave (illustrative)."""


@check(needs=AccountsFacts)
def daily_administrator(seen: AccountsFacts) -> Verdict:
    """Whoever works here every day has an administrator's rights, and so has any malware then."""
    if seen.server is None:
        return unseen(seen)
    if seen.server:
        return not_applicable("server")
    if seen.platform == "windows":
        return _of_worker(seen)
    if not seen.people_seen:
        return unseen(seen, "accounts")
    return _of_everyone(seen)


def _of_worker(seen: AccountsFacts) -> Verdict:
    if seen.own_administrator is None:
        if seen.own:
            return unknown("domain_group", lift="desktop_user", what=seen.own)
        return unseen(seen, "accounts")
    if seen.own_administrator:
        return fail("administrator", who=seen.own)
    return ok("standard", who=seen.own)


def _of_everyone(seen: AccountsFacts) -> Verdict:
    admins = [one for one in seen.people if one.administrator]
    if seen.directory:
        return unknown("directory")
    if not seen.people:
        return unknown("only_root")
    if len(admins) == len(seen.people):
        return fail("all_administrators", count=len(admins))
    if not seen.admins_complete:
        return unseen(seen)
    if not admins:
        return ok("no_administrators", count=len(seen.people))
    if any(one.label == seen.own and not one.administrator for one in seen.people):
        return ok("standard", who=seen.own)
    return unknown("mixed", count=len(admins), total=len(seen.people))


@check(needs=AccountsFacts, beside=ClockFacts)
def dormant(seen: AccountsFacts, context: Context) -> Verdict:
    """An account that nobody has used for long can still sign in: a leaver's, perhaps."""
    if seen.platform == "darwin":
        return unknown("no_record")
    if not seen.people_seen:
        return unseen(seen, "accounts")
    doubtful = clock_doubt(context)
    if doubtful:
        return unknown(doubtful)
    moment = seen.collected_at or context.observed_at
    states = [(one, _state(one, seen, moment - _UNUSED)) for one in seen.people]
    unused = [one for one, state in states if state == "unused"]
    if unused:
        labels = ", ".join(one.label for one in unused[:10])
        return fail("unused", count=len(unused), who=labels, days=_UNUSED.days)
    for state in ("maybe_locked", "not_recorded"):
        found = [one for one, name in states if name == state]
        if found:
            locked_hides = state == "maybe_locked" and not seen.elevated
            lift = "administrator" if locked_hides else "tool"
            who = ", ".join(one.label for one in found[:10])
            return unknown(state, who=who, lift=lift, what=who)
    return ok("all_used", count=len(states), days=_UNUSED.days)


def _state(one: Person, seen: AccountsFacts, limit: datetime) -> str:
    """Say ``used``, ``unused``, ``maybe_locked`` or ``not_recorded`` of one account."""
    if one.locked or (one.last_seen and one.last_seen >= limit):
        return "used"
    if seen.platform == "windows":
        recent = one.last_seen is None and one.password_set and one.password_set >= limit
        return "used" if recent else "unused"
    if one.last_seen is None or seen.seen_since is None or seen.seen_since > limit:
        return "not_recorded"
    return "maybe_locked" if one.locked is None else "unused"


@check(needs=AccountsFacts)
def auto_logon(seen: AccountsFacts) -> Verdict:
    """The computer signs somebody in by itself: whoever takes it, has everything on it."""
    if seen.auto_logon is None:
        return unseen(seen)
    if seen.auto_logon:
        return fail("on", by=seen.auto_logon_by)
    return ok("off")
