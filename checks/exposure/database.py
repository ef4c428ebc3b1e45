"""Databases: reachable, and whether they ask for a password."""

from __future__ import annotations

from posture_scan.checks.exposure.collect_database import OPEN, PASSWORD, DatabaseAnswer

from posture_scan.sdk import Status, Verdict, check, fail, not_applicable, ok, unknown


@check(needs=DatabaseAnswer, absent=Status.PASS)
def exposed(seen: DatabaseAnswer) -> Verdict:
    """A database answers at all."""
    if not seen.product:
        return ok("no_database")
    if seen.host_refused:
        return fail("reachable_refused", actual=seen.product, product=seen.product)
    return fail("reachable", actual=seen.product, product=seen.product)


@check(needs=DatabaseAnswer)
def no_auth(seen: DatabaseAnswer) -> Verdict:
    """The database answers without a password."""
    if not seen.product:
        return not_applicable("no_database")
    values = {"product": seen.product}
    if seen.access == OPEN:
        return fail("open", actual=OPEN, expected=PASSWORD, **values)
    if seen.access == PASSWORD or seen.host_refused:
        return ok("password_asked", actual=PASSWORD, **values)
    return unknown("not_tried", **values)
