"""IMAP: passwords and mail sent unencrypted."""

from __future__ import annotations

from posture_scan.checks.network_service.collect_mailbox import ImapOffer

from posture_scan.sdk import Status, Verdict, check, fail, ok, unknown


@check(needs=ImapOffer, absent=Status.PASS)
def plaintext(seen: ImapOffer) -> Verdict:
    """The server lets people log on unencrypted.

    RFC 3501 section 11.2: one that does not says LOGINDISABLED.
    """
    if seen.tls_from_the_start:
        return ok("always_encrypted", actual="TLS")
    if seen.turned_away:
        return unknown("turned_away")
    if seen.login_disabled and not seen.clear_logins:
        return ok("encryption_required", actual="LOGINDISABLED")
    if seen.starttls:
        return fail("login_in_clear", actual="STARTTLS", expected="LOGINDISABLED")
    return fail("no_encryption", actual="-", expected="STARTTLS")
