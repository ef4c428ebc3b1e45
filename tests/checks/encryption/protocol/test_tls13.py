"""The sealed part of TLS 1.3, opened against OpenSSL itself: every group, every suite, any harm."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from posture_scan.checks.encryption.protocol import groups, shares
from posture_scan.checks.encryption.protocol.hello import TLS13, ClientHello, tls13_hello
from posture_scan.checks.encryption.protocol.messages import Answer
from posture_scan.checks.encryption.protocol.tls13 import SealedError, opener
from posture_scan.checks.encryption.protocol.wire import Reader

from tests.checks.encryption.certificates import NAME, authority, intermediate, issue
from tests.checks.encryption.openssl_peer import answer

ROOT = authority()
MIDDLE = intermediate(ROOT)
CHAIN = (issue(issuer=MIDDLE), MIDDLE)
DER = tuple(one.der for one in CHAIN)


def read(hello: ClientHello, said: bytes, chunk: int = 65_536) -> Answer:
    reader = Reader(hello)
    for at in range(0, len(said), chunk):
        if not reader.feed(said[at : at + chunk]):
            break
    return reader.answer()


@pytest.mark.parametrize(
    "group", [groups.X25519, groups.P256, groups.P384, groups.P521, groups.X448]
)
def test_the_chain_is_read_under_every_group_we_have_a_half_for(group: int) -> None:
    hello = replace(tls13_hello(NAME, extra=group), groups=(group,))
    found = read(hello, answer(hello.to_bytes(), CHAIN))
    assert found.hello is not None
    assert (found.hello.version, found.group) == (TLS13, group)
    assert found.chain == DER
    assert found.finished


def test_a_post_quantum_share_is_agreed_on_and_the_chain_read_under_it() -> None:
    hello = tls13_hello(NAME, post_quantum=True)
    found = read(hello, answer(hello.to_bytes(), CHAIN))
    assert found.group == groups.X25519_MLKEM768
    assert found.chain == DER


@pytest.mark.parametrize(
    "suite",
    ["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256", "AES_128_CCM_SHA256",
     "AES_128_CCM_8_SHA256"],
)  # fmt: skip
def test_every_suite_of_tls13_opens(suite: str) -> None:
    hello = tls13_hello(NAME)
    found = read(hello, answer(hello.to_bytes(), CHAIN, suites=f"TLS_{suite}".encode()))
    assert found.chain == DER


@given(st.integers(1, 3000))
@settings(max_examples=30)
def test_it_may_come_in_pieces_of_any_size(chunk: int) -> None:
    hello = tls13_hello(NAME)
    assert read(hello, answer(hello.to_bytes(), CHAIN), chunk).chain == DER


@given(st.data())
@settings(max_examples=60)
def test_what_was_altered_on_the_way_shows_no_other_chain(data: st.DataObject) -> None:
    hello = tls13_hello(NAME)
    said = bytearray(answer(hello.to_bytes(), CHAIN))
    at = data.draw(st.integers(0, 10_000)) % len(said)  # signatures differ in length
    said[at] ^= data.draw(st.integers(1, 255))
    found = read(hello, bytes(said))
    assert found.chain in {(), DER}
    assert found.hello is None or found.hello.version <= TLS13


def test_a_hello_of_somebody_else_opens_nothing_but_shows_the_version() -> None:
    asked, other = tls13_hello(NAME), tls13_hello("other.example.jp")
    found = read(other, answer(asked.to_bytes(), CHAIN))
    assert found.hello is not None
    assert found.hello.version == TLS13
    assert found.chain == ()
    assert found.flaw == "sealed"


@given(st.sampled_from(sorted(groups.GROUPS)), st.binary(max_size=1300))
def test_a_half_that_is_none_is_a_typed_error(group: int, theirs: bytes) -> None:
    with contextlib.suppress(shares.NoShareError):
        assert shares.agree(group, theirs)


def test_a_suite_that_is_none_opens_nothing() -> None:
    with pytest.raises(SealedError):
        opener(0xC02F, b"secret", b"hellos")


def test_the_same_question_is_asked_every_time() -> None:
    assert tls13_hello(NAME, post_quantum=True).to_bytes() == (
        tls13_hello(NAME, post_quantum=True).to_bytes()
    )
