"""Whether a guessed or stolen password opens this computer through SSH, and root's at that."""

from __future__ import annotations

from posture_scan.checks.host.collect_ssh_server import PASSWORDS, SshServerFacts

from posture_scan.sdk import Verdict, check, fail, not_applicable, ok, unknown, unseen


@check(needs=SshServerFacts)
def password_login(seen: SshServerFacts) -> Verdict:
    """A password alone is enough to sign in through SSH."""
    early = _not_judged(seen)
    if early is not None:
        return early
    if seen.second_factor == "required":
        return ok("second_factor")
    if seen.some_differ(*PASSWORDS):
        return unknown("match_blocks", source=seen.source)
    if not seen.password_alone:
        several = seen.takes_password and seen.several_methods
        return ok("several_factors" if several else "keys_only", source=seen.source)
    if seen.second_factor == "unseen":
        return unseen(seen, "pam")
    if seen.second_factor == "optional":
        return unknown("factor_optional", source=seen.source)
    if seen.running is None:
        return unseen(seen)
    return fail("password", source=seen.source)


@check(needs=SshServerFacts)
def root_login(seen: SshServerFacts) -> Verdict:
    """Root may sign in through SSH with a password."""
    if seen.platform == "windows":
        return not_applicable("no_root")
    early = _not_judged(seen)
    if early is not None:
        return early
    if not seen.root:
        return unknown("default_unknown")
    if seen.some_differ("permitrootlogin"):
        return unknown("match_blocks", source=seen.source)
    if seen.root != "yes":
        return ok("restricted", value=seen.root, source=seen.source)
    if seen.running is None:
        return unseen(seen)
    return fail("root", source=seen.source)


def _not_judged(seen: SshServerFacts) -> Verdict | None:
    if seen.installed is False:
        return not_applicable("no_server")
    if seen.running is False:
        return not_applicable("not_running")
    if not seen.source:
        return unseen(seen, "sshd_config")
    return None
