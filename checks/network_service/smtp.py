"""Mail servers: mail and passwords sent unencrypted."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.network_service.collect_smtp import SmtpOffer

from posture_scan.sdk import Status, Verdict, check, fail, ok, unknown

_READY, _DONE = 220, 250
_UNKNOWN_COMMAND: Final = range(500, 505)


@check(needs=SmtpOffer, absent=Status.PASS)
def no_starttls(seen: SmtpOffer) -> Verdict:
    """The server cannot encrypt the mail that it takes in."""
    if seen.tls_from_the_start:
        return ok("always_encrypted", actual="TLS")
    if seen.greeting_code != _READY:
        return unknown("turned_away", code=seen.greeting_code)
    if seen.starttls:
        return ok("offered", actual="STARTTLS")
    if seen.hello_code == _DONE or seen.hello_code in _UNKNOWN_COMMAND:
        return fail("not_offered", actual=str(seen.hello_code), expected="STARTTLS")
    return unknown("turned_away", code=seen.hello_code)


@check(needs=SmtpOffer, absent=Status.PASS)
def plaintext(seen: SmtpOffer) -> Verdict:
    """The server takes passwords before the connection is encrypted."""
    if seen.tls_from_the_start:
        return ok("always_encrypted", actual="TLS")
    if seen.clear_logins:
        return fail("login_in_clear", actual=" ".join(seen.clear_logins), expected="STARTTLS",
                    logins=", ".join(seen.clear_logins))  # fmt: skip
    if seen.greeting_code != _READY:
        return unknown("turned_away", code=seen.greeting_code)
    if seen.hello_code == _DONE or seen.hello_code in _UNKNOWN_COMMAND:
        return ok("no_login_in_clear")
    return unknown("turned_away", code=seen.hello_code)
