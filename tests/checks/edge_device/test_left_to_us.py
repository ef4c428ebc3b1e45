"""A service that other packs leave to this one is judged here, never by nobody."""

from __future__ import annotations

import pytest
from posture_scan.checks.edge_device import device, gateway, sslvpn
from posture_scan.checks.software import banner

from posture_scan.sdk import Status
from tests.checks.edge_device.device_sites import GADGETS
from tests.checks.edge_device.looking import look
from tests.checks.edge_device.sites import DEVICES
from tests.checks.edge_device.test_device import judge

SITES = {
    **{name: gadget.site for name, gadget in GADGETS.items()},
    **{name: shown.site for name, shown in DEVICES.items()},
}
JUDGED = {"none_known", "affected", "affected_ransomware"}
"""Reasons that rest on a version and the data about it."""


@pytest.mark.parametrize("name", SITES)
def test_what_names_a_product_is_judged_by_its_product(name: str) -> None:
    seen = look(SITES[name])
    verdicts = [judge(check, seen) for check in (sslvpn.known_exploited, device.known_exploited)]
    settled = any(v.status is Status.UNKNOWN or v.reason in JUDGED for v in verdicts)
    assert not seen.names_product or settled, [(v.status, v.reason) for v in verdicts]


def test_the_software_pack_leaves_no_protocol_to_nobody() -> None:
    wanted = {service.protocol for service in gateway.known_exploited.on}
    assert set(banner._GATEWAYS) == wanted
