"""VNC: versions, security types and what cannot be known from them."""

from __future__ import annotations

import pytest
from posture_scan.checks.remote_access import vnc
from posture_scan.checks.remote_access.collect_vnc import RfbSecurity, rfb_security

from posture_scan.sdk import Attempt, AttemptError, Service, ServiceSeen, Status
from tests.fakes import FakeNet, Talk

SERVICE = Service("vnc", address="192.0.2.1", port=5900)


def look(greeting: bytes, answer: bytes) -> tuple[RfbSecurity, FakeNet]:
    net = FakeNet(talks=[Talk(greeting=greeting, replies=(answer,))])
    return rfb_security.function(SERVICE, net), net


@pytest.mark.parametrize(
    ("greeting", "reply", "answer", "types", "verdict"),
    [
        (b"RFB 003.008\n", b"RFB 003.008\n", b"\x01\x01", (1,), ("none_offered", Status.FAIL)),
        (b"RFB 003.008\n", b"RFB 003.008\n", b"\x01\x02", (2,), ("password_asked", Status.PASS)),
        (
            b"RFB 003.007\n",
            b"RFB 003.007\n",
            b"\x02\x02\x01",
            (2, 1),
            ("none_offered", Status.FAIL),
        ),
        (
            b"RFB 003.008\n",
            b"RFB 003.008\n",
            b"\x02\x13\x02",
            (19, 2),
            ("hidden_inside", Status.UNKNOWN),
        ),
        (
            b"RFB 003.008\n",
            b"RFB 003.008\n",
            b"\x00\x00\x00\x00\x04busy",
            (),
            ("refused_to_say", Status.UNKNOWN),
        ),
        (
            b"RFB 003.889\n",
            b"RFB 003.008\n",
            b"\x02\x1e\x21",
            (30, 33),
            ("password_asked", Status.PASS),
        ),
        (b"RFB 005.000\n", b"RFB 003.008\n", b"\x01\x05", (5,), ("password_asked", Status.PASS)),
        # 3.3: the server decides, and 1 means that the session is open already.
        (
            b"RFB 003.003\n",
            b"RFB 003.003\n",
            b"\x00\x00\x00\x01",
            (1,),
            ("none_offered", Status.FAIL),
        ),
        (
            b"RFB 003.005\n",
            b"RFB 003.003\n",
            b"\x00\x00\x00\x02",
            (2,),
            ("password_asked", Status.PASS),
        ),
        (
            b"RFB 003.003\n",
            b"RFB 003.003\n",
            b"\x00\x00\x00\x00",
            (),
            ("refused_to_say", Status.UNKNOWN),
        ),
    ],
)
def test_types_and_verdicts(
    greeting: bytes, reply: bytes, answer: bytes, types: tuple[int, ...],
    verdict: tuple[str, Status],
) -> None:  # fmt: skip
    seen, net = look(greeting, answer)
    assert net.sent == [reply]
    assert seen.types == types
    judged = vnc.no_auth.function(seen)
    assert (judged.reason, judged.status) == verdict


def test_what_was_seen_is_told_in_words_and_the_numbers_stay_in_the_values() -> None:
    seen, _ = look(b"RFB 003.008\n", b"\x02\x02\x01")
    judged = vnc.no_auth.function(seen)
    assert (judged.actual, judged.expected) == ("open", "password")
    assert dict(judged.values)["types"] == "2 1"


def test_what_is_no_vnc_or_breaks_off_is_a_failed_attempt() -> None:
    with pytest.raises(AttemptError) as no_vnc:
        look(b"SSH-2.0-abcd", b"")
    assert no_vnc.value.attempt is Attempt.PROTOCOL_MISMATCH
    with pytest.raises(AttemptError) as cut:
        look(b"RFB 003.008\n", b"\x05\x01")
    assert cut.value.attempt is Attempt.CLOSED_EARLY


def test_reachable_is_a_failure_and_absence_a_pass() -> None:
    seen = ServiceSeen("vnc", tls=False, greeting=b"", recognised_by="answer")
    assert vnc.exposed.function(seen).status is Status.FAIL
    assert vnc.exposed.absent is Status.PASS
