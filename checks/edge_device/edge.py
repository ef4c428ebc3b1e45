"""Which version speaks for a device: what its front page showed, or what its own export says.

An export is the owner's word about a file, so it settles only what could not be seen, and never
outweighs what was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from posture_scan.checks.edge_device import by_version
from posture_scan.checks.edge_device.collect_sslvpn import EdgeFront
from posture_scan.checks.edge_device.device_facts import DeviceExport, agree, fullest
from posture_scan.checks.edge_device.fingerprint import WEAK

from posture_scan.sdk import Context, Method, Product, Status, Verdict, unknown

READ, LINE_ONLY = "read", "branch"

_Decide = Callable[[Product | None, str, Method, Mapping[str, str], Context], Verdict]


def support(seen: EdgeFront, context: Context) -> Verdict:
    """Judge whether the version of a device that was named still gets fixes."""
    return _judged(seen, context, (READ, LINE_ONLY), by_version.support)


def exploited(seen: EdgeFront, context: Context) -> Verdict:
    """Judge whether the version of a device that was named has a flaw that is exploited."""
    return _judged(seen, context, (READ,), by_version.exploited)


def _judged(seen: EdgeFront, context: Context, states: Collection[str], decide: _Decide) -> Verdict:
    """Judge the version that was read in one of these states, else the export's.

    A version that was read decides; where an export beside it names another one, it can only
    make things worse than they looked, never better.
    """
    exports = [item for item in context.beside if isinstance(item, DeviceExport)]
    contradicted = bool(exports) and not _agree(seen, exports)
    product = context.products.product(seen.product)
    values = {"product": seen.title, "command": seen.settle}
    if seen.strength != WEAK and seen.version_state in states:
        verdict = decide(product, seen.version, _method(seen), values, context)
        return verdict if verdict.status is Status.FAIL or not contradicted else _odd(seen)
    if contradicted:
        return _odd(seen)
    stated = fullest(exports)
    if stated:
        return decide(product, stated, Method.DEVICE_EXPORT, values, context)
    return _open_question(seen)


def _agree(seen: EdgeFront, exports: Collection[DeviceExport]) -> bool:
    """Tell whether every export is of this product, and of one version that fits what was read."""
    shown = seen.version if seen.version_state in {READ, LINE_ONLY} else ""
    one_product = all(item.product == seen.product for item in exports)
    fits: bool = agree(exports, shown)
    return one_product and fits


def _odd(seen: EdgeFront) -> Verdict:
    return unknown("export_contradicts", actual=seen.title, product=seen.title)


def _open_question(seen: EdgeFront) -> Verdict:
    """Say what keeps the version from being judged, and what would settle it."""
    if seen.strength == WEAK:
        return unknown("product_unsure", actual=seen.title, product=seen.title)
    values = {"product": seen.title, "command": seen.settle}
    if seen.hint_date:
        return unknown("only_build_date", actual=seen.hint_date, date=seen.hint_date, **values)
    return unknown("version_not_readable", actual=seen.version, **values)


def _method(seen: EdgeFront) -> Method:
    whole = seen.version_state == READ
    return Method.VERSION_WITH_PATCH_LEVEL if whole else Method.ANALYSIS
