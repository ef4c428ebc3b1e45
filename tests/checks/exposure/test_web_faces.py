"""Docker's interface and administration pages: found by their own marks only (docker, mqtt)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from posture_scan.checks.exposure import admin_panel, database, docker, mqtt
from posture_scan.checks.exposure.collect_admin_panel import AdminPage, admin_page, panels
from posture_scan.checks.exposure.collect_database import elasticsearch_front
from posture_scan.checks.exposure.collect_docker import docker_version
from posture_scan.checks.exposure.collect_mqtt import mqtt as mqtt_protocol

from posture_scan.model.codec import decode, encode
from posture_scan.sdk import Attempt, AttemptError, HttpResponse, Service, ServiceSeen, Status
from tests.checks.edge_device.sites import DECOYS
from tests.fakes import FakeNet, page

WEB = Service("http", address="192.0.2.1", port=8080)
VERSION = page('{"Version": "24.0.7", "ApiVersion": "1.43", "Os": "linux"}')
NOT_FOUND = page('{"message":"page not found"}', status=404)


@pytest.mark.parametrize(
    ("port", "pages", "found", "requests"),
    [
        (2375, {"/version": VERSION}, True, 1),
        (8080, {"/": NOT_FOUND, "/version": VERSION}, True, 2),
        (8080, {"/": page("hello")}, False, 1),
        (2375, {"/version": page('{"version": "1.30", "gitVersion": "v1.30"}')}, False, 1),
        (2375, {"/version": page('{"Version": 1, "ApiVersion": 2}')}, False, 1),
        (2375, {"/version": page(VERSION.body, status=403)}, False, 1),
        (2375, {"/version": page("[" * 50_000)}, False, 1),
    ],
)
def test_docker(port: int, pages: dict[str, HttpResponse], found: bool, requests: int) -> None:  # noqa: FBT001
    net = FakeNet(pages=pages)
    seen = docker_version.function(Service("http", address="192.0.2.1", port=port), net)
    assert (seen.found, len(net.requests)) == (found, requests)
    wanted = Status.FAIL if found else Status.PASS
    assert docker.exposed.function(seen).status is wanted


def test_docker_that_does_not_answer_is_a_failed_attempt() -> None:
    with pytest.raises(AttemptError):
        docker_version.function(WEB, FakeNet(pages={"/": Attempt.TIMEOUT}))


BROKEN_OFF = replace(page("{"), truncated=True)
BUSY = (page("", status=503), page("", status=429), page('{"message": "x"}', status=500))


@pytest.mark.parametrize("answer", [*BUSY, BROKEN_OFF], ids=["503", "429", "500", "broken off"])
def test_an_answer_that_fails_rules_nothing_out(answer: HttpResponse) -> None:
    everywhere = FakeNet(missing=answer)
    for port in (2375, 8080):
        service = Service("http", address="192.0.2.1", port=port)
        for collector in (docker_version, elasticsearch_front):
            with pytest.raises(AttemptError):
                collector.function(service, everywhere)
    facts = admin_page.function(WEB, everywhere)
    assert admin_panel.exposed.function(facts).reason == "not_fully_read"


def test_a_web_page_that_says_no_is_neither_docker_nor_a_database() -> None:
    net = FakeNet(missing=page("<html>no backend</html>", status=503))
    assert docker.exposed.function(docker_version.function(WEB, net)).status is Status.PASS
    assert database.exposed.function(elasticsearch_front.function(WEB, net)).status is Status.PASS


@pytest.mark.parametrize(
    "front",
    [
        page("", status=302, location="/again"),
        replace(page("\0" * 70_000), truncated=True),
    ],
    ids=["in a circle", "padded"],
)
def test_a_front_page_that_never_comes_is_not_passed(front: HttpResponse) -> None:
    facts = admin_page.function(WEB, FakeNet(pages={"/": front}))
    assert admin_panel.exposed.function(facts).reason == "not_fully_read"


def look(pages: dict[str, HttpResponse | Attempt]) -> AdminPage:
    facts: AdminPage = admin_page.function(WEB, FakeNet(pages=pages))
    assert decode(AdminPage, encode(facts)) == facts
    return facts


@pytest.mark.parametrize(
    ("front", "panel"),
    [
        (page("", cookies=("APSCOOKIE_99",)), "fortigate"),
        (page("", server="PanWeb Server/ -"), "pan_os"),
        (page("", server="YAMAHA-RT"), "yamaha"),
        (page("", server="IX Series IX2106 (magellan-sec) Software, Version 10.2.20"), "nec_ix"),
        (page("", status=401, www_authenticate='Basic realm="BUFFALO WBR-G54"'), "buffalo"),
        (page("", status=401, www_authenticate='Basic realm="WRC-2533GST"'), "japanese_router"),
        (page("<title>RouterOS router configuration page</title>"), "routeros"),
        (page("<title>disk&nbsp;-&nbsp;Synology&nbsp;DiskStation</title>"), "synology"),
        (page("<title>pve1 - Proxmox Virtual Environment</title>"), "proxmox"),
        (page("", server="MiniServ/2.105"), "webmin"),
        (page("<title>Vigor Login Page</title>"), "draytek"),
    ],
)
def test_administration_pages(front: HttpResponse, panel: str) -> None:
    seen = look({"/": front})
    assert seen.panel == panel
    assert admin_panel.exposed.function(seen).status is Status.FAIL


WORDPRESS = page('<link href="/wp-content/themes/x/style.css">')
LOGIN = page('<form name="loginform" id="loginform" action="x">')


def test_a_logon_page_that_stands_elsewhere_is_asked_for_on_a_hint_only() -> None:
    assert look({"/": WORDPRESS, "/wp-login.php": LOGIN}).panel == "wordpress"
    restricted = look({"/": WORDPRESS, "/wp-login.php": page("", status=403)})
    assert admin_panel.exposed.function(restricted).status is Status.PASS
    broken = look({"/": WORDPRESS, "/wp-login.php": Attempt.TIMEOUT})
    assert admin_panel.exposed.function(broken).status is Status.UNKNOWN
    assert look({"/": page("bread"), "/wp-login.php": LOGIN}).panel == ""


@pytest.mark.parametrize(
    "front",
    [
        page("<title>Webmin is great</title> phpMyAdmin Synology DiskStation RouterOS"),
        page("<title>How to reach the Vigor Login Page</title>"),
        page("", status=401, www_authenticate='Basic realm="Staff"'),
        page("", server="nginx", cookies=("session",)),
        *(site.pages["/"] for site in DECOYS.values() if "/" in site.pages),
    ],
)
def test_pages_that_only_mention_or_protect_something_are_not_named(front: HttpResponse) -> None:
    assert look({"/": front}).panel == ""


def test_every_panel_has_a_mark_that_stands_for_itself() -> None:
    for panel in panels():
        anchored = panel.pattern.pattern.startswith("^") or panel.pattern.pattern.endswith("$")
        assert anchored or (panel.where == "body" and panel.path) or panel.id == "esxi", panel.id
        assert not re.search(r"[?]|\.\.", panel.path)


def test_an_mqtt_broker_shows_itself_by_refusing() -> None:
    assert mqtt_protocol.sends[0] == 0x10
    assert mqtt_protocol.sends[8] == 0x7F
    assert mqtt_protocol.sends[1] == len(mqtt_protocol.sends) - 2
    seen = ServiceSeen("mqtt", tls=False, greeting=b"", recognised_by="answer")
    assert mqtt.exposed.function(seen).status is Status.FAIL
