"""Messaging servers: messages and passwords sent unencrypted."""

from __future__ import annotations

from posture_scan.checks.network_service.collect_xmpp import XmppOffer

from posture_scan.sdk import Status, Verdict, check, fail, ok, unknown


@check(needs=XmppOffer, absent=Status.PASS)
def no_starttls(seen: XmppOffer) -> Verdict:
    """The server cannot encrypt the streams that it takes in."""
    if seen.tls_from_the_start:
        return ok("always_encrypted", actual="TLS")
    if seen.turned_away:
        return unknown("turned_away")
    if seen.starttls_required:
        return ok("required", actual="STARTTLS")
    if seen.starttls:
        return ok("offered", actual="STARTTLS")
    return fail("not_offered", expected="STARTTLS")


@check(needs=XmppOffer, absent=Status.PASS)
def plaintext(seen: XmppOffer) -> Verdict:
    """The server takes passwords before the connection is encrypted."""
    if seen.tls_from_the_start:
        return ok("always_encrypted", actual="TLS")
    if seen.turned_away:
        return unknown("turned_away")
    if seen.clear_logins:
        return fail("login_in_clear", actual=" ".join(seen.clear_logins), expected="STARTTLS",
                    logins=", ".join(seen.clear_logins))  # fmt: skip
    if seen.old_logon:
        return unknown("old_logon")
    return ok("no_login_in_clear")
