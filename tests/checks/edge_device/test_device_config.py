"""What an export shows that nobody sees from outside: settings, age and flaws, judged by data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from posture_scan.checks.edge_device import device_config
from posture_scan.checks.edge_device.device_facts import DeviceExport

from posture_scan.products.place import builtin
from posture_scan.sdk import Check, Context, Facts, Service, Status, Vantage, Verdict
from tests.checks.edge_device.exports import ALL, READERS
from tests.checks.edge_device.judged import edge
from tests.checks.edge_device.judged_exports import export

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FRESH = replace(builtin(), as_of=date(2026, 11, 22), exploited_as_of=date(2026, 11, 22))


def judge(check: Check, facts: DeviceExport, *beside: Facts) -> Verdict:
    context = Context(NOW, NOW, Service(), Vantage.HOST, beside, FRESH)
    return check.judge(facts, context)


@pytest.mark.parametrize(
    ("state", "status"),
    [("on", Status.FAIL), ("off", Status.PASS), ("unclear", Status.UNKNOWN)],
)
def test_pptp(state: str, status: Status) -> None:
    assert judge(device_config.pptp, export("yamaha-rtx", "1", pptp=state)).status is status


def test_settings_that_are_not_in_the_file_are_not_fine() -> None:
    nothing = export("fortios", "7.4.11")
    assert judge(device_config.pptp, nothing).status is Status.UNKNOWN
    assert judge(device_config.admin_outside, nothing).status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("settings", "reason", "ways"),
    [
        ({"admin_https": "on", "admin_ssh": "off"}, "closed_outside", None),
        ({"admin_https": "on!", "admin_ssh": "unclear"}, "open_outside", "HTTPS"),
        ({"admin_telnet": "on!", "admin_http": "on!"}, "open_outside", "HTTP, Telnet"),
        ({"admin_https": "off", "admin_ssh": "unclear"}, "unclear", "SSH"),
    ],
)
def test_administration_from_outside(
    settings: dict[str, str], reason: str, ways: str | None
) -> None:
    verdict = judge(device_config.admin_outside, export("fortios", "7.4.11", **settings))
    assert (verdict.reason, dict(verdict.values).get("ways")) == (reason, ways)


@pytest.mark.parametrize(
    ("product", "version", "end_of_life", "known_exploited"),
    [
        ("fortios", "7.4.11", "supported", "none_known"),
        ("fortios", "7.2.4", "ended", "affected_ransomware"),
        ("fortios", "7.4.8", "supported", "affected"),
        ("fortios", "5.4", "branch_not_in_data", "not_settled"),
        ("pan-os", "10.2", "disputed", "not_settled"),
        ("cisco-ftd", "7.2.5", "no_product_data", "no_product_data"),
        ("yamaha-rtx", "14.01.42", "no_product_data", "list_not_complete"),
        ("cisco-ios-xe", "17.9.4a", "ended", "list_not_complete"),
    ],
)
def test_age_and_flaws(product: str, version: str, end_of_life: str, known_exploited: str) -> None:
    facts = export(product, version)
    assert judge(device_config.end_of_life, facts).reason == end_of_life
    assert judge(device_config.known_exploited, facts).reason == known_exploited


@pytest.mark.parametrize("check", [device_config.end_of_life, device_config.known_exploited])
def test_a_device_that_shows_itself_is_judged_once(check: Check) -> None:
    facts = export("fortios", "7.2.4")
    assert judge(check, facts, edge("fortios", "")).status is Status.NOT_APPLICABLE
    assert judge(check, facts, edge("pan-os", "")).status is Status.FAIL


def test_a_real_status_and_a_weak_configuration() -> None:
    status, weak = (
        next(r for r in READERS if r.name == "fortigate_export").function(ALL[name])
        for name in ("fortigate_status.txt", "fortigate_weak.conf")
    )
    assert judge(device_config.end_of_life, status).status is Status.PASS
    assert judge(device_config.pptp, status).status is Status.UNKNOWN
    for check in (
        device_config.pptp, device_config.admin_outside, device_config.end_of_life,
        device_config.known_exploited,
    ):  # fmt: skip
        assert judge(check, weak).status is Status.FAIL
