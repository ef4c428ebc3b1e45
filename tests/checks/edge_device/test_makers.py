"""The fingerprint files themselves, and a fake of every device: named right, asked little."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from posture_scan.checks.edge_device import device, sslvpn
from posture_scan.checks.edge_device.collect_device import (
    device_certificate,
    device_ftp,
    device_rtsp,
    device_ssh,
    device_telnet,
    device_topology,
)
from posture_scan.checks.edge_device.collect_sslvpn import (
    NEVER,
    REQUEST_LIMIT,
    EdgeFront,
    edge_front,
)
from posture_scan.checks.edge_device.fingerprint import HINT, STRONG, VPN, WEAK, Maker, makers

from posture_scan.model.codec import decode, encode
from posture_scan.products.place import builtin
from posture_scan.sdk import Attempt, HttpResponse, Method, Service, Status
from tests.checks.edge_device.device_sites import (
    GADGETS,
    GATEWAYS,
    GREETINGS,
    PLAIN_GREETINGS,
    Gadget,
)
from tests.checks.edge_device.looking import SERVICE, der, judge, look, net_of
from tests.checks.edge_device.sites import DEVICES, Site
from tests.fakes import FakeNet, Talk, page

BY_PROTOCOL = {
    "ssh": device_ssh, "telnet": device_telnet, "ftp": device_ftp, "rtsp": device_rtsp,
    "checkpoint_topology": device_topology,
}  # fmt: skip


@pytest.mark.parametrize("gadget", GADGETS.values(), ids=GADGETS.keys())
def test_devices_are_named_with_as_much_version_as_they_show(gadget: Gadget) -> None:
    seen = look(gadget.site)
    assert seen.device is not None
    found = seen.device
    assert (found.product, found.version, found.version_state, found.strength) == (
        gadget.product, gadget.version, gadget.state, gadget.strength,
    )  # fmt: skip
    assert (found.admin_page, seen.product) == (gadget.admin, gadget.vpn)
    assert found.settle
    assert decode(EdgeFront, encode(seen)) == seen


@pytest.mark.parametrize("gadget", GADGETS.values(), ids=GADGETS.keys())
def test_verdicts_on_devices(gadget: Gadget) -> None:
    verdict = judge(device.exposed, look(gadget.site))
    if gadget.admin:
        assert verdict.status is Status.FAIL
        assert verdict.method == (Method.ANALYSIS if gadget.strength == WEAK else None)
        assert verdict.reason == ("reachable" if gadget.product else "router_page")
    else:
        assert verdict.reason == "meant_to_be_reached"


@pytest.mark.parametrize("gadget", GADGETS.values(), ids=GADGETS.keys())
def test_a_device_that_is_no_gateway_is_none_to_the_gateway_checks(gadget: Gadget) -> None:
    if not gadget.vpn:
        assert judge(sslvpn.exposed, look(gadget.site)).reason == "no_edge_device"


@pytest.mark.parametrize(("site", "product"), GATEWAYS.values(), ids=GATEWAYS.keys())
def test_gateways(site: Site, product: str) -> None:
    seen = look(site)
    assert (seen.product, seen.version_state) == (product, "not_readable")
    assert judge(sslvpn.exposed, seen).reason == "reachable"


ALL_SITES = {
    **{name: gadget.site for name, gadget in GADGETS.items()},
    **{name: made.site for name, made in DEVICES.items()},
    **{name: site for name, (site, _) in GATEWAYS.items()},
}


@pytest.mark.parametrize("site", ALL_SITES.values(), ids=ALL_SITES.keys())
def test_nobody_is_asked_much_or_for_anything_forbidden(site: Site) -> None:
    net = net_of(site)
    edge_front.function(SERVICE, net)
    assert len(net.requests) <= 8 < REQUEST_LIMIT
    assert net.connections == 1
    for _, path in net.requests:
        assert not path.lower().startswith(NEVER)


@pytest.mark.parametrize("name", GREETINGS)
def test_greetings_that_name_a_device(name: str) -> None:
    protocol, port, greeting, product, version = GREETINGS[name]
    net = FakeNet()
    service = Service(protocol, address="192.0.2.7", port=port, greeting=greeting)
    seen = BY_PROTOCOL[protocol].function(service, net)
    assert net.connections == 0
    assert seen.product == ""
    assert seen.device
    assert (seen.device.product, seen.device.version) == (product, version)
    reason = "login_not_seen" if name == "sharp_ftp" else "reachable"
    assert judge(device.exposed, seen).reason == reason


@pytest.mark.parametrize("name", PLAIN_GREETINGS)
def test_greetings_that_name_none(name: str) -> None:
    protocol, port, greeting = PLAIN_GREETINGS[name]
    service = Service(protocol, address="192.0.2.7", port=port, greeting=greeting)
    seen = BY_PROTOCOL[protocol].function(service, FakeNet())
    assert seen == EdgeFront()
    assert judge(device.exposed, seen).status is Status.PASS


def test_a_greeting_without_text_proves_nothing() -> None:
    service = Service("telnet", address="192.0.2.7", port=23, greeting=b"\xff\xfd\x18\xff\xfd\x20")
    seen = device_telnet.function(service, FakeNet())
    assert judge(device.exposed, seen).reason == "not_fully_read"


def test_device_management_on_541_is_named_by_its_certificate() -> None:
    # The names as recog recorded them (x509_subjects.xml).
    names = (("CN", "FG100ETK1800118"), ("OU", "FortiGate"), ("O", "Fortinet"))
    service = Service("tls", tls=True, address="192.0.2.7", port=541)
    seen = device_certificate.function(service, FakeNet(talks=[Talk(chain=(der(names),))]))
    assert seen.device
    assert (seen.device.product, seen.device.admin_page) == ("fortios", True)
    elsewhere = replace(service, port=8443)
    seen = device_certificate.function(elsewhere, FakeNet(talks=[Talk(chain=(der(names),))]))
    assert judge(device.exposed, seen).reason == "login_not_seen"


@pytest.mark.parametrize(
    ("location", "port", "followed"),
    [
        ("https://192.0.2.7/login", 443, True),
        ("https://192.0.2.7:8443/login", 8443, True),
        # A device behind a forwarded port leaves the port out of its redirects.
        ("https://192.0.2.7/login", 8443, True),
        ("https://192.0.2.7:5001/login", 443, False),
        ("http://192.0.2.7/login", 443, False),
        ("https://elsewhere.example/login", 443, False),
    ],
)
def test_a_redirect_is_followed_on_this_very_service(
    location: str,
    port: int,
    followed: bool,  # noqa: FBT001
) -> None:
    pages = {"/": page("", status=302, location=location), "/login": page("x" * 300)}
    net = net_of(Site(pages))
    seen = edge_front.function(replace(SERVICE, port=port), net)
    assert (("GET", "/login") in net.requests) is followed
    assert seen.complete


def test_every_maker_has_a_fake() -> None:
    shown = {gadget.product for gadget in GADGETS.values()}
    shown |= {made.product for made in DEVICES.values()}
    shown |= {product for _, product in GATEWAYS.values()}
    assert {maker.product for maker in makers()} == shown


def test_products_bear_the_names_that_the_product_data_has() -> None:
    known = set(builtin().products)
    gateways = {maker.product for maker in makers() if maker.role == VPN}
    assert gateways - known == {"openvpn-access-server", "ocserv", "cisco-meraki"}
    dated = {maker.product for maker in makers() if maker.versions and maker.role != VPN}
    assert dated <= known


@pytest.mark.parametrize("maker", makers(), ids=lambda maker: maker.id)
def test_a_fingerprint_file_is_complete(maker: Maker) -> None:
    assert maker.role in {"vpn", "device"}
    assert maker.kind in {
        "firewall", "gateway", "router", "storage", "hypervisor", "mail", "camera", "printer",
    }  # fmt: skip
    assert maker.tried in {"real", "recorded", "constructed"}
    assert all(re.search(r"\d{4}", source) for source in maker.sources)
    assert maker.settle
    assert maker.weak_needed == (2 if maker.product else 1)
    assert {mark.strength for mark in maker.marks} <= {STRONG, WEAK, HINT}
    if maker.role == "device":
        assert not any(mark.vpn for mark in maker.marks)
    ids = [mark.id for mark in maker.marks]
    assert len(ids) == len(set(ids))
    for ask in maker.asks:
        assert not re.search(r"[?#]|\.\./", ask.path)
        assert not ask.path.lower().startswith(NEVER)
        assert ask.method in {"GET", "POST"}


@pytest.mark.parametrize("answer", [page("", status=503), page("", status=429), Attempt.TIMEOUT])
def test_a_service_that_suffers_is_left_alone(answer: HttpResponse | Attempt) -> None:
    front = page("", status=302, location="/remote/login")
    net = net_of(Site({"/": front}))
    net.missing = answer
    seen = edge_front.function(SERVICE, net)
    assert net.requests == [("GET", "/"), ("GET", "/remote/login")]
    assert not seen.complete
    assert judge(device.exposed, seen).reason == "not_fully_read"
