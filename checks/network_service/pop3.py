"""POP3: passwords and mail sent unencrypted."""

from __future__ import annotations

from posture_scan.checks.network_service.collect_mailbox import Pop3Offer

from posture_scan.sdk import Status, Verdict, check, fail, ok, unknown


@check(needs=Pop3Offer, absent=Status.PASS)
def plaintext(seen: Pop3Offer) -> Verdict:
    """The server lets people log on unencrypted."""
    if seen.tls_from_the_start:
        return ok("always_encrypted", actual="TLS")
    if not seen.listed:
        return unknown("not_listed")
    logins = " ".join(seen.clear_logins)
    if not logins:
        return ok("encryption_required", actual="STLS" if seen.stls else "-")
    if seen.stls:
        return fail("login_in_clear", actual=logins, expected="STLS")
    return fail("no_encryption", actual=logins, expected="STLS")
