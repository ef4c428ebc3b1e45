"""DMARC: what receivers do with mail that only pretends to come from the domain (RFC 9989)."""

from __future__ import annotations

from posture_scan.checks.mail_dns.collect_dmarc import DmarcRecord
from posture_scan.checks.mail_dns.collect_mx import MailUse, mail_use
from posture_scan.checks.mail_dns.dmarc_parse import WHOLE

from posture_scan.sdk import Context, Verdict, check, fail, not_applicable, ok, unknown


@check(needs=DmarcRecord, beside=MailUse)
def missing(seen: DmarcRecord, context: Context) -> Verdict:
    """The domain does not say what becomes of mail that only pretends to come from it."""
    if seen.no_name:
        return unknown("no_domain")
    if seen.found_at and seen.inherited:
        return ok("inherited", actual=seen.text, found_at=seen.found_at)
    if seen.found_at or seen.several:
        return ok("present", actual=seen.text)
    use = mail_use(context)
    if use is not None and use.unused:
        return fail("no_mail", expected="v=DMARC1; p=reject")
    return fail("none", expected="v=DMARC1; p=reject")


@check(needs=DmarcRecord)
def broken(seen: DmarcRecord) -> Verdict:
    """Receivers cannot use the record."""
    if seen.no_name:
        return unknown("no_domain")
    if seen.several:
        return fail("several", actual=str(seen.several), expected="1", count=seen.several)
    if not seen.found_at:
        return not_applicable("no_record")
    if seen.policy.error == "twice":
        return fail("twice", actual=seen.text, tag=seen.policy.wrong)
    if seen.policy.error == "no_policy":
        return fail("no_policy", actual=seen.text, expected="p=reject")
    if seen.policy.error:
        return fail("bad_policy", actual=seen.text, tag=seen.policy.wrong)
    return ok("sound", actual=seen.text)


@check(needs=DmarcRecord, beside=MailUse)
def not_enforced(seen: DmarcRecord, context: Context) -> Verdict:
    """Mail that only pretends to come from the domain is delivered all the same, or partly."""
    if seen.no_name:
        return unknown("no_domain")
    if not seen.found_at:
        return not_applicable("several" if seen.several else "no_record")
    if seen.policy.error:
        return not_applicable("broken")
    weak = _weak(seen)
    if weak is not None:
        return weak
    if seen.effective == "reject":
        return ok("reject", actual=seen.text)
    use = mail_use(context)
    if use is None:  # a domain without mail has to ask for more
        return unknown("mail_unread")
    if use.unused:
        return fail("no_mail", actual=seen.text, expected="p=reject")
    return ok("quarantine", actual=seen.text)


def _weak(seen: DmarcRecord) -> Verdict | None:
    """What leaves a way for forged mail, the widest first."""
    policy = seen.policy
    if seen.effective == "none":
        return fail("only_watched", actual=seen.text, expected="p=reject")
    if policy.testing:
        return fail("testing", actual=seen.text, expected="t=n")
    if policy.share < WHOLE:
        return fail("part", actual=seen.text, expected=f"pct={WHOLE}", share=policy.share)
    if seen.below == "none":
        return fail("subdomains", actual=seen.text, expected="sp=reject")
    return None
