"""A gateway that shows another device's mark as well does not disappear by it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from posture_scan.checks.edge_device import sslvpn
from posture_scan.checks.edge_device.collect_sslvpn import EdgeFront, edge_front

from posture_scan.sdk import Status
from tests.checks.edge_device.looking import SERVICE, judge, look, net_of
from tests.checks.edge_device.sites import DEVICES, Site
from tests.fakes import page

GATEWAYS = sorted(
    name for name, device in DEVICES.items()
    if judge(sslvpn.exposed, look(device.site)).reason == "reachable"
)  # fmt: skip
SIBLINGS = ("FortiManager", "FortiAnalyzer", "FortiMail", "FortiWeb", "FortiADC")
CHECKS = (sslvpn.exposed, sslvpn.end_of_life, sslvpn.known_exploited)


def test_there_are_gateways_to_hide() -> None:
    assert len(GATEWAYS) > 10
    assert "fortigate_patched" in GATEWAYS


@pytest.mark.parametrize("name", GATEWAYS)
@pytest.mark.parametrize("sibling", SIBLINGS)
def test_a_name_in_the_certificate_hides_no_gateway(name: str, sibling: str) -> None:
    site = DEVICES[name].site
    seen = look(replace(site, certificate=(*site.certificate, ("CN", sibling))))
    for check in CHECKS:
        verdict = judge(check, seen)
        assert verdict.status is not Status.PASS, (check.id, verdict.reason)


@pytest.mark.parametrize("status", [403, 500, 503])
@pytest.mark.parametrize("tls", [True, False])
def test_who_is_let_in_nowhere_has_seen_nothing(status: int, tls: bool) -> None:  # noqa: FBT001
    shut = page("", status=status)
    seen = look_at(Site({"/": shut, "*": shut}), tls=tls)
    for check in CHECKS:
        assert judge(check, seen).status is Status.UNKNOWN


@pytest.mark.parametrize("tls", [True, False])
def test_a_forbidden_front_page_alone_says_little(tls: bool) -> None:  # noqa: FBT001
    seen = look_at(Site({"/": page("", status=403)}), tls=tls)
    assert judge(sslvpn.known_exploited, seen).status is Status.PASS


def look_at(site: Site, *, tls: bool) -> EdgeFront:
    facts: EdgeFront = edge_front.function(replace(SERVICE, tls=tls), net_of(site))
    return facts
