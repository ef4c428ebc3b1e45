"""Our ClientHellos, read back by the simulated server's own reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.encryption.protocol import suites
from posture_scan.checks.encryption.protocol.hello import (
    SSL2,
    SSL3,
    TLS10,
    TLS12,
    TLS13,
    VERSIONS,
    ClientHello,
    full_hello,
    hello_with,
    sni_name,
)

from tests.checks.encryption.simulator import hear

EVERY = sorted(VERSIONS.values())


@pytest.mark.parametrize("version", EVERY)
def test_hello_says_the_version_it_means(version: int) -> None:
    heard = hear(full_hello(version, "shop.example.jp").to_bytes())
    assert heard.version == version
    assert bool(heard.suites or heard.kinds)


@pytest.mark.parametrize("version", [v for v in EVERY if v not in (SSL2, SSL3)])
def test_hello_carries_the_name(version: int) -> None:
    assert hear(full_hello(version, "shop.example.jp").to_bytes()).server_name == "shop.example.jp"
    assert 0 not in hear(full_hello(version).to_bytes()).extensions


def test_ssl_hellos_have_no_room_for_a_name() -> None:
    for version in (SSL2, SSL3):
        assert b"shop" not in full_hello(version, "shop.example.jp").to_bytes()


@pytest.mark.parametrize("version", [v for v in EVERY if v not in (SSL2, TLS13)])
def test_hello_asks_for_compression_and_secure_renegotiation(version: int) -> None:
    heard = hear(full_hello(version).to_bytes())
    assert heard.compressions == b"\x01\x00"
    assert suites.FALLBACK_OF_RENEGOTIATION in heard.suites


def test_old_versions_are_not_offered_what_they_do_not_know() -> None:
    assert not [s for s in hear(full_hello(TLS10).to_bytes()).suites if suites.needs_tls12(s)]
    old = hear(full_hello(SSL3).to_bytes()).suites
    assert not [s for s in old if suites.needs_extensions(s)]
    assert 0x0005 in old


def test_tls13_hello_brings_two_key_shares() -> None:
    shares = hear(full_hello(TLS13).to_bytes()).extensions[51]
    assert shares[2:6] == b"\x00\x1d\x00\x20"
    assert shares[38:43] == b"\x00\x17\x00\x41\x04"


@given(
    st.sampled_from([v for v in EVERY if v != SSL2]),
    st.lists(st.sampled_from(sorted(suites.SUITES)), unique=True),
    st.text(max_size=70),
)
def test_any_hello_is_well_formed_and_never_of_the_length_some_balancers_drop(
    version: int, offered: list[int], name: str
) -> None:
    data = hello_with(version, tuple(offered), name).to_bytes()
    hear(data)
    if version > SSL3:
        assert not 0x100 <= len(data) - 5 < 0x200
    else:
        assert len(data) - 5 < 0x100


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("Shop.Example.JP.", "shop.example.jp"),
        ("日本語.jp", "xn--wgv71a119e.jp"),
        ("192.0.2.1", ""),
        ("2001:db8::1", ""),
        ("a..b", ""),
        ("x" * 64 + ".jp", ""),
        ("", ""),
    ],
)
def test_server_name(name: str, sent: str) -> None:
    assert sni_name(name) == sent


def test_a_server_may_only_choose_what_was_offered() -> None:
    hello = ClientHello(TLS12, (0x002F,))
    assert hello.allows(TLS12, 0x002F)
    assert hello.allows(TLS10, 0x002F)
    assert not hello.allows(TLS12, 0x0005)
    assert not hello.allows(TLS13, 0x002F)
    assert not full_hello(TLS13).allows(TLS12, 0x1301)


def test_suites_are_classed_by_what_is_wrong_with_them() -> None:
    assert suites.weaknesses(0x0017) == {"anon", "export", "rc4"}
    assert suites.weaknesses(0x000A) == {"3des"}
    assert suites.weaknesses(0x0009) == {"des"}
    assert suites.weaknesses(0x0008) == {"export", "des"}
    assert suites.weaknesses(0xC015) == {"null", "anon"}
    assert suites.weaknesses(0xC02F) == frozenset()
    assert suites.weaknesses(0x1301) == frozenset()
    assert set(suites.WEAK_CLASSES) == set().union(*map(suites.weaknesses, suites.SUITES))


def test_forward_secrecy_follows_the_key_exchange() -> None:
    assert suites.is_forward_secret(0xC02F)
    assert suites.is_forward_secret(0x009E)
    assert suites.is_forward_secret(0x1303)
    assert not suites.is_forward_secret(0x009C)
    assert not suites.is_forward_secret(0xC00E)  # static ECDH
    assert not suites.is_forward_secret(0x9999)
