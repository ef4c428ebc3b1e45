"""The checks that fail because something answers: telnet, radmin, teamviewer, x11, pptp, winrm.

Judged by the real engine, so that an address which was not seen whole never passes.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from posture_scan.checks.remote_access import winrm, x11
from posture_scan.checks.remote_access.collect_winrm import WinrmAnswer, winrm_answer

from posture_scan.engine.judge import judge
from posture_scan.engine.packs import load_packs
from posture_scan.model.evidence import Asset, Evidence, Facts, PortScan
from posture_scan.model.finding import Finding
from posture_scan.sdk import (
    Attempt,
    AttemptError,
    Method,
    Service,
    ServiceSeen,
    Status,
    Vantage,
)
from tests.fakes import FakeNet, page

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PORTS = {
    "rdp": 3389, "vnc": 5900, "telnet": 23, "ssh": 22, "radmin": 4899, "teamviewer": 5938,
    "x11": 6000, "pptp": 1723, "smb": 445, "mqtt": 1883,
}  # fmt: skip
PACKS = load_packs()


def record(kind: str, facts: Facts, port: int = 0) -> Evidence:
    return Evidence(
        f"e{port}-{kind}", kind, "a1", Vantage.EXTERNAL, "discovery", 1, NOW, Attempt.OK,
        Method.PROTOCOL_HANDSHAKE, facts, address="192.0.2.1", port=port, transport="tcp",
    )  # fmt: skip


def scan(open_ports: tuple[int, ...], unidentified: tuple[int, ...], *, finished: bool) -> Evidence:
    facts = PortScan("builtin", "1", 100, open_ports, 90, 0, finished, unidentified)
    return record("core.PortScan", facts)


def finding(check: str, evidence: list[Evidence], *, finished: bool = True) -> Finding:
    asset = Asset("a1", "address", "192.0.2.1", fully_scanned=finished, reached=True)
    found = [f for f in judge(PACKS, evidence, [asset], now=NOW) if f.check == check]
    assert found
    return found[0]


@pytest.mark.parametrize(("name", "port"), PORTS.items())
def test_what_answers_fails_on_any_port(name: str, port: int) -> None:
    seen = ServiceSeen(name, tls=False, greeting=b"", recognised_by="answer")
    for place in (port, 40_000):
        evidence = [scan((place,), (), finished=True), record("core.ServiceSeen", seen, place)]
        result = finding(f"{name}.exposed", evidence)
        assert (result.status, result.reason, result.port) == (Status.FAIL, "reachable", place)


@pytest.mark.parametrize("name", PORTS)
def test_an_address_without_it_passes_once_fully_scanned(name: str) -> None:
    web = ServiceSeen("http", tls=True, greeting=b"", recognised_by="answer")
    whole = [scan((443,), (), finished=True), record("core.ServiceSeen", web, 443)]
    passed = finding(f"{name}.exposed", whole)
    assert (passed.status, passed.reason) == (Status.PASS, "absent")
    lost = finding(f"{name}.exposed", whole[:1])
    assert (lost.status, lost.reason) == (Status.ERROR, "result_missing")
    part = finding(f"{name}.exposed", [scan((), (), finished=False)], finished=False)
    assert part.status is Status.UNKNOWN


@pytest.mark.parametrize(("name", "port"), PORTS.items())
def test_an_open_port_of_it_that_nobody_could_name_is_not_passed(name: str, port: int) -> None:
    result = finding(f"{name}.exposed", [scan((port,), (port,), finished=True)])
    assert (result.status, result.reason) == (Status.UNKNOWN, "unidentified_port")


def test_an_open_display_is_said_to_be_open() -> None:
    seen = ServiceSeen("x11", tls=False, greeting=b"\x01\x00\x0b\x00", recognised_by="answer")
    assert x11.exposed.function(seen).reason == "open"


IDENTIFY = (
    "<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>"
    "<wsmid:ProductVersion>OS: 0.0.0 SP: 0.0 Stack: 3.0</wsmid:ProductVersion>"
)
WINDOWS = page("", status=404, server="Microsoft-HTTPAPI/2.0")
LOGON = page("", status=401, server="Microsoft-HTTPAPI/2.0", www_authenticate="Negotiate")


def ask(net: FakeNet, port: int = 443) -> WinrmAnswer:
    facts: WinrmAnswer = winrm_answer.function(Service("http", address="192.0.2.1", port=port), net)
    return facts


def test_winrm_that_names_itself_or_asks_for_a_logon_is_found() -> None:
    named = ask(FakeNet(pages={"POST /wsman": page(IDENTIFY)}), 5985)
    asking = ask(FakeNet(pages={"/": WINDOWS, "POST /wsman": LOGON}), 8000)
    assert (named.how, asking.how) == ("identify", "logon_asked")
    for seen in (named, asking):
        assert winrm.exposed.function(seen).status is Status.FAIL


def test_winrm_is_not_found_where_it_is_not() -> None:
    ordinary = FakeNet(pages={"/": page("hello", server="nginx")})
    assert ask(ordinary) == WinrmAnswer(found=False, asked=False)
    assert ordinary.requests == [("GET", "/")]
    other = ask(FakeNet(pages={"/": WINDOWS}))
    assert other == WinrmAnswer(found=False, asked=True)
    assert winrm.exposed.function(other).status is Status.PASS


def test_winrm_that_does_not_answer_is_a_failed_attempt() -> None:
    for answer in (Attempt.TIMEOUT, page("", status=503)):
        with pytest.raises(AttemptError):
            ask(FakeNet(pages={"POST /wsman": answer}), 5986)
    with pytest.raises(AttemptError):
        ask(FakeNet(missing=page("", status=503)), 8080)
    assert not ask(FakeNet(missing=page("", status=503, server="nginx")), 8080).found
