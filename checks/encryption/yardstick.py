"""Known yardsticks over the same evidence: SSL Labs, Mozilla, and the guide of IPA and CRYPTREC.

A summary for people. Each repeats in one word what ``tls.*`` and ``cert.*`` say one by one, and
names its version; criteria and premiums rest on those, not on this.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from posture_scan.checks.encryption.facts import TlsFacts
from posture_scan.checks.encryption.protocol.hello import VERSIONS
from posture_scan.checks.encryption.yardsticks import ipa as guide
from posture_scan.checks.encryption.yardsticks import mozilla as guidelines
from posture_scan.checks.encryption.yardsticks import ssl_labs as labs
from posture_scan.checks.encryption.yardsticks.levels import NONE, taken

from posture_scan.sdk import (
    Context,
    HttpResponse,
    Service,
    Status,
    Verdict,
    check,
    fail,
    not_applicable,
    ok,
    unknown,
)

MOST_TOKENS: Final = 8
"""Causes that one sentence names; the checks of their own name the rest."""
_LONGEST_AGE: Final = 12
"""Digits of a max-age that is still a number of seconds and not a stranger's joke."""
_TELLING: Final = (*range(200, 400), 401, 403, 404)
"""Statuses of an answer to the request itself, not to something misunderstood."""


@check(needs=TlsFacts)
def ssl_labs(seen: TlsFacts, context: Context) -> Verdict:
    """The grade under SSL Labs' rating guide 2009r is below A-."""
    nothing, web = _nothing(seen), not seen.starttls and context.service.protocol == "http"
    if nothing and (web or nothing.status is Status.NOT_APPLICABLE):
        return nothing
    if not web:
        return not_applicable("not_web", named=bool(seen.name))
    found = labs.grade(seen, context.now, max_age(seen, context.service))
    named, shown = bool(seen.name), found.shown()
    causes, hidden = _listed(cap.cause for cap in found.caps), _listed(found.unseen)
    good = labs.LETTERS.index("A-")
    if labs.LETTERS.index(found.best) > good:
        reason = "below" if found.letter else "below_open"
        return fail(reason, actual=shown, expected="A-", named=named, grade=shown,
                    causes=causes)  # fmt: skip
    if labs.LETTERS.index(found.worst) > good:
        apart = " / ".join(dict.fromkeys((found.best_apart, found.worst_apart)))
        return unknown("open", actual=shown, expected="A-", named=named, best=found.best,
                       worst=found.worst, apart=apart, unseen=hidden)  # fmt: skip
    if hidden:
        return ok("reached_open", actual=shown, expected="A-", named=named, grade=shown,
                  unseen=hidden)  # fmt: skip
    if causes:
        return ok("reached_with", actual=shown, expected="A-", named=named, grade=shown,
                  causes=causes)  # fmt: skip
    return ok("reached", actual=shown, expected="A-", named=named, grade=shown)


@check(needs=TlsFacts)
def mozilla(seen: TlsFacts, context: Context) -> Verdict:
    """The service does not keep to Mozilla's intermediate level, guidelines 6.0."""
    nothing = _nothing(seen)
    if nothing:
        return nothing
    age = max_age(seen, context.service)
    found = guidelines.level(seen, age)
    before = guidelines.level(seen, age, guidelines.BEFORE).shown()
    named, shown = bool(seen.name), found.shown()
    missing, hidden = _listed(found.missing), _listed(found.unseen)
    if found.best == NONE:
        return fail("below", actual=shown, expected="intermediate", named=named, before=before,
                    missing=missing)  # fmt: skip
    if found.worst == NONE:
        return unknown("open", actual=shown, expected="intermediate", named=named,
                       best=found.best, before=before, unseen=hidden)  # fmt: skip
    if found.worst == found.best == "modern":
        return ok("modern", actual=shown, expected="intermediate", named=named, before=before)
    if hidden:
        return ok("intermediate_open", actual=shown, expected="intermediate", named=named,
                  before=before, unseen=hidden)  # fmt: skip
    return ok("intermediate", actual=shown, expected="intermediate", named=named, before=before,
              missing=missing)  # fmt: skip


@check(needs=TlsFacts)
def ipa(seen: TlsFacts) -> Verdict:
    """The service does not keep to the recommended security setting of IPA and CRYPTREC."""
    nothing = _nothing(seen)
    if nothing:
        return nothing
    found = guide.level(seen)
    named, shown, wanted = bool(seen.name), found.shown(), guide.RECOMMENDED
    missing, hidden = _listed(found.missing), _listed(found.unseen)
    if found.best == NONE:
        return fail("none", actual=shown, expected=wanted, named=named, missing=missing)
    if found.best == guide.EXCEPTION:
        reason = "exception" if found.worst == guide.EXCEPTION else "exception_open"
        return fail(reason, actual=shown, expected=wanted, named=named, missing=missing)
    if found.worst not in {guide.HIGH, guide.RECOMMENDED}:
        return unknown("open", actual=shown, expected=wanted, named=named, unseen=hidden)
    if hidden:
        return ok("recommended_open", actual=shown, expected=wanted, named=named, unseen=hidden)
    if found.best == guide.HIGH:
        return ok("high", actual=shown, expected=wanted, named=named)
    return ok("recommended", actual=shown, expected=wanted, named=named, missing=missing)


def _nothing(seen: TlsFacts) -> Verdict | None:
    """Say so where no TLS is offered, or none was seen."""
    named = bool(seen.name)
    if taken(seen.offered) is False:
        return not_applicable("no_tls", named=named)
    trials = [seen.version(version) for version in VERSIONS]
    if any(taken(trial) for trial in trials):
        return None
    detail = next((trial.detail for trial in trials if taken(trial) is None), "")
    return unknown("not_seen", named=named, detail=detail or seen.offered.detail)


def _listed(tokens: Iterable[str]) -> str:
    every = tuple(dict.fromkeys(tokens))
    more = f" (+{len(every) - MOST_TOKENS})" if len(every) > MOST_TOKENS else ""
    return ", ".join(every[:MOST_TOKENS]) + more


def max_age(seen: TlsFacts, service: Service) -> int | None:
    """Return the max-age by which a web server asks for HTTPS (RFC 6797), 0 for none.

    None where no answer was heard over this very connection, and where it does not count: a
    browser heeds it for names alone (8.1.1).
    """
    heard = HttpResponse.heard(service.greeting) if service.tls and seen.name else None
    if heard is None or heard.status not in _TELLING:
        return None
    for directive in heard.header("strict-transport-security").split(";"):
        name, _, value = directive.partition("=")
        digits = value.strip().strip('"')
        if name.strip().lower() == "max-age" and digits.isascii() and digits.isdigit():
            return int(digits[:_LONGEST_AGE])
    return 0
