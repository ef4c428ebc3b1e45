"""Messaging servers: what they offer before anything is encrypted, and what that means."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.network_service import xmpp
from posture_scan.checks.network_service.collect_xmpp import XmppOffer, xmpp_offer
from posture_scan.checks.network_service.collect_xmpp import xmpp as recognised

from posture_scan.sdk import Attempt, AttemptError, Service, Status
from tests.checks.network_service.samples import SAMPLES, XMPP
from tests.fakes import FakeNet, Talk

HEADER = XMPP[: XMPP.index(b"<stream:error")]
PLAIN = b"<mechanisms xmlns='m'><mechanism>plain</mechanism><mechanism>X</mechanism></mechanisms>"
SCRAM = b"<mechanisms xmlns='m'><mechanism>SCRAM-SHA-1</mechanism></mechanisms>"
OFFERED = b"<starttls xmlns='t'/>"
REQUIRED = b"<starttls xmlns='t'><required/></starttls>"
OLD = b"<auth xmlns='http://jabber.org/features/iq-auth'/>"


def listing(*features: bytes) -> bytes:
    return HEADER + b"<stream:features>" + b"".join(features) + b"</stream:features>"


def look(answer: bytes, *, port: int = 5222, names: tuple[str, ...] = (), chunk: int = 65_536,
         ends: Attempt | None = None, sent: list[bytes] | None = None) -> Any:  # fmt: skip
    net = FakeNet(talks=(Talk(replies=(answer,), chunk=chunk, ends=ends),))
    service = Service("xmpp", address="192.0.2.1", port=port, names=names)
    facts = xmpp_offer.function(service, net)
    if sent is not None:
        sent.extend(net.sent)
    return facts


@pytest.mark.parametrize(
    ("answer", "encrypts", "clear"),
    [
        (listing(REQUIRED), "required", "no_login_in_clear"),
        (listing(OFFERED, SCRAM), "offered", "no_login_in_clear"),
        (listing(OFFERED, PLAIN), "offered", "login_in_clear"),
        (listing(PLAIN), "not_offered", "login_in_clear"),
        (listing(PLAIN, OLD), "not_offered", "login_in_clear"),
        (listing(OFFERED, OLD), "offered", "old_logon"),
        (listing(SCRAM, b"<other><required/></other>"), "not_offered", "no_login_in_clear"),
        (HEADER + b"<features></features>", "not_offered", "no_login_in_clear"),
        (HEADER + b"<stream:features/>", "not_offered", "no_login_in_clear"),
        (HEADER + b"\n <stream:error>", "turned_away", "turned_away"),
        (XMPP, "turned_away", "turned_away"),
    ],
)
def test_a_server_by_its_features(answer: bytes, encrypts: str, clear: str) -> None:
    for chunk in (1, 65_536):
        seen = look(answer, chunk=chunk)
        assert xmpp.no_starttls.function(seen).reason == encrypts
        assert xmpp.plaintext.function(seen).reason == clear


@pytest.mark.parametrize(
    ("behind", "ends", "reason"),
    [(b"", Attempt.TIMEOUT, "not_offered"), (b"<message>", None, "not_offered"),
     (b"<stream:error>", None, "turned_away")],
)  # fmt: skip
def test_a_server_from_before_features(behind: bytes, ends: Attempt | None, reason: str) -> None:
    seen = look(HEADER.replace(b" version='1.0' xml", b" xml") + behind, ends=ends)
    assert xmpp.no_starttls.function(seen).reason == reason
    assert xmpp.plaintext.function(seen).status is Status.UNKNOWN


def test_behind_tls_nothing_is_asked() -> None:
    net = FakeNet()
    seen = xmpp_offer.function(Service("xmpp", tls=True, address="192.0.2.1", port=5223), net)
    assert seen == XmppOffer(tls_from_the_start=True)
    for check in (xmpp.no_starttls, xmpp.plaintext):
        assert check.function(seen).status is Status.PASS
    assert net.connections == 0


@pytest.mark.parametrize(
    ("port", "names", "to", "kind"),
    [
        (5222, ("chat.example.jp",), b"to='chat.example.jp'", b"'jabber:client'"),
        (5269, ("chat.example.jp",), b"to='chat.example.jp'", b"'jabber:server' from='posture-"),
        (5222, ("x' onload='",), b"to='192.0.2.1'", b"'jabber:client'"),
        (5222, (), b"to='192.0.2.1'", b"'jabber:client'"),
    ],
)
def test_a_stream_is_opened_and_closed(
    port: int, names: tuple[str, ...], to: bytes, kind: bytes
) -> None:
    sent: list[bytes] = []
    look(listing(REQUIRED), port=port, names=names, sent=sent)
    opened, closed = sent
    assert to in opened
    assert kind in opened
    assert closed == b"</stream:stream>"


def test_no_unknown_port_is_asked_for_it() -> None:
    assert not recognised.anywhere
    assert recognised.ports == (5222, 5223, 5269)
    assert b"posture-scan.invalid" in recognised.sends


def test_the_domain_that_a_server_names_is_not_kept() -> None:
    assert recognised.keep is not None
    for sample in SAMPLES["xmpp"]:
        kept = recognised.keep(sample.replace(b"posture-scan.invalid", b"secret.example"))
        assert recognised.recognise(kept)
        assert b"secret" not in kept
        assert b"error" not in kept


@pytest.mark.parametrize(
    "answer",
    [
        b"<html><body>", b"HTTP/1.1 400 Bad Request\r\n\r\n", HEADER + b"<message>",
        HEADER + b"<stream:features>" + b"<a/>" * 9000, b"<" * 9000, HEADER + b"x" * 9000,
        HEADER + b"</stream:features>", b"", recognised.sends,
    ],
)  # fmt: skip
def test_what_is_no_such_answer_is_a_failed_attempt(answer: bytes) -> None:
    with pytest.raises(AttemptError):
        look(answer)


@pytest.mark.parametrize("answer", [listing(REQUIRED, PLAIN), XMPP])
def test_cut_short_anywhere_is_never_judged_fine(answer: bytes) -> None:
    for at in range(len(answer)):
        try:
            seen = look(answer[:at])
        except AttemptError:
            continue
        assert seen == XmppOffer(turned_away=True)


@given(st.binary(max_size=300), st.sampled_from([b"", HEADER, HEADER + b"<stream:features>"]))
def test_hostile_servers_are_survived(data: bytes, before: bytes) -> None:
    try:
        facts = look(before + data)
    except AttemptError:
        return
    assert isinstance(facts, XmppOffer)
