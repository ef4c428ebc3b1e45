"""Databases: reachable, without a password, without encryption."""

from __future__ import annotations

from posture_scan.checks.database.answer import (
    NONE,
    OFFERED,
    OPEN,
    PASSWORD,
    PROTECTED,
    REQUIRED,
    DatabaseAnswer,
)

from posture_scan.sdk import Status, Verdict, check, fail, not_applicable, ok, unknown


@check(needs=DatabaseAnswer, absent=Status.PASS)
def exposed(seen: DatabaseAnswer) -> Verdict:
    """A database answers at all."""
    if not seen.product:
        return ok("no_database")
    if seen.host_refused:
        return ok("turned_away", actual=seen.shown, product=seen.shown)
    if seen.access == PROTECTED:
        return fail("reachable_protected", actual=seen.shown, product=seen.shown)
    return fail("reachable", actual=seen.shown, product=seen.shown)


@check(needs=DatabaseAnswer)
def no_auth(seen: DatabaseAnswer) -> Verdict:
    """The database answers without a password."""
    if not seen.product:
        return not_applicable("no_database")
    if seen.access == OPEN:
        return fail("open", actual=OPEN, expected=PASSWORD, product=seen.shown)
    if seen.access == PASSWORD:
        return ok("password_asked", actual=PASSWORD, product=seen.shown)
    if seen.access == PROTECTED:
        return ok("protected", actual=PROTECTED, expected=PASSWORD, product=seen.shown)
    if seen.host_refused:
        return ok("turned_away", actual=seen.shown, product=seen.shown)
    return unknown("not_tried", product=seen.shown)


@check(needs=DatabaseAnswer)
def no_tls(seen: DatabaseAnswer) -> Verdict:
    """Names, passwords and data travel in the clear: no encryption is offered."""
    if not seen.product:
        return not_applicable("no_database")
    values = {"product": seen.shown}
    if seen.tls == NONE:
        return fail("not_offered", actual=NONE, expected=OFFERED, **values)
    if seen.tls == OFFERED:
        return ok("offered", actual=OFFERED, **values)
    if seen.tls == REQUIRED:
        return ok("required", actual=REQUIRED, **values)
    return unknown("not_seen", **values)
