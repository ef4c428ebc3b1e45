"""Judges whether one product that a service named is past the end of its support.

Distributions repair old versions without changing their number. So a build that may be a
distribution's is judged by the distribution's dates, never by upstream's; software counts as
ended only where every place it may come from has ended.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from posture_scan.checks.software.recognise import (
    NO_DISTRIBUTION,
    Software,
    complete,
    distribution_title,
    products,
)
from posture_scan.checks.software.settle import command

from posture_scan.sdk import (
    Branch,
    Home,
    Method,
    Product,
    ProductData,
    Support,
    Verdict,
    fail,
    ok,
    unknown,
)

_FULL: Final = Method.VERSION_WITH_PATCH_LEVEL
_BARE: Final = Method.VERSION_WITHOUT_PATCH_LEVEL


def judge(software: Software, data: ProductData, today: date) -> Verdict:
    """Return ``fail`` for ended, ``ok`` for supported, else ``unknown`` with what is missing."""
    if not software.version:
        return _unknown("version_not_disclosed", software, data)
    if software.distribution and software.distribution not in NO_DISTRIBUTION:
        return _by_distribution(software, data, today)
    homes: tuple[Home, ...] = ()
    if not (software.distribution or products()[software.product].vendor_build):
        homes = data.homes(software.product, software.version)
    return _by_branch(software, homes, data, today)


# --- a build whose distribution is named ------------------------------------------------------


def _by_distribution(software: Software, data: ProductData, today: date) -> Verdict:
    homes = named_homes(software, data)
    if not homes:
        known = software.distribution in data.releases
        reason = "release_not_visible" if known else "distribution_not_listed"
        named = distribution_title(software.distribution)
        return _unknown(reason, software, data, distribution=named)
    supports = {data.support(home.span, today) for home in homes}
    names = _names(homes)
    if supports == {Support.ENDED}:
        method = _FULL if software.revision else _BARE
        ended = max(home.span.last_day for home in homes)
        return _fail("distribution_ended", software, data, method, ended=ended, what=names)
    if Support.STALE in supports:
        return _unknown("stale_data", software, data)
    if supports <= {Support.ENDED, Support.PAID}:
        return _unknown("extended_support_possible", software, data, distribution=names)
    if software.revision and supports == {Support.SUPPORTED}:
        return ok(
            "distribution_supported", method=_FULL, actual=software.shown,
            ends=min(home.span.last_day for home in homes), distribution=names,
            **_about(software, data),
        )  # fmt: skip
    return _unknown("revision_not_visible", software, data, homes, distribution=names)


def named_homes(software: Software, data: ProductData) -> tuple[Home, ...]:
    """Return the releases of the named distribution that this build may belong to."""
    if software.release:
        home = data.release(software.distribution, software.release)
        return (home,) if home else ()
    homes: tuple[Home, ...] = data.homes(software.product, software.version, software.distribution)
    return homes


def _names(homes: tuple[Home, ...]) -> str:
    return ", ".join(f"{distribution_title(home.distribution)} {home.release}" for home in homes)


# --- a build that may be upstream's or anybody's ------------------------------------------------


def _by_branch(
    software: Software, homes: tuple[Home, ...], data: ProductData, today: date
) -> Verdict:
    known = data.product(software.product)
    branch = known.branch(software.version) if known else None
    if branch is None:
        return _unknown(_why_no_branch(software, homes, known), software, data, homes)
    upstream = data.support(branch.span, today)
    supports = {data.support(home.span, today) for home in homes} | {upstream}
    if supports == {Support.ENDED}:
        method = _FULL if complete(software) else _BARE
        dated = branch.span.ends[:1].isdigit()
        reason = "branch_ended" if dated else "branch_ended_undated"
        values = {"what": branch.name or branch.cycle, "ended": branch.span.ends}
        return _fail(reason, software, data, method, **values)
    if supports == {Support.SUPPORTED}:
        return _supported(software, branch, data)
    if supports <= {Support.ENDED, Support.PAID}:
        paid = [home for home in homes if data.support(home.span, today) is Support.PAID]
        whose = _names(tuple(paid)) or f"{products()[software.product].title} {branch.cycle}"
        return _unknown("extended_support_possible", software, data, distribution=whose)
    if homes and upstream in {Support.ENDED, Support.PAID, Support.SUPPORTED}:
        return _unknown("revision_not_visible", software, data, homes, distribution=_names(homes))
    return _unknown(_UPSTREAM_REASONS.get(upstream, "stale_data"), software, data)


_UPSTREAM_REASONS: Final = {
    Support.DISPUTED: "support_disputed",
    Support.UNDATED: "no_support_dates",
    Support.STALE: "stale_data",
}


def _why_no_branch(software: Software, homes: tuple[Home, ...], known: Product | None) -> str:
    if known is None or not known.branches:
        return "revision_not_visible_undated" if homes else "no_support_dates"
    return "newer_than_data" if known.beyond(software.version) else "branch_not_listed"


def _supported(software: Software, branch: Branch, data: ProductData) -> Verdict:
    method = _FULL if complete(software) else _BARE
    return ok(
        "branch_supported", method=method, actual=software.shown, branch=branch.cycle,
        **_about(software, data),
    )  # fmt: skip


# --- verdicts with the values every sentence needs ------------------------------------------------


def _about(software: Software, data: ProductData) -> dict[str, str]:
    return {
        "product": products()[software.product].title,
        "version": software.version,
        "shown": software.shown,
        "as_of": data.as_of.isoformat(),
    }


def _unknown(
    reason: str,
    software: Software,
    data: ProductData,
    homes: tuple[Home, ...] = (),
    **values: str,
) -> Verdict:
    values = {**_about(software, data), **values, "command": command(software, homes, data)}
    return unknown(reason, actual=software.shown, **values)


def _fail(
    reason: str, software: Software, data: ProductData, method: Method, **values: str
) -> Verdict:
    about = _about(software, data)
    return fail(reason, actual=software.shown, method=method, **about, **values)
