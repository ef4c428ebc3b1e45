"""SSH's algorithms: every name that is weak, every one that is merely old, and who says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.remote_access import ssh_algorithms
from posture_scan.checks.remote_access.ssh_algorithms import (
    post_quantum,
    terrapin_ways,
    weak_ciphers,
    weak_host_keys,
    weak_kex,
    weak_macs,
)

WEAK_KEX = (
    "diffie-hellman-group1-sha1", "diffie-hellman-group-exchange-sha1", "rsa1024-sha1",
    "gss-group1-sha1-toWM5Slw5Ew8Mqkay+al2g==", "gss-gex-sha1-toWM5Slw5Ew8Mqkay+al2g==",
    "gss-group14-sha1-toWM5Slw5Ew8Mqkay+al2g==", "ecdh-sha2-1.2.840.10045.3.1.1",
    "ecdh-sha2-1.3.132.0.1",
)  # fmt: skip
FINE_KEX = (
    "diffie-hellman-group14-sha1", "diffie-hellman-group14-sha256", "diffie-hellman-group16-sha512",
    "diffie-hellman-group-exchange-sha256", "curve25519-sha256", "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256", "ecdh-sha2-1.3.132.0.10", "rsa2048-sha256",
    "gss-group14-sha256-toWM5Slw5Ew8Mqkay+al2g==", "sntrup761x25519-sha512", "ext-info-s",
    "kex-strict-s-v00@openssh.com", "kexguess2@matt.ucc.asn.au",
)  # fmt: skip
WEAK_CIPHERS = (
    "none", "arcfour", "arcfour128", "arcfour256", "des", "des-cbc", "des-cbc@ssh.com", "3des-cbc",
    "3des-ctr", "blowfish-cbc", "blowfish-ctr", "cast128-cbc", "idea-cbc", "aes128-cbc",
    "aes256-cbc", "rijndael-cbc@lysator.liu.se", "twofish256-cbc", "seed-cbc@ssh.com",
)  # fmt: skip
FINE_CIPHERS = (
    "aes128-ctr", "aes256-ctr", "aes128-gcm@openssh.com", "AEAD_AES_256_GCM", "twofish256-ctr",
    "chacha20-poly1305@openssh.com", "nonesuch",
)  # fmt: skip
WEAK_MACS = (
    "none", "hmac-md5", "hmac-md5-96", "hmac-md5-etm@openssh.com", "hmac-md5-96-etm@openssh.com",
    "hmac-sha1-96", "hmac-sha1-96-etm@openssh.com", "umac-32@openssh.com",
    "umac-32-etm@openssh.com",
)  # fmt: skip
FINE_MACS = (
    "hmac-sha1", "hmac-sha1-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512-etm@openssh.com",
    "umac-64@openssh.com", "umac-64-etm@openssh.com", "umac-128@openssh.com", "hmac-ripemd160",
    "AEAD_AES_256_GCM",
)  # fmt: skip


def test_every_weak_name_is_found_among_the_good_ones() -> None:
    assert weak_kex(FINE_KEX + WEAK_KEX) == WEAK_KEX
    assert weak_ciphers(FINE_CIPHERS + WEAK_CIPHERS) == WEAK_CIPHERS
    assert weak_macs(FINE_MACS + WEAK_MACS) == WEAK_MACS


@pytest.mark.parametrize(
    ("offered", "weak"),
    [
        ("ssh-rsa", "ssh-rsa"),
        ("ssh-rsa ssh-ed25519", "ssh-rsa"),
        ("ssh-rsa spki-sign-rsa", "ssh-rsa spki-sign-rsa"),
        ("ssh-rsa-cert-v01@openssh.com", "ssh-rsa-cert-v01@openssh.com"),
        ("x509v3-sign-rsa ssh-ed25519", "x509v3-sign-rsa"),
        ("rsa-sha2-512 rsa-sha2-256 ssh-rsa", ""),
        ("ssh-rsa x509v3-rsa2048-sha256", ""),
        ("ssh-dss rsa-sha2-512", "ssh-dss"),
        ("x509v3-ssh-dss rsa-sha2-256", "x509v3-ssh-dss"),
        ("ssh-dss-cert-v01@openssh.com", "ssh-dss-cert-v01@openssh.com"),
        ("ssh-ed25519 ecdsa-sha2-nistp256 sk-ssh-ed25519@openssh.com", ""),
    ],
)
def test_rsa_is_weak_only_where_it_can_sign_with_sha_1_alone(offered: str, weak: str) -> None:
    assert weak_host_keys(tuple(offered.split())) == tuple(weak.split())


def test_key_exchanges_for_quantum_computers() -> None:
    ready = (
        "sntrup761x25519-sha512@openssh.com", "sntrup761x25519-sha512", "mlkem768x25519-sha256",
        "mlkem1024nistp384-sha384", "ecdh-nistp384-kyber-768r3-sha384-d00@openquantumsafe.org",
    )  # fmt: skip
    assert post_quantum((*FINE_KEX[:-4], *ready)) == ready


def test_a_name_longer_than_names_can_be_is_none() -> None:
    long = "hmac-md5" + "x" * 57
    assert (weak_macs((long,)), weak_macs((long[:64],))) == ((), (long[:64],))


def test_every_row_of_the_yardstick_says_who_says_so() -> None:
    for name in ("KEX", "HOST_KEYS", "HOST_KEYS_SHA1", "HOST_KEYS_SHA2", "CIPHERS", "MACS"):
        rows = getattr(ssh_algorithms, name)
        assert all(pattern and len(source) > 5 for pattern, source in rows), name
        assert len({pattern for pattern, _ in rows}) == len(rows), name


@given(st.lists(st.sampled_from(WEAK_CIPHERS + FINE_CIPHERS)), st.lists(st.text(max_size=30)))
def test_terrapin_needs_encrypt_then_mac_for_cbc(ciphers: list[str], macs: list[str]) -> None:
    ways = terrapin_ways(ciphers, macs)
    assert set(ways) <= set(ciphers)
    if not any(name.endswith("-etm@openssh.com") for name in macs):
        assert set(ways) <= {"chacha20-poly1305@openssh.com"}
    closed = terrapin_ways(ciphers, ["hmac-sha2-256-etm@openssh.com"])
    assert {n for n in ciphers if n.endswith("-cbc") or "-cbc@" in n} <= set(closed)
