"""The operating system: whether anybody still repairs it.

Debian's LTS and Ubuntu's ESM, Red Hat's ELS and SUSE's LTSS count when this computer shows that
it takes part. Where nothing of the kind is shown although it would be seen, what is left is
"extended support only", which is a weakness. Windows' ESU leaves no trace that is documented, so
the proof of purchase has to settle it.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from posture_scan.checks.host.collect_system import Extended, OperatingSystem

from posture_scan.sdk import (
    Branch,
    Context,
    Home,
    ProductData,
    Support,
    Verdict,
    check,
    fail,
    ok,
    unknown,
    unseen,
)

_AUTUMN: Final = (9, 10)
"""Apple brings a new macOS every autumn without saying when the oldest loses its support. From
this day on, dates made before it leave that open."""
_MAINTAINED: Final = 2
"""So many of the newest known macOS releases outlive the next autumn."""


@check(needs=OperatingSystem)
def end_of_life(facts: OperatingSystem, context: Context) -> Verdict:
    """Judge the release by the day on which its public support ends."""
    data, today = context.products, context.observed_at.date()
    about = {"system": facts.shown, "as_of": data.as_of.isoformat()}
    if not facts.product or not facts.shown:
        return unseen(facts)
    if not data.releases:
        return unknown("no_data_here", system=facts.shown)
    if facts.rolling:
        return unknown("rolling", **about)
    known = [item for name in facts.releases for item in _found(data, facts.product, name)]
    if not known:
        return unknown(_why_not_known(facts, data), **about)
    supports = {data.support(item.span, today) for item in known}
    if len(supports) > 1:
        return unknown("edition_unclear", **about)
    return _judged(facts, known, supports.pop(), context, about)


def _judged(
    facts: OperatingSystem,
    known: list[Branch | Home],
    support: Support,
    context: Context,
    about: dict[str, Any],
) -> Verdict:
    data, today = context.products, context.observed_at.date()
    span = min((item.span for item in known), key=lambda item: item.last_day)
    about = {**about, "ends": span.last_day}
    if support is Support.ENDED:
        dated = span.last_day[:1].isdigit()
        return fail("ended" if dated else "ended_undated", actual=facts.shown, **about)
    if support is Support.PAID:
        shown = {**about, "ends": span.paid_until}
        return _extended(facts.extended, "extended_support", facts, shown, about)
    if support is Support.SUPPORTED and span.free_until and span.ends < today.isoformat():
        over = {**about, "ends": span.ends}
        return _extended(facts.long_term, "long_term_support", facts, about, over)
    if support is Support.SUPPORTED and not _in_doubt(facts, data, today):
        reason = "supported" if span.last_day[:1].isdigit() else "supported_open"
        return ok(reason, actual=facts.shown, **about)
    return unknown(_UNSURE.get(support, "stale_data"), **about)


_UNSURE: Final = {Support.DISPUTED: "support_disputed", Support.UNDATED: "no_dates"}


def _extended(
    taken: Extended, good: str, facts: OperatingSystem, shown: dict[str, Any], over: dict[str, Any]
) -> Verdict:
    """Judge a release whose standard support is over, by what the computer shows."""
    if taken is Extended.SHOWN:
        return ok(good, actual=facts.shown, **shown)
    if taken is Extended.NOT_SHOWN:
        return fail("extended_support_only", actual=facts.shown, **over)
    return unknown("extended_support_unproven", **over)


def _found(data: ProductData, product: str, release: str) -> list[Branch | Home]:
    home = data.release(product, release)
    if home is not None:
        return [home]
    known = data.product(product)
    if known is None:
        return []
    if product.startswith("windows"):
        return [item for item in known.branches if item.cycle == release]
    branch = known.branch(release)
    return [branch] if branch else []


def _why_not_known(facts: OperatingSystem, data: ProductData) -> str:
    known = data.product(facts.product)
    newer = known is not None and any(known.beyond(name) for name in facts.releases)
    return "newer_than_data" if newer and facts.product == "macos" else "not_listed"


def _in_doubt(facts: OperatingSystem, data: ProductData, today: date) -> bool:
    """Tell whether an autumn has passed since the dates, in which a macOS may have lost support."""
    if facts.product != "macos":
        return False
    known = data.product("macos")
    newest = [item.cycle for item in known.branches if item.span.ends == "open"] if known else []
    turns = [date(year, *_AUTUMN) for year in range(data.as_of.year, today.year + 1)]
    turned = sum(data.as_of < turn <= today for turn in turns)
    first = facts.releases[0].split(".")[0]
    return first not in newest[: max(0, _MAINTAINED + 1 - turned)]
