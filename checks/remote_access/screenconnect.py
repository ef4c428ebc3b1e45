"""ScreenConnect: a support server that steers every computer it looks after, reachable, flawed."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.remote_access.collect_screenconnect import TITLE, ScreenconnectFront

from posture_scan.sdk import Context, Method, Status, Verdict, check, fail, ok, unknown

_PRODUCT: Final = "screenconnect"
"""The product's id in the product data."""
_SHOWN: Final = 6


@check(needs=ScreenconnectFront, absent=Status.PASS)
def exposed(seen: ScreenconnectFront) -> Verdict:
    """ScreenConnect's web server answers."""
    if not seen.how:
        return ok("other_web_service")
    if seen.how == TITLE:
        return unknown("named_by_title")
    if seen.version:
        actual = f"ScreenConnect {seen.version}"
        return fail("reachable_version", actual=actual, version=seen.version)
    return fail("reachable", actual="ScreenConnect")


@check(needs=ScreenconnectFront, absent=Status.PASS)
def known_exploited(seen: ScreenconnectFront, context: Context) -> Verdict:
    """The version has a flaw that is known to be exploited.

    It never passes: the list of this product's flaws is not known to be complete, so that no
    flaw found for a version is not the same as none.
    """
    if not seen.how:
        return ok("other_web_service")
    if seen.how == TITLE:
        return unknown("named_by_title")
    product = context.products.product(_PRODUCT)
    parts = seen.version.split(".")
    if product is None or len(parts) < max(product.numbers, 2):
        return unknown("version_not_read", actual=seen.version)
    values = {"version": seen.version, "as_of": context.products.exploited_as_of.isoformat()}
    # The fourth number is the build; the maker names its fixes by the first three.
    release = ".".join(parts[: product.numbers or None])
    affected = product.standing(release).affected
    if not affected:
        return unknown("not_settled", actual=seen.version, **values)
    cves = ", ".join(flaw.cve for flaw in affected[:_SHOWN])
    method = Method.VERSION_WITH_PATCH_LEVEL
    return fail("affected", actual=seen.version, method=method, cves=cves, **values)
