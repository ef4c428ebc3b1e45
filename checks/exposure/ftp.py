"""FTP: names, passwords and files sent unencrypted."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.exposure.collect_ftp import FtpGreeting

from posture_scan.sdk import Status, Verdict, check, fail, ok, unknown

_AGREED: Final = 234
_REFUSALS: Final = range(500, 600)


@check(needs=FtpGreeting, absent=Status.PASS)
def plaintext(seen: FtpGreeting) -> Verdict:
    """The server cannot encrypt the connection.

    Whether one that can also insists on it shows only at a logon, which is not tried.
    """
    if seen.tls_from_the_start:
        return ok("always_encrypted")
    if seen.tls_reply == _AGREED:
        return unknown("encryption_offered", actual="AUTH TLS 234")
    if seen.tls_reply in _REFUSALS:
        return fail("no_encryption", actual=str(seen.tls_reply), expected=str(_AGREED))
    return unknown("unclear_reply", code=seen.tls_reply)
