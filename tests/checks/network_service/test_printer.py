"""Printers: asked only where one is likely, for nothing but the model."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.network_service import collect_printer, printer

from posture_scan.sdk import Attempt, AttemptError, HttpResponse, Method, Service, Status
from tests.checks.network_service.judged import ports
from tests.fakes import FakeNet, page

HERE = Service("http", address="192.0.2.1", port=631)
HEAD = b"\x01\x01\x00\x00\x00\x00pS\x01"
CUPS = b"HTTP/1.1 200 OK\r\nServer: CUPS/2.4 IPP/2.1\r\n\r\n"


def ipp(*parts: bytes, kind: str = "application/ipp") -> HttpResponse:
    return page(HEAD + b"".join(parts) + b"\x03", content_type=kind)


def model(text: bytes, tag: int = 0x41) -> bytes:
    name = b"printer-make-and-model"
    return struct.pack(">BH", tag, len(name)) + name + struct.pack(">H", len(text)) + text


def ask(answer: HttpResponse | Attempt, service: Service = HERE) -> collect_printer.PrinterAnswer:
    net = FakeNet(pages={"POST /ipp/print": answer})
    facts: collect_printer.PrinterAnswer = collect_printer.printer_attributes.function(service, net)
    return facts


def test_a_printer_names_its_model() -> None:
    seen = ask(ipp(model(b"Example LaserJet 4\x1b[2J" + b"x" * 300)))
    assert seen.found
    assert seen.model.startswith("Example LaserJet 4[2J")
    assert len(seen.model) == 80
    assert printer.exposed.function(seen).reason == "reachable_model"


def test_a_printer_that_does_not_is_still_one() -> None:
    for answer in (ipp(), ipp(model(b"x", tag=0x44)), ipp(b"\x00" * 50)):
        assert printer.exposed.function(ask(answer)).reason == "reachable"
    refusing = page("no", status=403)
    assert ask(refusing, Service("http", address="192.0.2.1", port=8631, greeting=CUPS)).found


def test_an_ordinary_web_server_is_not_asked_at_all() -> None:
    net = FakeNet()
    service = Service("http", address="192.0.2.1", port=80, greeting=CUPS.replace(b"CUPS", b"nginx")
                      .replace(b"IPP/2", b"x/2"))  # fmt: skip
    seen = collect_printer.printer_attributes.function(service, net)
    assert net.requests == []
    assert printer.exposed.function(seen).status is Status.PASS


@pytest.mark.parametrize(
    "answer",
    [
        page("<html>", content_type="text/html"),
        page(b"\x01\x01\x00\x00\x00\x00\x00\x01", content_type="application/ipp"),
        page(b"\x01", content_type="application/ipp"),
    ],
)
def test_another_web_server_on_port_631_is_no_printer(answer: HttpResponse) -> None:
    assert not ask(answer).found


def test_a_server_that_fails_is_a_failed_attempt() -> None:
    for answer in (Attempt.TIMEOUT, page("", status=503)):
        with pytest.raises(AttemptError):
            ask(answer)


def test_only_the_model_is_asked_for() -> None:
    sent = collect_printer.request("2001:db8::1")
    assert b"ipp://[2001:db8::1]/ipp/print" in sent
    assert sent[2:4] == b"\x00\x0b"  # Get-Printer-Attributes
    for word in (b"requesting-user-name", b"printer-name", b"job"):
        assert word not in sent


@given(st.binary(max_size=200))
def test_hostile_attributes_never_raise(data: bytes) -> None:
    for body in (data, model(b"")[:-2] + data):
        assert len(collect_printer.model(body)) <= 80


def test_a_raw_port_is_told_by_its_number_and_that_is_said() -> None:
    found = printer.raw_port.function(ports(22, 9100, 9101))
    assert (found.status, found.method) == (Status.FAIL, Method.PORT_NUMBER_ONLY)
    assert dict(found.values) == {"numbers": "9100, 9101"}
    named = ports(22, others=(9100,))  # something else was recognised there
    assert printer.raw_port.function(named).status is Status.PASS
    assert printer.raw_port.function(ports(finished=False)).status is Status.UNKNOWN
