"""SSL-VPN gateways: reachable, no longer supported, or with a flaw known to be exploited."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.edge_device.collect_sslvpn import EdgeFront
from posture_scan.checks.edge_device.edge import Branch, Product, products, stand
from posture_scan.checks.edge_device.fingerprint import WEAK

from posture_scan.sdk import Context, Method, Status, Verdict, check, fail, ok, unknown

_SHOWN: Final = 6
_READ, _BRANCH = "read", "branch"


@check(needs=EdgeFront, absent=Status.PASS)
def exposed(seen: EdgeFront) -> Verdict:
    """The front page of an SSL-VPN can be reached."""
    if not seen.product:
        return _nothing_found(seen)
    if not seen.vpn_page:
        return unknown("vpn_page_not_seen", actual=seen.title, product=seen.title)
    method = Method.ANALYSIS if seen.strength == WEAK else None
    return fail("reachable", actual=seen.title, method=method, product=seen.title)


@check(needs=EdgeFront, absent=Status.PASS)
def end_of_life(seen: EdgeFront, context: Context) -> Verdict:
    """The device's software branch gets no more fixes."""
    open_question = _open_question(seen, states=(_READ, _BRANCH))
    if open_question:
        return open_question
    product: Product = products()[seen.product]
    branch = product.branch(seen.version)
    if branch is None:
        return unknown("branch_not_in_data", actual=seen.version, **_values(seen, product))
    values = {**_values(seen, product), "branch": branch.cycle}
    state = _support(branch, context)
    if state == "ended":
        return fail(
            "ended", actual=seen.version, expected="supported", method=_method(seen),
            eol=str(branch.eol), **values,
        )  # fmt: skip
    if state == "supported":
        return ok("supported", actual=seen.version, method=_method(seen), **values)
    return unknown(state, actual=seen.version, **values)


@check(needs=EdgeFront, absent=Status.PASS)
def known_exploited(seen: EdgeFront, context: Context) -> Verdict:
    """The version has a flaw that is known to be exploited."""
    open_question = _open_question(seen, states=(_READ,))
    if open_question:
        return open_question
    product: Product = products()[seen.product]
    standing = stand(product, seen.version)
    values = {**_values(seen, product), "as_of": product.exploited_as_of.isoformat()}
    method = Method.VERSION_WITH_PATCH_LEVEL
    if standing.affected:
        shown = ", ".join(standing.affected[:_SHOWN])
        return fail("affected", actual=seen.version, method=method, cves=shown, **values)
    if standing.unsettled:
        shown = ", ".join(standing.unsettled[:_SHOWN])
        return unknown("not_settled", actual=seen.version, cves=shown, **values)
    if product.branch(seen.version) is None:
        return unknown("branch_not_in_data", actual=seen.version, **values)
    if not product.is_fresh(context.now.date()):
        return unknown("data_stale", actual=seen.version, **values)
    return ok("none_known", actual=seen.version, method=method, **values)


def _nothing_found(seen: EdgeFront) -> Verdict:
    return ok("no_edge_device") if seen.complete else unknown("not_fully_read")


def _open_question(seen: EdgeFront, states: tuple[str, ...]) -> Verdict | None:
    """Return what keeps the version from being judged, or None when nothing does."""
    if not seen.product:
        return _nothing_found(seen)
    if seen.strength == WEAK:
        return unknown("product_unsure", actual=seen.title, product=seen.title)
    if seen.version_state in states and seen.product in products():
        return None
    values = {"product": seen.title, "command": seen.settle}
    if seen.hint_date:
        return unknown("only_build_date", actual=seen.hint_date, date=seen.hint_date, **values)
    return unknown("version_not_readable", actual=seen.version, **values)


def _support(branch: Branch, context: Context) -> str:
    """Return ``ended``, ``supported`` or the reason why it cannot be said."""
    if branch.confidence == "low":
        return "data_unsure"
    if branch.status == "disputed":
        return "disputed"
    if branch.eol is None or branch.status in {"unknown", "extended_only"}:
        return "support_unknown"
    return "ended" if branch.eol <= context.now.date() else "supported"


def _method(seen: EdgeFront) -> Method:
    whole = seen.version_state == _READ
    return Method.VERSION_WITH_PATCH_LEVEL if whole else Method.ANALYSIS


def _values(seen: EdgeFront, product: Product) -> dict[str, str]:
    return {
        "product": seen.title,
        "version": seen.version,
        "command": seen.settle,
        "as_of": product.as_of.isoformat(),
        "source": product.source,
    }
