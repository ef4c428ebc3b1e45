"""Mail servers: what they offer before anything is encrypted, and what that means."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.network_service import imap, pop3, smtp
from posture_scan.checks.network_service.collect_mailbox import imap_offer, pop3_offer
from posture_scan.checks.network_service.collect_smtp import smtp_offer

from posture_scan.sdk import AttemptError, Check, Collector, Service, Status
from tests.fakes import FakeNet, Talk

READY = b"220 mail.example.jp ESMTP\r\n"
IMAP, POP3 = b"* OK ready\r\n", b"+OK ready\r\n"


def look(collector: Collector, greeting: bytes, *replies: bytes, chunk: int = 65_536) -> Any:
    net = FakeNet(talks=(Talk(greeting, replies, chunk=chunk),))
    return collector.function(Service("x", address="192.0.2.1", port=25), net)


def verdict(check: Check, seen: Any) -> tuple[Status, str]:
    result = check.function(seen)
    return result.status, result.reason


@pytest.mark.parametrize(
    ("hello", "encrypts", "clear"),
    [
        (b"250-mail\r\n250-STARTTLS\r\n250 8BITMIME\r\n", "offered", "no_login_in_clear"),
        (b"250-mail\r\n250-starttls\r\n250 AUTH CRAM-MD5\r\n", "offered", "no_login_in_clear"),
        (b"250-mail\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n", "offered", "login_in_clear"),
        (b"250-mail\r\n250 AUTH=LOGIN\r\n", "not_offered", "login_in_clear"),
        (b"250 mail STARTTLS\r\n", "not_offered", "no_login_in_clear"),
        (b"502 what\r\n", "not_offered", "no_login_in_clear"),
        (b"550 go away\r\n", "turned_away", "turned_away"),
        (b"421 busy\r\n", "turned_away", "turned_away"),
    ],
)
def test_a_mail_server_by_its_hello(hello: bytes, encrypts: str, clear: str) -> None:
    seen = look(smtp_offer, READY, hello)
    assert smtp.no_starttls.function(seen).reason == encrypts
    assert smtp.plaintext.function(seen).reason == clear


def test_a_mail_server_that_turns_us_away_is_not_judged() -> None:
    seen = look(smtp_offer, b"554-no\r\n554 SMTP service\r\n")
    assert seen.greeting_code == 554
    for check in (smtp.no_starttls, smtp.plaintext):
        assert verdict(check, seen) == (Status.UNKNOWN, "turned_away")


@pytest.mark.parametrize(
    ("abilities", "status", "reason"),
    [
        (b"IMAP4rev1 STARTTLS LOGINDISABLED", Status.PASS, "encryption_required"),
        (b"IMAP4rev1 STARTTLS AUTH=PLAIN", Status.FAIL, "login_in_clear"),
        (b"IMAP4rev1 STARTTLS", Status.FAIL, "login_in_clear"),
        (b"IMAP4rev1 STARTTLS LOGINDISABLED AUTH=PLAIN", Status.FAIL, "login_in_clear"),
        (b"IMAP4rev1", Status.FAIL, "no_encryption"),
        (b"IMAP4rev1 LOGINDISABLED", Status.PASS, "encryption_required"),
    ],
)
def test_a_mailbox_over_imap(abilities: bytes, status: Status, reason: str) -> None:
    said = b"* CAPABILITY " + abilities + b"\r\np1 OK done\r\n"
    seen = look(imap_offer, IMAP, said, chunk=3)
    assert verdict(imap.plaintext, seen) == (status, reason)


@pytest.mark.parametrize("said", [b"p1 BAD what\r\n", b"p1 OK but nothing listed\r\n"])
def test_imap_that_lists_nothing_is_not_judged(said: bytes) -> None:
    assert verdict(imap.plaintext, look(imap_offer, IMAP, said))[0] is Status.UNKNOWN
    assert verdict(imap.plaintext, look(imap_offer, b"* BYE full\r\n"))[0] is Status.UNKNOWN


@pytest.mark.parametrize(
    ("abilities", "status", "reason"),
    [
        (b"+OK\r\nSTLS\r\nSASL\r\n.\r\n", Status.PASS, "encryption_required"),
        (b"+OK\r\nSTLS\r\nUSER\r\n.\r\n", Status.FAIL, "login_in_clear"),
        (b"+OK\r\nSTLS\r\nSASL PLAIN\r\n.\r\n", Status.FAIL, "login_in_clear"),
        (b"+OK\r\nUSER\r\n.\r\n", Status.FAIL, "no_encryption"),
        (b"+OK\r\nSASL SCRAM-SHA-256\r\n.\r\n", Status.PASS, "encryption_required"),
        (b"-ERR unknown\r\n", Status.UNKNOWN, "not_listed"),
    ],
)
def test_a_mailbox_over_pop3(abilities: bytes, status: Status, reason: str) -> None:
    seen = look(pop3_offer, POP3, abilities, chunk=5)
    assert verdict(pop3.plaintext, seen) == (status, reason)


def test_behind_tls_nothing_is_asked() -> None:
    net = FakeNet()
    service = Service("x", tls=True, address="192.0.2.1", port=993)
    for collector, check in ((smtp_offer, smtp.plaintext), (imap_offer, imap.plaintext),
                             (pop3_offer, pop3.plaintext)):  # fmt: skip
        assert verdict(check, collector.function(service, net)) == (Status.PASS, "always_encrypted")
    assert net.connections == 0


def test_nothing_is_asked_but_abilities() -> None:
    net = FakeNet(talks=(
        Talk(READY, (b"250 mail\r\n",)), Talk(IMAP, (b"* CAPABILITY IMAP4rev1\r\np1 OK\r\n",)),
        Talk(POP3, (b"+OK\r\n.\r\n",)),
    ))  # fmt: skip
    for collector in (smtp_offer, imap_offer, pop3_offer):
        collector.function(Service("x", address="192.0.2.1"), net)
    assert [line.split()[0 if b"LO" in line or b"QUIT" in line else -1] for line in net.sent] == [
        b"EHLO", b"QUIT", b"CAPABILITY", b"p2", b"CAPA", b"QUIT",
    ]  # fmt: skip


@given(st.lists(st.binary(max_size=300), max_size=4), st.sampled_from([READY, IMAP, POP3, b""]))
def test_hostile_mail_servers_are_survived(replies: list[bytes], greeting: bytes) -> None:
    for collector in (smtp_offer, imap_offer, pop3_offer):
        try:
            facts = look(collector, greeting, *replies)
        except AttemptError:
            continue
        assert isinstance(facts, collector.returns)


@pytest.mark.parametrize(
    ("collector", "greeting", "endless"),
    [(smtp_offer, READY, b"250-x\r\n"), (imap_offer, IMAP, b"* x\r\n"),
     (pop3_offer, POP3, b"+OK\r\n"), (smtp_offer, READY, b"2" * 9000)],
)  # fmt: skip
def test_an_endless_answer_is_a_failed_attempt(
    collector: Collector, greeting: bytes, endless: bytes
) -> None:
    with pytest.raises(AttemptError):
        look(collector, greeting, endless * 1000)
