"""DKIM: whether mail is signed, and with what keys (RFC 6376, RFC 8301)."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.mail_dns.collect_dkim import DkimKeys
from posture_scan.checks.mail_dns.collect_mx import MailUse, mail_use

from posture_scan.sdk import Context, Verdict, check, fail, not_applicable, ok, unknown

REFUSED_BELOW: Final = 1024
SHORT_BELOW: Final = 2048
"""RFC 8301 section 3.2: receivers take no shorter key; signers should take this one or longer."""


@check(needs=DkimKeys, beside=MailUse)
def missing(seen: DkimKeys, context: Context) -> Verdict:
    """No signing key was found; whether there is one cannot be told from outside."""
    if seen.no_name:
        return unknown("no_domain")
    if seen.in_use:
        return ok("found", actual=" ".join(key.selector for key in seen.in_use),
                  selector=seen.in_use[0].selector)  # fmt: skip
    use = mail_use(context)
    if use is not None and use.sends_none:
        return not_applicable("no_mail")
    if seen.keys:
        return unknown("unusable", selector=seen.keys[0].selector)
    return unknown("not_found", asked=seen.asked)


@check(needs=DkimKeys, beside=MailUse)
def weak_key(seen: DkimKeys, context: Context) -> Verdict:
    """A signing key is short enough to be broken, or shorter than it should be."""
    if seen.no_name:
        return unknown("no_domain")
    rsa = sorted((k for k in seen.in_use if k.kind == "rsa"), key=lambda key: key.bits)
    if rsa and rsa[0].bits < SHORT_BELOW:
        reason = "refused" if rsa[0].bits < REFUSED_BELOW else "short"
        return fail(reason, actual=f"RSA {rsa[0].bits}", expected=f"RSA {SHORT_BELOW}",
                    selector=rsa[0].selector, bits=rsa[0].bits)  # fmt: skip
    if seen.in_use:
        return ok("strong", actual=" ".join(f"{k.kind} {k.bits}" for k in seen.in_use[:5]))
    use = mail_use(context)
    if use is not None and use.sends_none:
        return not_applicable("no_mail")
    return unknown("not_found", asked=seen.asked)
