"""SPF: which servers may send mail in the domain's name (RFC 7208)."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.mail_dns.collect_mx import MailUse, mail_use
from posture_scan.checks.mail_dns.collect_spf import SpfRecord
from posture_scan.checks.mail_dns.spf_tree import MOST_LOOKUPS, NOT_READ

from posture_scan.sdk import Context, Verdict, check, fail, not_applicable, ok, unknown

_BROKEN: Final = {
    "syntax": "syntax",
    "too_many_lookups": "too_many_lookups",
    "too_many_voids": "too_many_voids",
    "too_many_mx": "too_many_mx",
    "loop": "loop",
    "nothing_there": "nothing_there",
    "several_there": "several_there",
}
NOBODY: Final = "v=spf1 -all"


def _one(seen: SpfRecord) -> Verdict | None:
    """Why there is no single record to judge, or None."""
    if seen.no_name:
        return unknown("no_domain")
    if not seen.records:
        return not_applicable("no_record")
    return not_applicable("several") if len(seen.records) > 1 else None


@check(needs=SpfRecord, beside=MailUse)
def missing(seen: SpfRecord, context: Context) -> Verdict:
    """The domain does not say which servers may send in its name."""
    if seen.no_name:
        return unknown("no_domain")
    if seen.records:
        return ok("present", actual=seen.records[0])
    use = mail_use(context)
    if use is not None and use.takes_none:
        return fail("no_mail", expected=NOBODY)
    return fail("none", expected="v=spf1 … -all")


@check(needs=SpfRecord)
def broken(seen: SpfRecord) -> Verdict:
    """Receivers cannot use the record: it has a mistake or asks for too much."""
    if seen.no_name:
        return unknown("no_domain")
    if not seen.records:
        return not_applicable("no_record")
    if len(seen.records) > 1:
        return fail("several", actual=" | ".join(seen.records), expected="1",
                    count=len(seen.records))  # fmt: skip
    tree = seen.tree
    if tree.error:
        return fail(_BROKEN[tree.error], actual=seen.records[0], at=tree.at)
    if tree.unread:
        return unknown("not_read", at=tree.unread)
    return ok("sound", actual=seen.records[0], expected=f"<= {MOST_LOOKUPS}",
              lookups=tree.lookups)  # fmt: skip


@check(needs=SpfRecord)
def permissive(seen: SpfRecord) -> Verdict:
    """The record lets anybody send in the domain's name."""
    without = _one(seen)
    if without is not None:
        return without
    tree = seen.tree
    if tree.everyone:
        return fail("everyone", actual=seen.records[0], expected="-all", piece=tree.everyone)
    if tree.error:
        return not_applicable("broken")
    if tree.unread:
        return unknown("not_read", at=tree.unread)
    return ok("limited", actual=seen.records[0])


@check(needs=SpfRecord, beside=MailUse)
def soft(seen: SpfRecord, context: Context) -> Verdict:
    """The record does not say that mail from everybody else is no mail of the domain."""
    without = _one(seen)
    if without is not None:
        return without
    tree, text = seen.tree, seen.records[0]
    if tree.last == "+" or (tree.error and tree.last not in {"?", ""}):
        return not_applicable("not_judged")
    if tree.last == NOT_READ:
        return not_applicable("not_judged") if tree.error else unknown("not_read", at=tree.unread)
    if tree.last == "?" or not tree.last:
        return _open(seen)
    if tree.last == "-":
        return ok("hard", actual=text)
    use = mail_use(context)
    if seen.nobody and use is None:
        return unknown("mail_unread")
    if seen.nobody and use is not None and use.takes_none:
        return fail("no_mail", actual=text, expected=NOBODY)
    return ok("softfail", actual=text)


def _open(seen: SpfRecord) -> Verdict:
    """Nothing is said of everybody else, or only that nothing is meant to be said."""
    if seen.tree.error:
        return not_applicable("not_judged")
    reason = "neutral" if seen.tree.last else "no_end"
    return fail(reason, actual=seen.records[0], expected="-all")
