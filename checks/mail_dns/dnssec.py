"""DNSSEC: the domain's DNS answers are signed and can be checked (RFC 4033 to 4035)."""

from __future__ import annotations

from posture_scan.checks.mail_dns.collect_dnssec import DnssecState

from posture_scan.sdk import Verdict, check, fail, ok, unknown


@check(needs=DnssecState)
def missing(seen: DnssecState) -> Verdict:
    """Answers about the domain can be forged on the way: they carry no signature that counts."""
    if seen.no_name:
        return unknown("no_domain")
    if not seen.validates:
        return unknown("resolver_trusts")
    if not seen.zone:
        return unknown("no_zone")
    if seen.authenticated:
        return ok("signed", actual=f"{seen.zone} DS {seen.keys_above}", zone=seen.zone)
    if seen.keys_above:
        return fail("cut_off", actual=f"DS {seen.keys_above}", zone=seen.zone)
    return fail("unsigned", expected="DS", zone=seen.zone)
