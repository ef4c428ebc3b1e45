"""Whether a stolen password is enough to sign in to this computer."""

from __future__ import annotations

from posture_scan.checks.host.collect_sign_in import SignInFacts

from posture_scan.sdk import Verdict, check, fail, ok, unknown, unseen


@check(needs=SignInFacts)
def no_mfa(seen: SignInFacts) -> Verdict:
    """No second factor is asked for. That one could be used is no proof that it must be."""
    if seen.platform == "windows":
        return _windows(seen)
    if seen.platform == "darwin":
        return unknown("ask")
    return _linux(seen)


def _windows(seen: SignInFacts) -> Verdict:
    if seen.card_forced.value == 1:
        return ok("card_forced")
    if seen.card_forced.value is None:
        return unseen(seen)
    if seen.hello_set:
        return unknown("capable_only")
    return unknown("directory" if seen.joined else "ask")


def _linux(seen: SignInFacts) -> Verdict:
    """Judge SSH, the way in from afar, where it is open; else what the screen asks for."""
    if seen.ssh_serves is None:
        return unseen(seen)
    if not seen.ssh_serves:
        return ok("screen_factor") if seen.desktop_factor == "required" else unknown("ask")
    if seen.ssh_password is None:
        return unseen(seen)
    if seen.ssh_conditions:
        return unknown("match_blocks")
    if seen.ssh_several:
        return ok("ssh_several")
    if not seen.ssh_password:
        return unknown("key_only")
    if seen.ssh_factor == "required":
        return ok("ssh_factor")
    if seen.ssh_factor == "unseen":
        return unseen(seen, "pam")
    if seen.ssh_factor == "optional":
        return unknown("factor_optional")
    return fail("password_only")
