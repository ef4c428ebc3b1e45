"""The constructed sites over real sockets, through the real network, and two real servers.

ocserv and nginx are real: the truth about them is what we started, and their package's name.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from posture_scan.checks.edge_device import device, sslvpn
from posture_scan.checks.edge_device.collect_device import device_certificate, device_ssh
from posture_scan.checks.edge_device.collect_sslvpn import (
    REQUEST_LIMIT,
    EdgeFront,
    edge_front,
)
from posture_scan.checks.exposure.collect_admin_panel import admin_page
from posture_scan.checks.remote_access.collect_ssh import ssh

from posture_scan.sdk import Service, Status
from tests.checks.edge_device.decoys import CLEAN, CONFLICTING, UNSEEN
from tests.checks.edge_device.device_sites import GADGETS, Gadget
from tests.checks.edge_device.sites import DECOYS, DEVICES, Device, Site
from tests.lab import looking
from tests.lab.daemon import daemon, free_port, need, program
from tests.lab.servers_web import nginx
from tests.lab.web_site import certificate, shown

pytestmark = pytest.mark.lab

ADDRESS = "127.65.0.3"
# Routers and cameras of this kind mostly speak without TLS.
PLAIN = frozenset({"yamaha", "nec_ix", "elecom", "some_router", "axis", "mikrotik", "kyocera"})
PLAYED = (
    "fortigate_admin", "pan_os_admin", "watchguard_admin", "fortimail", "esxi", "esxi_silent",
    "vcenter", "synology", "qnap", "exchange", "exchange_behind_netscaler", "draytek",
    "cisco_ios_xe", "hikvision", *sorted(PLAIN),
)  # fmt: skip
"""One of each kind; the rest differ in their data only and are played without a socket."""
FALSE = (
    "cookies_in_other_case", "webvpn_of_a_wordpress_plugin", "mirror_of_manuals",
    "listing_of_a_repository", "echo_of_the_path", "echo_of_the_path_in_a_redirect",
    "yes_to_everything", "form_for_everything", "captive_portal", "words_in_the_server_header",
    "words_in_the_realm", "maker_of_storage", "maker_of_firewalls", "blog_on_hypervisors",
)  # fmt: skip


@pytest.mark.parametrize("gateway", DEVICES.values(), ids=DEVICES.keys())
def test_gateways_are_named_over_the_wire(gateway: Device, tmp_path: Path) -> None:
    asked: list[str] = []
    with shown(gateway.site, ADDRESS, tmp_path, asked) as service:
        seen = looking.collect(edge_front, service)
    assert (seen.product, seen.version, seen.version_state) == (
        gateway.product, gateway.version, gateway.state,
    )  # fmt: skip
    assert seen.vpn_page is gateway.vpn
    assert seen.complete
    assert len(asked) == seen.requests <= REQUEST_LIMIT


@pytest.mark.parametrize("name", PLAYED)
def test_devices_are_named_over_the_wire(name: str, tmp_path: Path) -> None:
    gadget: Gadget = GADGETS[name]
    asked: list[str] = []
    with shown(gadget.site, ADDRESS, tmp_path, asked, tls=name not in PLAIN) as service:
        seen = looking.collect(edge_front, service)
        verdict = looking.judge(device.exposed, seen, service)
    assert seen.device
    assert (seen.device.product, seen.device.version, seen.device.strength) == (
        gadget.product, gadget.version, gadget.strength,
    )  # fmt: skip
    assert (seen.product, seen.device.admin_page) == (gadget.vpn, gadget.admin)
    assert verdict.status is (Status.FAIL if gadget.admin else Status.PASS)
    assert len(asked) == seen.requests <= REQUEST_LIMIT


@pytest.mark.parametrize("name", [*(name for name in DECOYS if name in CLEAN), *FALSE])
def test_decoys_are_not_named_over_the_wire(name: str, tmp_path: Path) -> None:
    with shown(CLEAN[name], ADDRESS, tmp_path, []) as service:
        seen = looking.collect(edge_front, service)
        panel = looking.collect(admin_page, service)
    assert seen == EdgeFront(requests=seen.requests)
    if name in DECOYS:
        assert panel.panel == ""


@pytest.mark.parametrize("name", [*CONFLICTING, *UNSEEN])
def test_nobody_is_cleared_who_was_not_seen(name: str, tmp_path: Path) -> None:
    site: Site = {**CONFLICTING, **UNSEEN}[name]
    with shown(site, ADDRESS, tmp_path, []) as service:
        seen = looking.collect(edge_front, service)
        for check in (device.exposed, sslvpn.exposed):
            assert looking.judge(check, seen, service).status is Status.UNKNOWN
    assert (seen.product, seen.device) == ("", None)


OCSERV = """\
auth = "plain[passwd={folder}/passwd]"
listen-host = {address}
tcp-port = {port}
socket-file = {folder}/socket
server-cert = {pem}
server-key = {pem}
isolate-workers = false
device = vpns
ipv4-network = 192.168.77.0/24
use-occtl = false
cisco-client-compat = {compatible}
"""


@pytest.mark.parametrize("compatible", ["true", "false"])
def test_a_real_ocserv_is_never_called_ciscos(compatible: str, tmp_path: Path) -> None:
    need("ocserv")
    port = free_port(ADDRESS)
    pem = certificate((("CN", "vpn.example.jp"),), tmp_path)
    (tmp_path / "passwd").write_text("")
    config = tmp_path / "ocserv.conf"
    config.write_text(OCSERV.format(
        folder=tmp_path, address=ADDRESS, port=port, pem=pem, compatible=compatible
    ))  # fmt: skip
    argv = [program("ocserv"), "-f", "-c", str(config)]
    service = Service("http", tls=True, address=ADDRESS, port=port)
    with daemon(argv, ADDRESS, port, log=tmp_path / "log"):
        seen = looking.collect(edge_front, service)
    assert (seen.product, seen.strength, seen.vpn_page) == ("ocserv", "strong", True)
    assert (seen.version, seen.version_state) == ("", "not_readable")
    assert looking.judge(sslvpn.exposed, seen, service).reason == "reachable"
    assert seen.requests == 1


def test_a_real_nginx_is_asked_once_and_named_nothing(tmp_path: Path) -> None:
    with nginx(ADDRESS, tmp_path) as service:
        seen = looking.collect(edge_front, service)
    assert seen == EdgeFront(requests=seen.requests)
    assert seen.requests == 1


def test_a_real_sshd_names_no_device(tmp_path: Path) -> None:
    need("sshd", "ssh-keygen")
    port = free_port(ADDRESS)
    key = tmp_path / "key"
    subprocess.run(
        [program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True
    )
    argv = [program("sshd"), "-D", "-e", "-f", "/dev/null", "-h", str(key), "-p", str(port),
            "-o", f"ListenAddress={ADDRESS}", "-o", "PidFile=none"]  # fmt: skip
    bare = Service("ssh", address=ADDRESS, port=port)
    with daemon(argv, ADDRESS, port, log=tmp_path / "log"):
        said = looking.first_answer(ssh, bare)
    service = Service("ssh", address=ADDRESS, port=port, greeting=said)
    seen = device_ssh.function(service, looking.net(ADDRESS, connections=0))
    assert seen == EdgeFront()


def test_a_certificate_on_other_tls_names_the_device(tmp_path: Path) -> None:
    names = (("CN", "FMG-VM0000000000"), ("OU", "FortiManager"), ("O", "Fortinet"))
    with shown(Site(certificate=names), ADDRESS, tmp_path, []) as web:
        service = Service("tls", tls=True, address=web.address, port=web.port)
        seen = looking.collect(device_certificate, service)
    assert seen.device
    assert (seen.device.product, seen.device.admin_page) == ("fortimanager", True)
