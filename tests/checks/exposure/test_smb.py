"""SMB: what the two negotiations mean."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.exposure import smb
from posture_scan.checks.exposure.collect_smb import (
    SmbNegotiation,
    negotiate1,
    negotiate2,
    smb_negotiation,
)

from posture_scan.model.codec import decode, encode
from posture_scan.sdk import Attempt, AttemptError, Service, ServiceSeen, Status
from tests.fakes import FakeNet, Talk

SERVICE = Service("smb", address="192.0.2.1", port=445)
CLOSED = Attempt.CLOSED_EARLY


def answer2(dialect: int = 0x0302, mode: int = 1) -> bytes:
    header = b"\xfeSMB" + struct.pack("<HHIHHI", 64, 0, 0, 0, 1, 1) + bytes(44)
    body = header + struct.pack("<HHH", 65, mode, dialect) + bytes(60)
    return struct.pack(">I", len(body)) + body


def answer1(words: int, dialect: int) -> bytes:
    header = bytes.fromhex("ff534d4272000000009853c8") + bytes(20)
    body = header + bytes([words]) + struct.pack("<H", dialect) + bytes(2 * words)
    return struct.pack(">I", len(body)) + body


NONE = answer1(1, 0xFFFF)
NT = answer1(17, 0)


def look(second: bytes | Attempt, first: bytes | Attempt) -> SmbNegotiation:
    net = FakeNet(talks=[Talk(replies=(second,)), Talk(replies=(first,))])
    facts: SmbNegotiation = smb_negotiation.function(SERVICE, net)
    assert decode(SmbNegotiation, encode(facts)) == facts
    return facts


def test_the_requests_are_those_of_the_specifications() -> None:
    assert negotiate1(b"NT LM 0.12").hex() == (
        "0000002fff534d4272000000001853c80000000000000000000000000000fffe00000000"
        "000c00024e54204c4d20302e313200"
    )
    probe = negotiate2()
    assert int.from_bytes(probe[:4], "big") == len(probe) - 4
    assert probe[4:8].hex() == "fe534d42"
    assert probe[104:114].hex() == "02021002000302031103"
    offset, count = struct.unpack_from("<IH", probe, 96)
    kind, length, _, hashes, salt = struct.unpack_from("<HHIHH", probe, 4 + offset)
    assert (count, kind, length, hashes, salt) == (1, 1, 38, 1, 32)
    assert 4 + offset + 8 + length == len(probe)


@pytest.mark.parametrize(
    ("second", "first", "state", "verdict"),
    [
        (answer2(), NONE, "refused", ("refused", Status.PASS)),
        (answer2(), CLOSED, "refused", ("refused", Status.PASS)),
        (answer2(), NT, "accepted", ("accepted", Status.FAIL)),
        (CLOSED, NT, "accepted", ("accepted", Status.FAIL)),
        (answer2(), Attempt.TIMEOUT, "timeout", ("probe_failed", Status.UNKNOWN)),
        (answer2(), b"\x00\x00\x00\x02no", "protocol_mismatch", ("probe_failed", Status.UNKNOWN)),
    ],
)
def test_smb1(
    second: bytes | Attempt, first: bytes | Attempt, state: str, verdict: tuple[str, Status]
) -> None:
    seen = look(second, first)
    assert seen.smb1 == state
    judged = smb.v1.function(seen)
    assert (judged.reason, judged.status) == verdict


def test_signing_and_dialect_are_read() -> None:
    assert look(answer2(0x0210, 3), NONE) == SmbNegotiation("refused", 0x0210, True)  # noqa: FBT003
    assert not look(answer2(), NONE).signing_required


def answer_error(status: int) -> bytes:
    header = b"\xfeSMB" + struct.pack("<HHIHHI", 64, 0, status, 0, 1, 1) + bytes(44)
    return struct.pack(">I", len(header) + 9) + header + struct.pack("<H", 9) + b"\xff" * 7


def test_an_error_is_no_agreement() -> None:
    assert look(answer_error(0xC00000BB), NT) == SmbNegotiation("accepted", 0)
    signed = answer1(17, 0)
    at = 4 + 32 + 3
    signed = signed[:at] + b"\x0f" + signed[at + 1 :]
    assert look(answer_error(0xC00000BB), signed).signing_required


@pytest.mark.parametrize(
    ("seen", "reason", "status", "actual"),
    [
        (SmbNegotiation("refused", 0x0311, True), "required", Status.PASS, "SMB 3.1.1"),  # noqa: FBT003
        (SmbNegotiation("refused", 0x0302), "not_required", Status.FAIL, "SMB 3.0.2"),
        (SmbNegotiation("accepted", 0), "not_required", Status.FAIL, "SMB 1"),
        (SmbNegotiation("refused", 0), "not_agreed", Status.UNKNOWN, ""),
    ],
)
def test_signing(seen: SmbNegotiation, reason: str, status: Status, actual: str) -> None:
    verdict = smb.signing_not_required.function(seen)
    assert (verdict.reason, verdict.status, verdict.actual) == (reason, status, actual)


SAMPLES = (answer2(0x0311, 3), answer2(), answer_error(0xC00000BB), NT, NONE)


BROKEN = st.tuples(st.sampled_from(SAMPLES), st.integers(0, 140), st.binary(max_size=8))


@given(BROKEN, BROKEN, st.integers(0, 90))
def test_broken_answers_are_judged_or_failed_attempts(
    second: tuple[bytes, int, bytes], first: tuple[bytes, int, bytes], at: int
) -> None:
    (answer, cut2, tail), (other, cut1, rest) = second, first
    for one in (answer[:cut2] + tail, answer[:at] + b"\xff" + answer[at + 1 :]):
        try:
            seen = look(one, other[:cut1] + rest)
        except AttemptError:
            continue
        for check in (smb.v1, smb.signing_not_required):
            assert check.function(seen).status in Status


@pytest.mark.parametrize(
    ("second", "first"), [(Attempt.TIMEOUT, NT), (CLOSED, CLOSED), (b"junk", b"junk")]
)
def test_where_neither_answers_nothing_is_known(
    second: bytes | Attempt, first: bytes | Attempt
) -> None:
    with pytest.raises(AttemptError):
        look(second, first)


def test_reachable_is_a_failure_and_absence_a_pass() -> None:
    seen = ServiceSeen("smb", tls=False, greeting=b"", recognised_by="answer")
    assert smb.exposed.function(seen).status is Status.FAIL
    assert smb.exposed.absent is Status.PASS
