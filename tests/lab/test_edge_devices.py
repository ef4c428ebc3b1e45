"""The constructed sites over real HTTPS, through the real network: same answers as scripted."""

from __future__ import annotations

from pathlib import Path

import pytest
from posture_scan.checks.edge_device.collect_sslvpn import REQUEST_LIMIT, edge_front
from posture_scan.checks.exposure.collect_admin_panel import admin_page

from tests.checks.edge_device.sites import DECOYS, DEVICES, NOT_FOLLOWED, Device, Site
from tests.lab import looking
from tests.lab.web_site import shown

pytestmark = pytest.mark.lab

ADDRESS = "127.20.0.3"


@pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES.keys())
def test_devices_are_named_over_the_wire(device: Device, tmp_path: Path) -> None:
    asked: list[str] = []
    with shown(device.site, ADDRESS, tmp_path, asked) as service:
        seen = looking.collect(edge_front, service)
    assert (seen.product, seen.version, seen.version_state) == (
        device.product, device.version, device.state,
    )  # fmt: skip
    assert seen.vpn_page is device.vpn
    assert seen.complete
    assert len(asked) == seen.requests <= REQUEST_LIMIT


@pytest.mark.parametrize(("name", "site"), DECOYS.items(), ids=DECOYS.keys())
def test_decoys_are_not_named_over_the_wire(name: str, site: Site, tmp_path: Path) -> None:
    with shown(site, ADDRESS, tmp_path, []) as service:
        seen = looking.collect(edge_front, service)
        panel = looking.collect(admin_page, service)
    assert (seen.product, seen.complete) == ("", name not in NOT_FOLLOWED)
    assert panel.panel == ""
