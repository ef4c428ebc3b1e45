"""What a device's own export shows that nobody sees from outside: settings, age, known flaws."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.edge_device import by_version
from posture_scan.checks.edge_device.collect_sslvpn import EdgeFront
from posture_scan.checks.edge_device.device_facts import DeviceExport, Setting

from posture_scan.sdk import Context, Product, Verdict, check, fail, not_applicable, ok, unknown

_WAYS: Final = {
    "admin_https": "HTTPS",
    "admin_http": "HTTP",
    "admin_ssh": "SSH",
    "admin_telnet": "Telnet",
}


@check(needs=DeviceExport)
def pptp(seen: DeviceExport) -> Verdict:
    """The device is told to serve PPTP."""
    setting = next((item for item in seen.settings if item.id == "pptp"), None)
    if setting is None or setting.state == "unclear":
        return unknown("not_in_file", product=seen.title)
    if setting.state == "on":
        return fail("switched_on", actual="on", expected="off", product=seen.title)
    return ok("switched_off", actual="off", product=seen.title)


@check(needs=DeviceExport)
def admin_outside(seen: DeviceExport) -> Verdict:
    """The device can be administered from the Internet side."""
    known = [item for item in seen.settings if item.id in _WAYS]
    if not known:
        return unknown("not_in_file", product=seen.title)
    outside = _ways([item for item in known if item.state == "on" and item.outside])
    if outside:
        return fail("open_outside", actual=outside, product=seen.title, ways=outside)
    unclear = _ways([item for item in known if item.state == "unclear"])
    if unclear:
        return unknown("unclear", actual=unclear, product=seen.title, ways=unclear)
    return ok("closed_outside", product=seen.title)


@check(needs=DeviceExport, beside=EdgeFront)
def end_of_life(seen: DeviceExport, context: Context) -> Verdict:
    """The device's software branch gets no more fixes."""
    open_question = _open_question(seen, context)
    if open_question:
        return open_question
    product: Product | None = context.products.product(seen.product)
    values = {"product": seen.title}
    verdict: Verdict = by_version.support(product, seen.version, seen.method, values, context)
    return verdict


@check(needs=DeviceExport, beside=EdgeFront)
def known_exploited(seen: DeviceExport, context: Context) -> Verdict:
    """The device's version has a flaw that is known to be exploited."""
    open_question = _open_question(seen, context)
    if open_question:
        return open_question
    product: Product | None = context.products.product(seen.product)
    values = {"product": seen.title}
    verdict: Verdict = by_version.exploited(product, seen.version, seen.method, values, context)
    return verdict


def _open_question(seen: DeviceExport, context: Context) -> Verdict | None:
    """Return what keeps the version from being judged here, or None.

    Where the device shows itself outside, ``sslvpn`` judges it, this file beside it.
    """
    if any(getattr(front, "product", "") == seen.product for front in context.beside):
        return not_applicable("judged_at_its_front", product=seen.title)
    return None if seen.version else unknown("version_not_in_file", product=seen.title)


def _ways(found: list[Setting]) -> str:
    return ", ".join(sorted(_WAYS[item.id] for item in found))
