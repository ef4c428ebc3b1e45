"""From a plain connection to the first byte of TLS: every dialogue, sound, refused and hostile."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.encryption.starttls import PROTOCOLS, NotOfferedError, begin

from posture_scan.engine.packs import load_packs
from posture_scan.sdk import Attempt, AttemptError, Service
from tests.checks.encryption.upgrades import (
    HEADER,
    OFFERED,
    PROCEED,
    SOUND,
    STRANGE,
    TURNED_AWAY,
    WITHOUT,
    Server,
)
from tests.fakes import FakeChannel, Talk

TLS = b"\x16\x03\x03\x00\x04what follows is the server's own answer"


def label(server: Server) -> str:
    return f"{server.protocol} {(server.replies or (server.greeting,))[-1][:24]!r}"


def lead(
    server: Server, service: Service | None = None, *, chunk: int = 65_536,
    ends: Attempt | None = None,
) -> tuple[FakeChannel, list[bytes]]:  # fmt: skip
    """Begin at this server; returns the channel after it, and what was sent."""
    sent: list[bytes] = []
    channel = FakeChannel(Talk(server.greeting, server.replies, ends, chunk=chunk), sent)
    begin(service or place(server.protocol), channel)
    return channel, sent


def place(protocol: str, port: int = 9) -> Service:
    return Service(protocol, address="192.0.2.1", port=port, names=("chat.example.jp",))


@pytest.mark.parametrize("server", SOUND, ids=label)
@pytest.mark.parametrize("chunk", [1, 65_536])
def test_what_follows_the_consent_is_left_for_tls(server: Server, chunk: int) -> None:
    """Bytes that come with the consent (CVE-2011-0411, CVE-2021-23222) are the next to read."""
    full = server.saying([*server.parts[:-1], server.parts[-1] + TLS])
    channel, sent = lead(full, chunk=chunk)
    assert channel.receive_exactly(len(TLS)) == TLS
    assert len(sent) == len(server.replies) + (server.protocol == "mysql")


@pytest.mark.parametrize("server", WITHOUT, ids=label)
def test_a_server_that_says_it_has_no_tls(server: Server) -> None:
    with pytest.raises(NotOfferedError) as raised:
        lead(server)
    assert raised.value.detail


@pytest.mark.parametrize("server", TURNED_AWAY, ids=label)
def test_being_turned_away_says_nothing_of_tls(server: Server) -> None:
    with pytest.raises(AttemptError) as raised:
        lead(server)
    assert raised.value.attempt is Attempt.CLOSED_EARLY


@pytest.mark.parametrize("server", STRANGE, ids=label)
def test_another_protocol_is_a_mismatch(server: Server) -> None:
    with pytest.raises(AttemptError) as raised:
        lead(server)
    assert raised.value.attempt is Attempt.PROTOCOL_MISMATCH


@pytest.mark.parametrize("server", [*SOUND, *WITHOUT], ids=label)
@pytest.mark.parametrize("ends", [None, Attempt.TIMEOUT])
def test_cut_short_at_any_byte_is_a_failed_attempt(server: Server, ends: Attempt | None) -> None:
    for at in range(sum(map(len, server.parts))):
        with pytest.raises(AttemptError):
            lead(server.cut(at), ends=ends)


@pytest.mark.parametrize("server", SOUND, ids=label)
@pytest.mark.parametrize(
    "piece",
    [
        b"220-x\r\n",
        b"250-x\r\n",
        b"* x\r\n",
        b"x",
        b"\n",
        b"<a>",
        b"<",
        b"\x00",
        b"\xff",
        b"+OK\r\n",
    ],
)
def test_an_endless_answer_ends(server: Server, piece: bytes) -> None:
    for at, part in enumerate(server.parts):
        said = server.parts
        said[at] = part[:-3] + piece * 20_000
        ended(server.saying(said), 65_536)


@given(
    st.sampled_from(PROTOCOLS), st.binary(max_size=400), st.lists(st.binary(max_size=400)),
    st.sampled_from([1, 65_536]),
)  # fmt: skip
def test_any_bytes_end_in_one_of_two_ways(
    protocol: str, greeting: bytes, replies: list[bytes], chunk: int
) -> None:
    ended(Server(protocol, greeting, tuple(replies)), chunk)


@given(st.sampled_from((*SOUND, *WITHOUT)), st.integers(0, 500), st.binary(max_size=12))
def test_a_byte_changed_anywhere_ends_in_one_of_two_ways(
    server: Server, at: int, change: bytes
) -> None:
    said = [part and part[:at] + change + part[at + len(change) :] for part in server.parts]
    ended(server.saying(said), 65_536)


def ended(server: Server, chunk: int) -> None:
    """It came through, or one of the two errors was raised, with a short detail."""
    detail = ""
    try:
        lead(server, chunk=chunk)
    except (AttemptError, NotOfferedError) as error:
        detail = error.detail
    assert len(detail) < 40


@pytest.mark.parametrize("server", SOUND, ids=label)
def test_nothing_a_server_says_is_sent_back(server: Server) -> None:
    marked = server.saying([part.replace(b"x", b"SECRET x") for part in server.parts])
    try:
        _, sent = lead(marked)
    except AttemptError:
        return
    assert sent == lead(server)[1]


def test_no_message_names_a_user() -> None:
    said = {}
    for server in SOUND:
        said[server.protocol] = lead(server)[1]
    assert said["mysql"] == [b"\x20\x00\x00\x01" + struct.pack("<II", 0x8A00, 1 << 24) + b"\x21"
                             + bytes(23)]  # fmt: skip
    assert said["ldap"] == [b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037"]
    assert said["postgresql"] == [bytes.fromhex("0000000804d2162f")]
    assert said["rdp"] == [bytes.fromhex("030000130ee00000000000") + b"\x01\x00\x08\x00\x0b\0\0\0"]
    assert said["smtp"] == [b"EHLO posture-scan.invalid\r\n", b"STARTTLS\r\n"]
    assert said["ftp"] == [b"AUTH TLS\r\n"]
    assert said["imap"] == [b"p1 STARTTLS\r\n"]
    assert said["pop3"] == [b"STLS\r\n"]


@pytest.mark.parametrize(
    ("port", "name", "to", "kind"),
    [
        (5222, "chat.example.jp", b"to='chat.example.jp'", b"xmlns='jabber:client'"),
        (5269, "chat.example.jp", b"to='chat.example.jp'", b"xmlns='jabber:server' from='posture"),
        (5222, "x'><evil", b"to='192.0.2.1'", b"xmlns='jabber:client'"),
        (5222, "", b"to='192.0.2.1'", b"xmlns='jabber:client'"),
    ],
)
def test_a_stream_is_for_a_scoped_name(port: int, name: str, to: bytes, kind: bytes) -> None:
    server = Server("xmpp", b"", (HEADER + OFFERED, PROCEED))
    names = (name,) if name else ()
    service = Service("xmpp", address="192.0.2.1", port=port, names=names)
    _, sent = lead(server, service)
    assert to in sent[0]
    assert kind in sent[0]


@pytest.mark.parametrize(
    ("behind", "ends", "error"),
    [(b"", Attempt.TIMEOUT, NotOfferedError), (b"<message>", None, NotOfferedError),
     (b"<stream:error>", None, AttemptError), (b"", None, AttemptError)],
)  # fmt: skip
def test_xmpp_from_before_its_first_version(
    behind: bytes, ends: Attempt | None, error: type[Exception]
) -> None:
    old = HEADER.replace(b" version='1.0' ", b" ") + behind
    with pytest.raises(error):
        lead(Server("xmpp", b"", (old,)), ends=ends)


def test_what_is_encrypted_or_does_not_upgrade_is_refused() -> None:
    for service in (Service("smtp", tls=True), Service("ssh"), Service()):
        with pytest.raises(AttemptError):
            lead(Server("smtp", b"220 x\r\n"), service)


def test_every_name_is_that_of_a_protocol() -> None:
    known = {spec.name for pack in load_packs().packs for spec in pack.protocols}
    assert set(PROTOCOLS) <= known
