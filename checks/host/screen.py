"""Whether somebody passing by can go on working at an unattended screen."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.host.collect_screen import ScreenLock
from posture_scan.checks.host.screen_facts import Lock

from posture_scan.sdk import Method, Verdict, check, fail, not_applicable, ok, unknown, unseen

_LONGEST: Final = 900
"""Seconds: CIS Controls v8 4.3 allows at most 15 minutes for computers in general."""

_MINUTE: Final = 60


@check(needs=ScreenLock)
def no_lock(seen: ScreenLock) -> Verdict:
    """The screen stays open when nobody is there."""
    if seen.server:
        return not_applicable("server")
    for judge in (_open, _late):
        for lock in seen.locks:
            found = judge(lock)
            if found is not None:
                return found
    hidden = [lock for lock in seen.locks if lock.locks is None or lock.after is None]
    if hidden and not seen.not_read:
        return unknown("desktop_not_known", what=hidden[0].desktop)
    if hidden:
        return unseen(seen)
    if seen.others_unseen:
        return _others(seen)
    if not seen.locks:
        return unseen(seen)
    return _sound(seen)


def _open(lock: Lock) -> Verdict | None:
    if lock.locks is False:
        return fail("no_lock", what=lock.desktop, origin=lock.origin.value)
    if lock.locks and lock.after == 0:
        return fail("never", what=lock.desktop, origin=lock.origin.value)
    return None


def _late(lock: Lock) -> Verdict | None:
    if lock.locks and lock.after is not None and lock.after > _LONGEST:
        minutes = -(-lock.after // _MINUTE)
        return fail("too_late", what=lock.desktop, minutes=minutes, limit=_LONGEST // _MINUTE)
    return None


def _others(seen: ScreenLock) -> Verdict:
    """Name who has to run this: on Linux the administrator, elsewhere whoever sits there."""
    lift = "administrator" if seen.platform == "linux" else "desktop_user"
    return unknown("others_unseen", lift=lift)


def _sound(seen: ScreenLock) -> Verdict:
    longest = max(seen.locks, key=lambda lock: lock.after or 0)
    minutes = -(-(longest.after or 0) // _MINUTE)
    if seen.platform == "darwin":
        return ok("locks_when_dark", minutes=minutes, method=Method.ANALYSIS)
    origin = longest.origin.value
    return ok("locks", what=longest.desktop, minutes=minutes, origin=origin)
