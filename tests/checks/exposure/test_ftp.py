"""FTP: whether it can be encrypted, without logging on."""

from __future__ import annotations

import pytest
from posture_scan.checks.exposure import ftp
from posture_scan.checks.exposure.collect_ftp import FtpGreeting, ftp_greeting

from posture_scan.sdk import Attempt, AttemptError, Service, Status
from tests.fakes import FakeNet, Talk

GREETING = b"220-Welcome\r\n220-to the files\r\n220 FTP server ready.\r\n"


def look(reply: bytes, *, tls: bool = False) -> tuple[FtpGreeting, list[bytes]]:
    net = FakeNet(talks=[Talk(greeting=GREETING, replies=(reply,))])
    service = Service("ftp", tls=tls, address="192.0.2.1", port=21)
    return ftp_greeting.function(service, net), net.sent


@pytest.mark.parametrize(
    ("reply", "reason", "status"),
    [
        (b"530 Please login with USER and PASS.\r\n", "no_encryption", Status.FAIL),
        (b"500-AUTH\r\n500 not understood\r\n", "no_encryption", Status.FAIL),
        (b"234 AUTH TLS OK.\r\n", "encryption_offered", Status.UNKNOWN),
        (b"431 Unable to accept.\r\n", "unclear_reply", Status.UNKNOWN),
    ],
)
def test_replies(reply: bytes, reason: str, status: Status) -> None:
    seen, sent = look(reply)
    verdict = ftp.plaintext.function(seen)
    assert (verdict.reason, verdict.status) == (reason, status)
    assert sent[0] == b"AUTH TLS\r\n"
    assert set(sent) <= {b"AUTH TLS\r\n", b"QUIT\r\n"}


def test_ftp_inside_tls_is_sound() -> None:
    seen, sent = look(b"", tls=True)
    assert ftp.plaintext.function(seen).status is Status.PASS
    assert sent == []


@pytest.mark.parametrize(
    ("reply", "attempt"),
    [(b"", Attempt.CLOSED_EARLY), (b"500-\r\n" * 60, Attempt.PROTOCOL_MISMATCH)],
)
def test_replies_without_an_end_are_failed_attempts(reply: bytes, attempt: Attempt) -> None:
    with pytest.raises(AttemptError) as error:
        look(reply)
    assert error.value.attempt is attempt
