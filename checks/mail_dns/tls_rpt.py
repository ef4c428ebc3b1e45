"""TLS-RPT: the domain is told when mail to it could not be encrypted (RFC 8460)."""

from __future__ import annotations

from posture_scan.checks.mail_dns.collect_mx import MailUse, mail_use
from posture_scan.checks.mail_dns.collect_tls_rpt import TlsReporting

from posture_scan.sdk import Context, Verdict, check, fail, not_applicable, ok, unknown


@check(needs=TlsReporting, beside=MailUse)
def missing(seen: TlsReporting, context: Context) -> Verdict:
    """Nobody is told when mail to the domain could not be encrypted."""
    if seen.no_name:
        return unknown("no_domain")
    use = mail_use(context)
    if use is None:
        return unknown("mail_unread")
    if use.takes_none:
        return not_applicable("no_mail")
    if seen.count > 1:
        return fail("several", actual=str(seen.count), expected="1", count=seen.count)
    if not seen.count:
        return fail("none", expected="v=TLSRPTv1; rua=mailto:…")
    if not seen.reported_to:
        return fail("no_place", actual=seen.text, expected="rua=mailto:…")
    return ok("present", actual=seen.text)
