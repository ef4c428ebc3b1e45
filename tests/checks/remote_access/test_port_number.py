"""rlogin, rsh and finger: judged by a port's number, never as sure as a protocol's answer."""

from __future__ import annotations

import pytest
from posture_scan.checks.remote_access import finger, rlogin, rsh

from posture_scan.engine.judge import judge
from posture_scan.engine.packs import load_packs
from posture_scan.model.confidence import CONFIDENCE
from posture_scan.model.evidence import Asset
from posture_scan.rating.load import load_profile
from posture_scan.sdk import Check, Method, ServiceSeen, Status
from tests.checks.remote_access.judged import ports
from tests.checks.test_exposed import NOW, PACKS, finding, record, scan

CHECKS = {
    "rlogin": (rlogin.exposed, 513),
    "rsh": (rsh.exposed, 514),
    "finger": (finger.exposed, 79),
}


@pytest.mark.parametrize(("check", "number"), CHECKS.values(), ids=CHECKS)
def test_what_the_ports_say(check: Check, number: int) -> None:
    unnamed = check.function(ports((22, number), (number,)))
    assert (unnamed.status, unnamed.method) == (Status.FAIL, Method.PORT_NUMBER_ONLY)
    assert check.function(ports((22, number), ())).reason == "another_service"
    assert check.function(ports((22,), ())).reason == "closed"
    part = check.function(ports((22,), (), finished=False))
    assert (part.status, part.reason) == (Status.UNKNOWN, "not_looked_at")


@pytest.mark.parametrize("name", CHECKS)
def test_the_engine_judges_them_and_no_profile_takes_their_word_for_sure(name: str) -> None:
    number = CHECKS[name][1]
    found = finding(f"{name}.exposed", [scan((number,), (number,), finished=True)])
    assert (found.status, found.reason) == (Status.FAIL, "unnamed_port_open")
    assert found.confidence == CONFIDENCE[Method.PORT_NUMBER_ONLY]
    assert found.confidence < load_profile("jp-sme").evidence.min_confidence
    closed = finding(f"{name}.exposed", [scan((), (), finished=True)])
    assert (closed.status, closed.reason) == (Status.PASS, "closed")


def test_other_services_and_unnamed_ports_are_nothing_to_them() -> None:
    web = ServiceSeen("http", tls=True, greeting=b"", recognised_by="answer")
    seen = [scan((443, 8443), (8443,), finished=True), record("core.ServiceSeen", web, 443)]
    asset = Asset("a1", "address", "192.0.2.1", fully_scanned=True, reached=True)
    found = [f for f in judge(PACKS, seen, [asset], now=NOW) if f.check == "rlogin.exposed"]
    assert [(f.status, f.reason) for f in found] == [(Status.PASS, "closed")]


def test_no_protocol_asks_what_these_services_would_answer() -> None:
    """An empty line lists who is logged on (RFC 1288); only the number is looked at."""
    own = {
        spec
        for pack in load_packs().packs
        if pack.name == "remote_access"
        for spec in pack.protocols
    }
    assert not {port for spec in own for port in spec.ports} & {79, 513, 514}
