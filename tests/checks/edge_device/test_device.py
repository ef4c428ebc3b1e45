"""Devices that can be managed: their version judged as a gateway's, and nobody judged twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from posture_scan.checks.edge_device import device, sslvpn
from posture_scan.checks.edge_device.collect_sslvpn import EdgeFront
from posture_scan.checks.edge_device.device_facts import DeviceExport
from posture_scan.checks.edge_device.naming import Device

from posture_scan.sdk import Check, Context, Facts, Method, Service, Status, Vantage, Verdict
from tests.checks.edge_device.device_sites import GADGETS
from tests.checks.edge_device.looking import look
from tests.products.young import young

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def judge(check: Check, seen: EdgeFront, *beside: Facts) -> Verdict:
    context = Context(
        NOW, NOW, Service("http"), Vantage.EXTERNAL, beside=beside, products=young(NOW)
    )
    return check.judge(seen, context)


def shown(product: str, version: str, state: str = "read", strength: str = "strong") -> EdgeFront:
    shown_device = Device(
        product, product, "router", strength, admin_page=True, version=version,
        version_state=state, settle="show version",
    )  # fmt: skip
    return EdgeFront(device=shown_device)


@pytest.mark.parametrize(
    ("product", "version", "reason", "status"),
    [
        ("vmware-esxi", "7.0.3 build-22348816", "ended", Status.FAIL),
        ("vmware-esxi", "8.0.3 build-24677879", "supported", Status.PASS),
        ("msexchange", "15.2.1118.7", "ended", Status.FAIL),
        ("msexchange", "15.2.2562.49", "supported", Status.PASS),
        ("routeros", "6.42.3", "ended_undated", Status.FAIL),
        ("qnap-qts", "5.1.8 build 20240712", "data_unsure", Status.UNKNOWN),
        ("draytek-vigor", "", "version_not_readable", Status.UNKNOWN),
    ],
)
def test_end_of_life(product: str, version: str, reason: str, status: Status) -> None:
    seen = shown(product, version, "read" if version else "not_readable")
    verdict = judge(device.end_of_life, seen)
    assert (verdict.reason, verdict.status) == (reason, status)


def test_exchange_from_the_time_of_proxyshell() -> None:
    verdict = judge(device.known_exploited, shown("msexchange", "15.2.721.2"))
    assert verdict.status is Status.FAIL
    assert "CVE-2021-34473" in str(dict(verdict.values)["cves"])
    assert judge(device.known_exploited, shown("msexchange", "15.2.1118.7")).status is not (
        Status.FAIL
    )


def test_a_devices_version_is_judged_as_a_gateways_is() -> None:
    for product, version in (("fortios", "7.2.1"), ("fortios", "7.6.6"), ("pan-os", "11.0.6")):
        gateway = EdgeFront(product, product, "strong", version=version, version_state="read",
                            settle="show version")  # fmt: skip
        for ours, theirs in ((device.end_of_life, sslvpn.end_of_life),
                             (device.known_exploited, sslvpn.known_exploited)):  # fmt: skip
            assert judge(ours, shown(product, version)) == judge(theirs, gateway)


def test_a_weak_product_has_no_version_to_judge() -> None:
    for check in (device.end_of_life, device.known_exploited):
        seen = shown("vmware-esxi", "6.7.0 build-1", strength="weak")
        assert judge(check, seen).reason == "product_unsure"


def test_nobody_is_judged_twice() -> None:
    seen = look(GADGETS["fortigate_admin"].site)
    assert judge(device.exposed, seen).status is Status.FAIL
    for check in (device.end_of_life, device.known_exploited):
        verdict = judge(check, seen)
        assert (verdict.status, verdict.reason) == (Status.NOT_APPLICABLE, "judged_as_gateway")


def test_a_router_without_a_model_is_unknown() -> None:
    seen = look(GADGETS["some_router"].site)
    assert judge(device.end_of_life, seen).reason == "model_not_known"


def test_an_export_settles_its_own_device_only() -> None:
    export = DeviceExport("fortigate", "fortios", "FortiOS", "7.6.6", "0" * 64)
    forti = shown("fortios", "", "not_readable")
    verdict = judge(device.end_of_life, forti, export)
    assert (verdict.reason, verdict.method) == ("supported", Method.DEVICE_EXPORT)
    storage = shown("synology-dsm", "", "not_readable")
    assert judge(device.end_of_life, storage, export).reason == "version_not_readable"


def test_devices_that_contradict_each_other_clear_nobody() -> None:
    seen = replace(EdgeFront(complete=False), conflict=("A", "B"))
    for check in (device.exposed, device.end_of_life, device.known_exploited):
        assert judge(check, seen).reason == "conflicting"


def test_no_sight_is_no_safety() -> None:
    for check in (device.exposed, device.end_of_life, device.known_exploited):
        assert judge(check, EdgeFront()).reason == "no_device"
        assert judge(check, EdgeFront(complete=False)).reason == "not_fully_read"
