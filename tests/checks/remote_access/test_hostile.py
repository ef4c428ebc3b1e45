"""Servers that lie, break off or never stop: every collector ends with facts or a named failure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.remote_access.collect_anydesk import anydesk_certificate
from posture_scan.checks.remote_access.collect_rd_gateway import rd_gateway_front
from posture_scan.checks.remote_access.collect_rd_web import rd_web_front
from posture_scan.checks.remote_access.collect_rdp import rdp_negotiation
from posture_scan.checks.remote_access.collect_screenconnect import screenconnect_front
from posture_scan.checks.remote_access.collect_ssh import SshHello, ssh_hello
from posture_scan.checks.remote_access.collect_telnet import decline, telnet_banner
from posture_scan.checks.remote_access.collect_vnc import rfb_security
from posture_scan.checks.remote_access.collect_winrm import winrm_answer

from posture_scan.engine.packs import load_packs
from posture_scan.model.codec import decode, encode
from posture_scan.sdk import (
    Attempt,
    AttemptError,
    Collector,
    Context,
    Facts,
    HttpResponse,
    Service,
    ServiceSeen,
    Vantage,
)
from tests.checks.remote_access.test_ssh import kexinit
from tests.fakes import FakeNet, Talk, page
from tests.lab.looking import NOW

CONFIRM = bytes.fromhex("030000130ed000001234000209080002000000")
CONVERSATIONS = {
    "rdp": (rdp_negotiation, b"", CONFIRM),
    "vnc": (rfb_security, b"RFB 003.008\n", b"\x02\x13\x02"),
    "ssh": (ssh_hello, b"SSH-2.0-OpenSSH_9.2p1\r\n" + kexinit(), b""),
    "telnet": (
        telnet_banner, b"\xff\xfd\x18\xff\xfa\x18\x01\xff\xf0", b"MikroTik v6.42\r\nLogin: ",
    ),
}  # fmt: skip
OVER_HTTP = (rd_gateway_front, rd_web_front, screenconnect_front, winrm_answer)
ESCAPES = b"\x1b[31m\x1b]0;owned\x07\x9b31m\xe2\x80\xae"
CHECKS = [item for item in load_packs().checks if item.pack == "remote_access"]


def collect(collector: Collector, service: Service, net: FakeNet) -> Facts | Attempt:
    """Facts that survive being written down, or the name of the failure; nothing else."""
    try:
        facts: Facts = collector.function(service, net)
    except AttemptError as error:
        return error.attempt
    assert decode(type(facts), encode(facts)) == facts
    judge(facts, service)
    return facts


def judge(facts: Facts, service: Service) -> None:
    """Every check that reads such facts says something, and nothing a terminal would obey."""
    for item in CHECKS:
        if item.check.needs is type(facts):
            context = Context(NOW, NOW, service, Vantage.EXTERNAL)
            verdict = item.check.judge(facts, context)
            shown = [verdict.actual, *(str(value) for _, value in verdict.values)]
            assert all(text.isprintable() for text in shown), (item.id, shown)


def converse(name: str, greeting: bytes, answer: bytes, *, chunk: int = 65_536) -> Facts | Attempt:
    collector = CONVERSATIONS[name][0]
    talk = Talk(greeting=greeting, replies=(answer,) * 6, chunk=chunk)
    return collect(collector, Service(name, address="192.0.2.1", port=1), FakeNet([talk] * 3))


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_cut_off_after_any_byte(name: str) -> None:
    _, greeting, answer = CONVERSATIONS[name]
    assert isinstance(converse(name, greeting, answer), Facts)
    for end in range(len(greeting)):
        converse(name, greeting[:end], b"")
    for end in range(len(answer)):
        converse(name, greeting, answer[:end])


@pytest.mark.parametrize("name", ["rdp", "vnc", "ssh"])
def test_what_is_needed_and_never_comes_is_a_failure_not_a_fact(name: str) -> None:
    _, greeting, answer = CONVERSATIONS[name]
    short = converse(name, greeting[: -1 if not answer else None], answer[:-1])
    assert short is Attempt.CLOSED_EARLY


@pytest.mark.parametrize("name", CONVERSATIONS)
@pytest.mark.parametrize(
    "noise", [b"\x00", b"\xff", b"A", b"RFB 003.008\n", b"SSH-2.0-", b"\xff\xfb"]
)
def test_sixty_four_thousand_bytes_of_noise(name: str, noise: bytes) -> None:
    much = (noise * 65_536)[:65_536]
    _, greeting, _ = CONVERSATIONS[name]
    converse(name, much, much)
    converse(name, greeting, much)


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_drops_of_one_byte(name: str) -> None:
    _, greeting, answer = CONVERSATIONS[name]
    assert isinstance(converse(name, greeting, answer, chunk=1), Facts)


@pytest.mark.parametrize("name", CONVERSATIONS)
@given(greeting=st.binary(max_size=200), answer=st.binary(max_size=200))
def test_any_bytes(name: str, greeting: bytes, answer: bytes) -> None:
    converse(name, greeting, answer)
    converse(name, CONVERSATIONS[name][1], answer)


@given(
    name=st.sampled_from(sorted(CONVERSATIONS)), at=st.integers(0, 500), byte=st.integers(0, 255)
)
def test_any_one_byte_wrong(name: str, at: int, byte: int) -> None:
    _, greeting, answer = CONVERSATIONS[name]
    whole = bytearray(greeting + answer)
    whole[at % len(whole)] = byte
    converse(name, bytes(whole[: len(greeting)]), bytes(whole[len(greeting) :]))


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_escapes_of_the_terminal_are_nowhere_in_what_is_kept(name: str) -> None:
    _, greeting, answer = CONVERSATIONS[name]
    converse(name, greeting + ESCAPES, answer)
    converse(name, ESCAPES + greeting, ESCAPES + answer)


def test_escapes_inside_a_weak_algorithms_name_are_made_harmless() -> None:
    banner = b"SSH-2.0-x\xe2\x80\xaey" + ESCAPES + b"\r\n"
    packet = kexinit(macs="hmac-md5\x1b[31m", kex="curve25519-sha256")
    seen = converse("ssh", banner + packet, b"")
    assert isinstance(seen, SshHello)
    assert seen.software == "x?y"
    assert seen.macs[0].startswith("hmac-md5?[31m")


@pytest.mark.parametrize("collector", OVER_HTTP, ids=lambda item: str(item.name))
@given(
    answer=st.builds(
        page, st.binary(max_size=300), status=st.integers(100, 599), server=st.text(max_size=60),
        www_authenticate=st.text(max_size=40),
    ),
    greeting=st.binary(max_size=200), tls=st.booleans(),
)  # fmt: skip
def test_any_web_server(
    collector: Collector,
    answer: HttpResponse,
    greeting: bytes,
    tls: bool,  # noqa: FBT001
) -> None:
    for said in (greeting, b"HTTP/1.1 200 OK\r\n" + greeting + b"\r\n\r\n" + answer.body):
        service = Service("http", tls=tls, address="192.0.2.1", port=443, greeting=said)
        collect(collector, service, FakeNet(missing=answer))
        collect(collector, service, FakeNet(missing=Attempt.TIMEOUT))


@pytest.mark.parametrize("chain", [(), (b"",), (b"\x06\x03\x55\x04\x03",), (bytes(100_000),)])
def test_any_certificate(chain: tuple[bytes, ...]) -> None:
    collect(anydesk_certificate, Service("tls", tls=True), FakeNet([Talk(chain=chain)]))


@given(st.binary(max_size=300))
def test_options_are_declined_and_nothing_else_is_said(data: bytes) -> None:
    text, refusals = decline(data)
    assert len(refusals) % 3 == 0
    assert {refusals[at : at + 2] for at in range(0, len(refusals), 3)} <= {
        b"\xff\xfc",
        b"\xff\xfe",
    }
    assert len(text) <= len(data)


def test_a_greeting_of_escapes_is_recognised_as_nothing_it_is_not() -> None:
    for item in CHECKS:
        if item.check.needs is ServiceSeen and item.check.on:
            judge(ServiceSeen("x", tls=False, greeting=ESCAPES, recognised_by="nmap"), Service("x"))
