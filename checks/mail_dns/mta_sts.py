"""MTA-STS: senders are told to encrypt, and which mail servers are the right ones (RFC 8461)."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.mail_dns.collect_mta_sts import MtaStsPolicy, MtaStsRecord
from posture_scan.checks.mail_dns.collect_mx import MailUse, mail_use
from posture_scan.checks.mail_dns.sts_parse import StsPolicy

from posture_scan.sdk import (
    Attempt,
    Context,
    Verdict,
    check,
    fail,
    not_applicable,
    ok,
    unknown,
)

SHORTEST_LIFE: Final = 86_400
"""Seconds: a policy forgotten within a day protects few deliveries (section 3.2: weeks)."""
_FOUND: Final = 200
_NOT_THERE: Final = range(300, 500)
"""Answers that say something else than the policy; a redirect is one too (section 3.3)."""


@check(needs=MtaStsRecord, beside=MailUse)
def missing(seen: MtaStsRecord, context: Context) -> Verdict:
    """Nobody who sends mail to the domain is told to encrypt it."""
    if seen.no_name:
        return unknown("no_domain")
    if seen.count:
        return ok("present")
    use = mail_use(context)
    if use is None:
        return unknown("mail_unread")
    return not_applicable("no_mail") if use.takes_none else fail("none", expected="v=STSv1; id=…")


def _unread(seen: MtaStsPolicy) -> Verdict | None:
    """Why there is no policy to judge, and that not by the domain's fault; else None."""
    if seen.no_name:
        return unknown("no_domain")
    if not seen.announced:
        return not_applicable("no_record")
    if seen.attempt is Attempt.OUT_OF_SCOPE:
        return unknown("out_of_scope")
    if seen.attempt is not Attempt.OK:
        return unknown("not_reached", attempt=seen.attempt.value)
    busy = seen.status and seen.status != _FOUND and seen.status not in _NOT_THERE
    return unknown("busy", status=seen.status) if busy else None


@check(needs=MtaStsRecord, beside=MailUse)
def unclear(seen: MtaStsRecord, context: Context) -> Verdict:
    """The record that announces the policy is not one that senders can use."""
    if seen.no_name:
        return unknown("no_domain")
    if not seen.count:
        return not_applicable("no_record")
    use = mail_use(context)
    if use is not None and use.takes_none:
        return not_applicable("no_mail")
    if seen.count > 1:
        return fail("several", actual=str(seen.count), expected="1", count=seen.count)
    return ok("sound") if seen.has_id else fail("no_id", expected="id=20260101")


@check(needs=MtaStsPolicy)
def broken(seen: MtaStsPolicy, context: Context) -> Verdict:
    """A policy is announced, but senders cannot get it, or it does not fit the mail servers."""
    unread = _unread(seen)
    if unread is not None:
        return unread
    if seen.no_host:
        return fail("no_host")
    shown = seen.certificate
    if shown.fault:
        return fail("untrusted", actual=shown.fault)
    if shown.seen and not shown.named:
        return fail("other_name")
    if shown.seen and not shown.begins <= context.now <= shown.ends:
        return fail("out_of_date", actual=shown.ends.date().isoformat())
    if seen.status != _FOUND:
        return fail("not_there", actual=str(seen.status), expected="200", status=seen.status)
    if seen.policy.wrong:
        return fail("wrong", field=seen.policy.wrong)
    if seen.uncovered and seen.policy.mode != "none":
        return fail("uncovered", actual=" ".join(seen.uncovered), host=seen.uncovered[0])
    return ok("sound", actual=seen.policy.mode)


@check(needs=MtaStsPolicy)
def not_enforced(seen: MtaStsPolicy) -> Verdict:
    """The policy asks for nothing yet, or is forgotten at once."""
    unread = _unread(seen)
    if unread is not None:
        return unread
    policy: StsPolicy = seen.policy
    if seen.no_host or seen.status != _FOUND or policy.wrong:
        return not_applicable("broken")
    if policy.mode == "testing":
        return fail("testing", actual="testing", expected="enforce")
    if policy.mode == "none":
        return fail("withdrawn", actual="none", expected="enforce")
    if policy.max_age < SHORTEST_LIFE:
        return fail("short_lived", actual=str(policy.max_age), expected="1209600",
                    seconds=policy.max_age)  # fmt: skip
    return ok("enforced", actual="enforce")
