"""Whether any program becomes administrator on Windows without a person noticing."""

from __future__ import annotations

from posture_scan.checks.host.collect_uac import UacFacts

from posture_scan.sdk import Verdict, check, fail, not_applicable, ok, unseen


@check(needs=UacFacts)
def off(seen: UacFacts) -> Verdict:
    """User account control is off, or raises programs without asking."""
    if seen.platform != "windows":
        return not_applicable("not_windows")
    if seen.enabled.value == 0:
        return fail("off", actual="EnableLUA=0", expected="EnableLUA=1")
    if seen.enabled.value is None or seen.consent.value is None:
        return unseen(seen)
    if seen.consent.value == 0:
        return fail("silent", actual="ConsentPromptBehaviorAdmin=0", expected=">= 1")
    return ok("on", origin=seen.enabled.origin.value)


@check(needs=UacFacts)
def remote_full_rights(seen: UacFacts) -> Verdict:
    """A local administrator's password gives all rights from afar, on computer after computer."""
    if seen.platform != "windows":
        return not_applicable("not_windows")
    if seen.remote_full.value is None:
        return unseen(seen)
    if seen.remote_full.value == 1:
        return fail("unfiltered", actual="LocalAccountTokenFilterPolicy=1", expected="0")
    return ok("filtered", origin=seen.remote_full.origin.value)
