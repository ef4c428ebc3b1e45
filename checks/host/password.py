"""Whether a password may be too short to withstand guessing, and guessed at without end."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.host.collect_password import PasswordFacts

from posture_scan.sdk import Verdict, check, fail, ok, unknown, unseen

SHORTEST: Final = 8
"""Characters; NIST SP 800-63B section 5.1.1.2 (revision 3) sets this as the least."""


@check(needs=PasswordFacts)
def weak_policy(seen: PasswordFacts) -> Verdict:
    """The computer accepts passwords that are short, or accounts without any."""
    expected = f">= {SHORTEST}"
    if seen.empty_allowed and seen.empty_accounts:
        return fail("no_password", count=seen.empty_accounts, expected=expected)
    if seen.min_length is None:
        return unseen(seen) if not seen.source else unknown("other_module")
    actual = str(seen.min_length)
    if seen.min_length < SHORTEST:
        return fail("short", length=seen.min_length, actual=actual, expected=expected)
    if seen.empty_allowed and seen.empty_accounts is None:
        lift = "tool" if seen.elevated else "administrator"
        return unknown("empty_unseen", actual=actual, expected=expected, lift=lift, what="shadow")
    return ok("long_enough", length=seen.min_length, actual=actual, expected=expected)


@check(needs=PasswordFacts)
def no_lockout(seen: PasswordFacts) -> Verdict:
    """Wrong passwords may be tried without end: nothing locks the account for a while."""
    if seen.lockout is None:
        return unseen(seen)
    if seen.lockout == 0:
        return fail("never", actual="0", expected="> 0")
    return ok("locks", count=seen.lockout, actual=str(seen.lockout), expected="> 0")
