"""MX: where a domain's mail goes, or that none is taken (RFC 5321, RFC 7505)."""

from __future__ import annotations

from posture_scan.checks.mail_dns.collect_mx import MailUse

from posture_scan.sdk import Verdict, check, fail, not_applicable, ok, unknown


@check(needs=MailUse)
def missing(seen: MailUse) -> Verdict:
    """The domain says neither where its mail goes nor that it takes none."""
    if seen.no_name:
        return unknown("no_domain")
    if seen.hosts:
        return ok("named", actual=" ".join(seen.hosts[:5]), host=seen.hosts[0])
    if seen.null:
        return ok("takes_none", actual="MX 0 .")
    if seen.address:
        return fail("unsaid", expected="MX 0 .")
    return ok("nothing_there")


@check(needs=MailUse)
def broken(seen: MailUse) -> Verdict:
    """A mail server that the domain names cannot be reached under what is written there."""
    if seen.no_name:
        return unknown("no_domain")
    if not seen.hosts:
        return not_applicable("no_servers")
    if seen.null:
        return fail("null_beside", actual=" ".join(seen.hosts[:5]), host=seen.hosts[0])
    for reason, hosts in (
        ("literal", seen.literal),
        ("lost", seen.lost),
        ("alias", seen.aliases),
    ):
        if hosts:
            return fail(reason, actual=" ".join(hosts[:5]), host=hosts[0])
    if seen.unread:
        return unknown("not_read", host=seen.unread[0])
    return ok("sound", actual=" ".join(seen.hosts[:5]))
