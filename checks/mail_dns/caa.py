"""CAA: which certificate authorities may issue for the domain (RFC 8659)."""

from __future__ import annotations

from posture_scan.checks.mail_dns.collect_caa import CaaRecords

from posture_scan.sdk import Verdict, check, fail, ok, unknown


@check(needs=CaaRecords)
def missing(seen: CaaRecords) -> Verdict:
    """Any certificate authority may issue a certificate for the domain."""
    if seen.no_name:
        return unknown("no_domain")
    if seen.issuers:
        named = ", ".join(one for one in seen.issuers if one) or "-"
        return ok("limited", actual=named, found_at=seen.found_at)
    if seen.found_at:
        return fail("others_only", actual=" ".join(seen.others), expected="issue",
                    found_at=seen.found_at)  # fmt: skip
    return fail("none", expected="0 issue …")
