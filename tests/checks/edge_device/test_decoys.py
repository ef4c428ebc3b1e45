"""Not one claim on anything that only looks like a device."""

from __future__ import annotations

import pytest
from posture_scan.checks.edge_device import device, sslvpn
from posture_scan.checks.edge_device.collect_sslvpn import NEVER, REQUEST_LIMIT, edge_front

from posture_scan.sdk import Service, Status
from tests.checks.edge_device.decoys import CLEAN, CONFLICTING, UNSEEN
from tests.checks.edge_device.looking import SERVICE, judge, look, net_of
from tests.checks.edge_device.sites import DEVICES, Site
from tests.fakes import page

CHECKS = (sslvpn.exposed, sslvpn.end_of_life, sslvpn.known_exploited, device.exposed)
EVERY = {**CLEAN, **CONFLICTING, **UNSEEN}


def test_there_are_enough_decoys() -> None:
    assert len(EVERY) >= 55


@pytest.mark.parametrize("site", CLEAN.values(), ids=CLEAN.keys())
def test_decoys_are_never_named(site: Site) -> None:
    seen = look(site)
    assert (seen.product, seen.device, seen.conflict) == ("", None, ())
    for check in CHECKS:
        assert judge(check, seen).status is Status.PASS


@pytest.mark.parametrize("site", CONFLICTING.values(), ids=CONFLICTING.keys())
def test_marks_of_many_name_nobody_and_clear_nobody(site: Site) -> None:
    seen = look(site)
    assert (seen.product, seen.device) == ("", None)
    assert len(seen.conflict) >= 2
    assert judge(device.exposed, seen).reason == "conflicting"
    for check in CHECKS:
        assert judge(check, seen).status is Status.UNKNOWN


@pytest.mark.parametrize("site", UNSEEN.values(), ids=UNSEEN.keys())
def test_what_was_not_seen_is_unknown(site: Site) -> None:
    seen = look(site)
    assert (seen.product, seen.device) == ("", None)
    for check in CHECKS:
        assert judge(check, seen).status is Status.UNKNOWN


ASKED = {**EVERY, **{name: device.site for name, device in DEVICES.items()}}


@pytest.mark.parametrize("site", ASKED.values(), ids=ASKED.keys())
def test_no_service_is_asked_more_than_the_limit_or_for_a_forbidden_path(site: Site) -> None:
    net = net_of(site)
    edge_front.function(SERVICE, net)
    assert len(net.requests) <= REQUEST_LIMIT
    for _, path in net.requests:
        assert not path.lower().startswith(NEVER)
        assert ".." not in path


def test_what_all_makers_together_cost_an_ordinary_server() -> None:
    """The figures of the manual: one page, an empty page, and no page at all."""
    site, empty = page("<title>Bakery</title>" + "bread " * 100), page("", status=404)
    for front, secure, requests in ((site, True, 1), (site, False, 1), (empty, True, 7),
                                    (empty, False, 1)):  # fmt: skip
        net = net_of(Site({"/": front}))
        service = Service("http", tls=secure, address="192.0.2.7", port=443 if secure else 80)
        edge_front.function(service, net)
        assert len(net.requests) == requests
        assert net.connections == secure
