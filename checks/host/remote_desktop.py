"""Whether somebody may reach this computer's screen before it is known who that is."""

from __future__ import annotations

from posture_scan.checks.host.collect_remote_desktop import RemoteDesktopFacts

from posture_scan.sdk import Method, Verdict, check, fail, not_applicable, ok, unknown, unseen


@check(needs=RemoteDesktopFacts)
def on_without_nla(seen: RemoteDesktopFacts) -> Verdict:
    """Remote desktop is on and opens a session before it asks who is there."""
    if seen.platform == "windows":
        return _windows(seen)
    if seen.platform == "darwin":
        return not_applicable("no_rdp")
    return _linux(seen)


def _windows(seen: RemoteDesktopFacts) -> Verdict:
    if seen.denied.value is None:
        return unseen(seen)
    if seen.denied.value != 0:
        if seen.rdp_listens:
            return unknown("listens_anyway", port=seen.port)
        return ok("off", origin=seen.denied.origin.value)
    if seen.nla.value is None:
        return unseen(seen)
    if seen.nla.value == 0:
        return fail("no_nla", port=seen.port, origin=seen.nla.origin.value)
    if seen.layer.value == 0:
        return unknown("old_layer", port=seen.port)
    return ok("nla", port=seen.port, origin=seen.nla.origin.value)


def _linux(seen: RemoteDesktopFacts) -> Verdict:
    if seen.rdp_listens is None:
        return unseen(seen, "rdp", "socket")
    if not seen.rdp_listens:
        return ok("not_listening", port=seen.port)
    if seen.xrdp:  # xrdp shows its own sign-in screen to anybody; it knows no NLA
        return fail("xrdp", port=seen.port)
    return unknown("other_program", port=seen.port)


@check(needs=RemoteDesktopFacts)
def vnc(seen: RemoteDesktopFacts) -> Verdict:
    """The screen is shared by VNC: a short password at best, and nothing of it encrypted."""
    if seen.platform == "darwin":
        if seen.screen_sharing is None:
            return unseen(seen)
        return unknown("mac_sharing") if seen.screen_sharing else ok("off")
    if seen.vnc is None:
        return unseen(seen, "socket")
    if not seen.vnc:
        return ok("off")
    method = Method.PORT_NUMBER_ONLY if seen.vnc_by_port_only else None
    return fail("on", what=seen.vnc_what, method=method)
