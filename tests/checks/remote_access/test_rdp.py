"""RDP: what the three answers mean."""

from __future__ import annotations

import struct

import pytest
from posture_scan.checks.remote_access import rdp
from posture_scan.checks.remote_access.collect_rdp import (
    PAUSE,
    RdpAnswer,
    RdpNegotiation,
    rdp_negotiation,
    read_answer,
    request,
)

from posture_scan.model.codec import decode, encode
from posture_scan.sdk import Attempt, AttemptError, Service, ServiceSeen, Status
from tests.fakes import FakeNet, Talk

SERVICE = Service("rdp", address="192.0.2.1", port=3389)
BARE = bytes.fromhex("0300000b06d00000123400")


def accepted(protocol: int) -> bytes:
    return bytes.fromhex("030000130ed00000123400020108 00") + struct.pack("<I", protocol)


def refused(code: int) -> bytes:
    return bytes.fromhex("030000130ed00000123400030008 00") + struct.pack("<I", code)


def look(*answers: bytes | Attempt) -> RdpNegotiation:
    net = FakeNet(talks=[Talk(replies=(answer,)) for answer in answers])
    facts: RdpNegotiation = rdp_negotiation.function(SERVICE, net)
    assert net.pauses == [PAUSE, PAUSE]
    assert [message[-4] for message in net.sent] == [0x0B, 0x01, 0x00]
    assert decode(RdpNegotiation, encode(facts)) == facts
    return facts


def test_the_request_is_the_one_of_the_specification_and_names_nobody() -> None:
    assert request(0x0B).hex() == "030000130ee00000000000010008000b000000"


@pytest.mark.parametrize(
    ("answers", "no_nla", "weak"),
    [
        ((accepted(2), refused(5), refused(5)), ("required", "pass"), ("legacy_refused", "pass")),
        (
            (accepted(8), accepted(1), refused(1)),
            ("not_required", "fail"),
            ("legacy_refused", "pass"),
        ),
        (
            (accepted(1), accepted(1), accepted(0)),
            ("not_required", "fail"),
            ("legacy_accepted", "fail"),
        ),
        ((BARE, BARE, BARE), ("not_required", "fail"), ("legacy_accepted", "fail")),
        # NLA for TLS, but the legacy way stands open: there is no NLA on it.
        (
            (accepted(2), refused(5), accepted(0)),
            ("not_required", "fail"),
            ("legacy_accepted", "fail"),
        ),
        (
            (accepted(2), Attempt.TIMEOUT, Attempt.CLOSED_EARLY),
            ("probe_failed", "unknown"),
            ("probe_failed", "unknown"),
        ),
        (
            (accepted(2), refused(5), Attempt.TIMEOUT),
            ("probe_failed", "unknown"),
            ("probe_failed", "unknown"),
        ),
        (
            (accepted(2), refused(3), refused(3)),
            ("refused_otherwise", "unknown"),
            ("refused_otherwise", "unknown"),
        ),
        # Codes as FreeRDP's server gives them: knows only the legacy kind, or nothing at all.
        (
            (refused(2), refused(2), accepted(0)),
            ("not_required", "fail"),
            ("legacy_accepted", "fail"),
        ),
        (
            (refused(1), refused(1), refused(1)),
            ("refused_otherwise", "unknown"),
            ("legacy_refused", "pass"),
        ),
        # Client certificates, inconsistent flags, a code that nobody defined.
        (
            (refused(6), refused(6), refused(6)),
            ("refused_otherwise", "unknown"),
            ("legacy_refused", "pass"),
        ),
        (
            (accepted(2), refused(5), refused(4)),
            ("required", "pass"),
            ("refused_otherwise", "unknown"),
        ),
        (
            (refused(99), refused(99), refused(99)),
            ("refused_otherwise", "unknown"),
            ("refused_otherwise", "unknown"),
        ),
        # It falls back to the legacy kind although TLS was offered.
        (
            (accepted(1), accepted(0), Attempt.TIMEOUT),
            ("not_required", "fail"),
            ("legacy_accepted", "fail"),
        ),
        # It chooses what was not offered: that is no answer to the question.
        (
            (accepted(2), accepted(2), accepted(1)),
            ("probe_failed", "unknown"),
            ("probe_failed", "unknown"),
        ),
    ],
)
def test_verdicts(
    answers: tuple[bytes | Attempt, ...], no_nla: tuple[str, str], weak: tuple[str, str]
) -> None:
    facts = look(*answers)
    first = rdp.no_nla.function(facts)
    second = rdp.weak_encryption.function(facts)
    assert (first.reason, first.status.value) == no_nla
    assert (second.reason, second.status.value) == weak


def test_what_was_seen_is_named_as_the_specification_names_it() -> None:
    xrdp = look(accepted(1), accepted(1), accepted(0))
    no_nla, weak = rdp.no_nla.function(xrdp), rdp.weak_encryption.function(xrdp)
    assert (no_nla.actual, no_nla.expected) == ("TLS", "CredSSP (NLA)")
    assert (weak.actual, weak.expected) == ("Standard RDP Security", "TLS")
    windows = look(accepted(2), refused(5), refused(5))
    assert rdp.no_nla.function(windows).actual == "CredSSP (NLA)"
    odd = look(accepted(2), refused(5), accepted(0))
    assert rdp.no_nla.function(odd).actual == "Standard RDP Security"
    old = look(BARE, BARE, BARE)
    assert rdp.no_nla.function(old).actual == "Standard RDP Security"


def test_reachable_is_a_failure_and_absence_a_pass() -> None:
    seen = ServiceSeen("rdp", tls=False, greeting=b"", recognised_by="answer")
    assert rdp.exposed.function(seen).status is Status.FAIL
    assert rdp.exposed.absent is Status.PASS
    assert rdp.no_nla.absent is Status.NOT_APPLICABLE


def test_a_first_answer_that_does_not_come_is_a_failed_attempt() -> None:
    with pytest.raises(AttemptError):
        rdp_negotiation.function(SERVICE, FakeNet(talks=[Talk(ends=Attempt.TIMEOUT)]))


@pytest.mark.parametrize("data", [b"", BARE[:-1], refused(5)[:-1], b"\x03\x00\xff\xff" + BARE])
def test_what_is_no_confirm_is_not_read(data: bytes) -> None:
    with pytest.raises(AttemptError):
        read_answer(data)


def test_answers_can_come_in_pieces() -> None:
    net = FakeNet(talks=[Talk(replies=(accepted(2),), chunk=1)] * 3)
    assert rdp_negotiation.function(SERVICE, net).everything == RdpAnswer("accepted", selected=2)
