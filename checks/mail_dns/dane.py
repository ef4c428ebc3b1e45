"""DANE: mail servers' certificates are fixed in signed DNS (RFC 7672)."""

from __future__ import annotations

from posture_scan.checks.mail_dns.collect_dane import DaneState
from posture_scan.checks.mail_dns.collect_mx import MailUse, mail_use

from posture_scan.sdk import Context, Verdict, check, fail, not_applicable, ok, unknown


@check(needs=DaneState, beside=MailUse)
def missing(seen: DaneState, context: Context) -> Verdict:
    """No mail server's certificate is fixed in DNS."""
    early = _without(seen, context)
    if early is not None:
        return early
    fixed = next((host for host in seen.hosts if host.records), None)
    if fixed is not None:
        return ok("present", host=fixed.host)
    lost = next((host for host in seen.hosts if host.unread), None)
    return unknown("not_read", host=lost.host) if lost else fail("none", expected="3 1 1 …")


@check(needs=DaneState, beside=MailUse)
def broken(seen: DaneState, context: Context) -> Verdict:
    """Certificates are fixed in DNS, but so that senders cannot rely on them."""
    early = _without(seen, context)
    if early is not None:
        return early
    fixed = [host for host in seen.hosts if host.records]
    lost = next((host for host in seen.hosts if host.unread), None)
    if not fixed:
        return unknown("not_read", host=lost.host) if lost else not_applicable("no_records")
    useless = next((host for host in fixed if not host.usable), None)
    if useless is not None:
        return fail("useless", host=useless.host)
    if lost is not None:
        return unknown("not_read", host=lost.host)
    bare = next((host for host in seen.hosts if not host.records), None)
    if bare is not None:
        return fail("partly", host=bare.host)
    if not seen.validates:
        return unknown("resolver_trusts")
    unsigned = next((host for host in fixed if not host.authenticated), None)
    if unsigned is not None:
        return fail("unsigned", host=unsigned.host)
    return ok("sound", host=fixed[0].host) if seen.mx_authenticated else fail("unsigned_list")


def _without(seen: DaneState, context: Context) -> Verdict | None:
    """Why the question does not arise or cannot be answered, or None."""
    if seen.no_name:
        return unknown("no_domain")
    use = mail_use(context)
    if use is None:
        return unknown("mail_unread")
    if use.takes_none:
        return not_applicable("no_mail")
    return None if seen.hosts else not_applicable("no_servers")
