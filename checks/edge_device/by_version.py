"""Judges a version of a product: does it still get fixes, are its flaws being exploited.

However the version was learnt: from a front page, or from the device's own export.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from posture_scan.sdk import (
    Branch,
    Context,
    Exploit,
    Method,
    Product,
    Support,
    Verdict,
    fail,
    ok,
    unknown,
)

_SHOWN: Final = 6
_WHY_NOT: Final = {
    Support.PAID: "extended_only", Support.STALE: "data_stale", Support.DISPUTED: "disputed",
}  # fmt: skip


def support(
    product: Product | None,
    version: str,
    method: Method,
    values: Mapping[str, str],
    context: Context,
) -> Verdict:
    """Judge whether the version still gets fixes.

    Args:
        product: what is known of the product; None where the data has nothing.
        version: as the maker writes it.
        method: how the version was learnt.
        values: what the sentences need beside the version: ``product``, and ``command`` if known.
        context: the moment of judging and the data.
    """
    values = {**values, "version": version}
    if product is None or not product.branches:
        return unknown("no_product_data", actual=version, **values)
    values |= {"source": product.source, "as_of": context.products.as_of.isoformat()}
    branch = product.branch(version)
    if branch is None:
        return unknown("branch_not_in_data", actual=version, **values)
    values["branch"] = branch.name or branch.cycle
    state = context.products.support(branch.span, context.now.date())
    method = _weaker(method, branch.confidence)
    if state is Support.ENDED:
        dated = branch.span.ends[:1].isdigit()
        return fail(
            "ended" if dated else "ended_undated", actual=version, expected="supported",
            method=method, eol=branch.span.last_day, **values,
        )  # fmt: skip
    if state is Support.SUPPORTED:
        return ok("supported", actual=version, method=method, **values)
    return unknown(_why_not(state, branch), actual=version, **values)


def _why_not(state: Support, branch: Branch) -> str:
    undated = "data_unsure" if branch.confidence == "low" else "support_unknown"
    return _WHY_NOT.get(state, undated)


def exploited(
    product: Product | None,
    version: str,
    method: Method,
    values: Mapping[str, str],
    context: Context,
) -> Verdict:
    """Judge whether the version has a flaw that is exploited; arguments as for ``support``."""
    values = {**values, "version": version}
    if product is None:
        return unknown("no_product_data", actual=version, **values)
    data = context.products
    standing = product.standing(version)
    values |= {"source": product.source, "as_of": data.exploited_as_of.isoformat()}
    if standing.affected:
        return _affected(standing.affected, method, version, values)
    if standing.conditional or standing.unsettled:
        return _open((*standing.conditional, *standing.unsettled), version, values)
    if product.branches and product.branch(version) is None:
        return unknown("branch_not_in_data", actual=version, **values)
    if not product.branches or not product.reviewed:
        return unknown("list_not_complete", actual=version, **values)
    if not data.silence_counts(context.now.date()):
        return unknown("data_stale", actual=version, **values)
    return ok("none_known", actual=version, method=method, **values)


def _open(flaws: Sequence[Exploit], version: str, values: Mapping[str, str]) -> Verdict:
    ranged = any(flaw.affected or flaw.fixed or flaw.fixed_after for flaw in flaws)
    reason = "not_settled" if ranged else "flaw_without_versions"
    return unknown(reason, actual=version, cves=_named(flaws), **values)


def _affected(
    flaws: Sequence[Exploit], method: Method, version: str, values: Mapping[str, str]
) -> Verdict:
    reason = "affected_ransomware" if any(flaw.ransomware for flaw in flaws) else "affected"
    surest = "high" if any(flaw.confidence == "high" for flaw in flaws) else "medium"
    return fail(
        reason, actual=version, method=_weaker(method, surest), cves=_named(flaws), **values
    )


def _named(flaws: Sequence[Exploit]) -> str:
    """Name flaws, those of ransomware campaigns first: they decide how fast somebody acts."""
    first = sorted(flaws, key=lambda flaw: not flaw.ransomware)
    return ", ".join(flaw.cve for flaw in first[:_SHOWN])


def _weaker(method: Method, confidence: str) -> Method:
    """A version is no surer than the data it is compared with."""
    sure = confidence == "high" or method is not Method.VERSION_WITH_PATCH_LEVEL
    return method if sure else Method.ANALYSIS
