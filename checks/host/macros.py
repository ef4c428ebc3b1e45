"""Whether a document that somebody sends may run programs when it is opened."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.host.collect_macros import MacrosFacts

from posture_scan.sdk import Verdict, check, fail, not_applicable, ok, unknown, unseen

_BLOCKS_SINCE: Final = 15_601
"""Version 2208, by which every channel of Click-to-Run blocks macros of files from the Internet;
versions by volume licence (Office 2016, 2019, LTSC 2021) keep older numbers and do not."""


@check(needs=MacrosFacts)
def unrestricted(seen: MacrosFacts) -> Verdict:
    """Office runs macros without asking, or those of documents from the Internet."""
    if seen.platform != "windows":
        return not_applicable("not_windows")
    if seen.installed is False:
        return not_applicable("no_office")
    if not seen.apps:
        return unseen(seen)
    if seen.other_person is None:
        return unseen(seen, "office")
    if seen.other_person:
        return unknown("other_person", lift="desktop_user")
    for app in seen.apps:
        if app.warnings.value == 1:
            return fail("all_run", app=app.name, origin=app.warnings.origin.value)
        if app.blocked.value == 0:
            return fail("internet_allowed", app=app.name, origin=app.blocked.origin.value)
    return _restricted(seen)


def _restricted(seen: MacrosFacts) -> Verdict:
    if any(app.warnings.value is None or app.blocked.value is None for app in seen.apps):
        return unseen(seen)
    lax = [app for app in seen.apps if (app.warnings.value or 0) < 3 and app.blocked.value != 1]  # noqa: PLR2004 -- 3 = signed ones only
    if not lax:
        return ok("restricted")
    old = [app for app in lax if app.version != "16.0"]
    if old:  # Office 2013 and earlier never learnt to block macros from the Internet by itself
        return fail("old_office", app=old[0].name, version=old[0].version)
    if seen.build is None or seen.build < _BLOCKS_SINCE:
        return unknown("default_unsure", app=lax[0].name)
    return ok("by_default", app=lax[0].name, build=seen.build)
