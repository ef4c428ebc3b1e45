"""Docker's interface, web pages that fail or lead on, and MQTT's broker."""

from __future__ import annotations

from dataclasses import replace

import pytest
from posture_scan.checks.database import database
from posture_scan.checks.database.collect_elasticsearch import elasticsearch_front
from posture_scan.checks.exposure import admin_panel, docker, mqtt
from posture_scan.checks.exposure.collect_admin_panel import admin_page
from posture_scan.checks.exposure.collect_docker import docker_version
from posture_scan.checks.exposure.collect_mqtt import mqtt as mqtt_protocol

from posture_scan.sdk import Attempt, AttemptError, HttpResponse, Service, ServiceSeen, Status
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


def test_an_mqtt_broker_shows_itself_by_refusing() -> None:
    assert mqtt_protocol.sends[0] == 0x10
    assert mqtt_protocol.sends[8] == 0x7F
    assert mqtt_protocol.sends[1] == len(mqtt_protocol.sends) - 2
    seen = ServiceSeen("mqtt", tls=False, greeting=b"", recognised_by="answer")
    assert mqtt.exposed.function(seen).status is Status.FAIL
