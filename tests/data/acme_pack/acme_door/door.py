"""Doors that stand open, and doors whose firmware is too old."""

from __future__ import annotations

from posture_scan.sdk import Method, Status, Verdict, check, fail, ok, unknown

from .collect import DoorState  # noqa: TID252 -- a pack does not know under which name it is loaded

NEWEST_UNSAFE = (1, 4)
"""The maker repaired the lock in firmware 1.5."""


@check(needs=DoorState, absent=Status.PASS)
def open(seen: DoorState) -> Verdict:  # noqa: A001 -- the check's id is door.open
    """The door stands open."""
    if seen.state == "open":
        return fail("stands_open", actual=seen.state, expected="closed")
    if seen.state == "closed":
        return ok("closed", actual=seen.state)
    return unknown("will_not_say", actual=seen.state)


@check(needs=DoorState)
def old_firmware(seen: DoorState) -> Verdict:
    """The door runs firmware from before the lock was repaired."""
    version = f"{seen.major}.{seen.minor}"
    if (seen.major, seen.minor) == (0, 0):
        return unknown("not_set", actual=version)
    method = Method.VERSION_WITH_PATCH_LEVEL
    if (seen.major, seen.minor) <= NEWEST_UNSAFE:
        return fail("unsafe", actual=version, expected="1.5", method=method)
    return ok("repaired", actual=version, method=method)
