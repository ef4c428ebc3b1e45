"""Routers, firewalls, storage, hypervisors, cameras and printers that can be logged on to."""

from __future__ import annotations

from dataclasses import replace

from posture_scan.checks.edge_device import edge
from posture_scan.checks.edge_device.collect_sslvpn import EdgeFront
from posture_scan.checks.edge_device.device_facts import DeviceExport
from posture_scan.checks.edge_device.fingerprint import WEAK
from posture_scan.checks.edge_device.naming import Device

from posture_scan.sdk import (
    Context,
    Method,
    Status,
    Verdict,
    check,
    fail,
    not_applicable,
    ok,
    unknown,
)


@check(needs=EdgeFront, absent=Status.PASS)
def exposed(seen: EdgeFront) -> Verdict:
    """The page or login that a device is managed through can be reached."""
    device = seen.device
    if device is None or seen.conflict:
        return _nothing_found(seen)
    if not device.admin_page:
        return _without_login(seen, device)
    method = Method.ANALYSIS if device.strength == WEAK else None
    if not device.product:
        return fail("router_page", actual=device.kind, method=method)
    return fail("reachable", actual=device.title, method=method, product=device.title)


@check(needs=EdgeFront, absent=Status.PASS, beside=DeviceExport)
def end_of_life(seen: EdgeFront, context: Context) -> Verdict:
    """The device's software gets no more fixes."""
    open_question = _open_question(seen)
    if open_question:
        return open_question
    verdict: Verdict = edge.support(_as_gateway(seen), _own(seen, context))
    return verdict


@check(needs=EdgeFront, absent=Status.PASS, beside=DeviceExport)
def known_exploited(seen: EdgeFront, context: Context) -> Verdict:
    """The device's version has a flaw that is known to be exploited."""
    open_question = _open_question(seen)
    if open_question:
        return open_question
    verdict: Verdict = edge.exploited(_as_gateway(seen), _own(seen, context))
    return verdict


def _nothing_found(seen: EdgeFront) -> Verdict:
    if seen.conflict:
        return unknown("conflicting", products=", ".join(seen.conflict))
    return ok("no_device") if seen.complete else unknown("not_fully_read")


def _without_login(seen: EdgeFront, device: Device) -> Verdict:
    if device.kind == "mail":
        return ok("meant_to_be_reached", actual=device.title, product=device.title)
    reason = "login_not_seen" if seen.complete else "not_fully_read"
    return unknown(reason, actual=device.title, product=device.title)


def _open_question(seen: EdgeFront) -> Verdict | None:
    """Return what keeps the device's version from being judged here, or None."""
    device = seen.device
    if device is None or seen.conflict:
        return _nothing_found(seen)
    if not device.product:
        return unknown("model_not_known", actual=device.kind)
    if device.product == seen.product:
        return not_applicable("judged_as_gateway", product=device.title)
    return None


def _as_gateway(seen: EdgeFront) -> EdgeFront:
    """Put the device where a gateway stands: one set of rules judges the version of both."""
    device = seen.device
    if device is None:
        return seen
    return EdgeFront(
        device.product, device.title, device.strength, version=device.version,
        version_state=device.version_state, hint_date=device.hint_date, settle=device.settle,
        complete=seen.complete,
    )  # fmt: skip


def _own(seen: EdgeFront, context: Context) -> Context:
    """Leave exports of other products out: they are other devices' behind the same address."""
    product = seen.device.product if seen.device else ""
    own = tuple(
        item for item in context.beside
        if isinstance(item, DeviceExport) and item.product == product
    )  # fmt: skip
    return replace(context, beside=own)
